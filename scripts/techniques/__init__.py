"""Training of the reader of techniques, by subject.

data      what is learned from: ATT&CK, TRAM's marked reports, Sigma's rules, quiet text of ours; folds by report
machines  hashed features and one linear machine a technique, fitted with some reports left out
judges    from margins to probabilities
figures   how right it is, with intervals and a baseline on the same folds
weights   what ships
"""
