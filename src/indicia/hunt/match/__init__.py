"""Which events a set of rules matches: tests are tried once per distinct value, rules are set algebra over the outcomes.

book       all rules of a hunt, kept on disk and planned for one log family at a time
values     tests of one field over its distinct values -> a class per value (values that pass the same tests are one class)
literals   many literals at a time (hyperscan, or Aho-Corasick)    regexes    expressions, on RE2 or in a process with a clock
plan       rules and their tests, numbered and taken apart; rules as set algebra
matcher    a batch of events -> matches
telling    which lines of a text log are worth taking apart        reference  the slow and obvious evaluator that agrees
"""
