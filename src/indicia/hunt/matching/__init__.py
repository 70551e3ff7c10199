"""Which events a set of rules matches: tests are tried once per distinct value, rules are set algebra over the outcomes.

values     tests of one field over its distinct values -> a class per value (values that pass the same tests are one class)
literals   many literals at a time (hyperscan, or Aho-Corasick)      regexes   expressions, filtered by hyperscan where it is
there algebra    rules over rows that share all their classes              matcher   a batch of events -> matches reference  the
slow and obvious evaluator that the matcher must agree with
"""

from __future__ import annotations
