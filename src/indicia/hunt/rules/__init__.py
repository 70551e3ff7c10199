"""Detection rules: Sigma files in, a small intermediate form out.

ir          the form itself                      sigma   Sigma through pySigma, into the form
logsources  which logs a rule is for, and its    regex   what may be run
            fields' names there                  cache   compiled rules on disk
files       where rules are found                pack/   our own
"""
