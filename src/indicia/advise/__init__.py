"""Advice: from what a case calls for to measures in the order in which to take them.

advice      all of it                               needs      what the case calls for, weighted
kinds       ransomware, phishing ...                platforms  what the case has
patches, prevention, seeing, response, hunts        one kind of measure each
order       set cover and its curve                 profile    what is in place
words       our own texts
"""
