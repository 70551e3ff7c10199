"""Advice: from what a case calls for to measures in the order in which to take them.

advice      all of it, and its summary              needs      what the case calls for, weighted, and why
kinds       kinds of attack and platforms of a case  facts      what knowledge says of measures
patches, prevention, seeing, response, hunts        one kind of measure each
words       our own texts
"""
