"""Detection rules: Sigma files in, a small intermediate form out.

ir       the form itself            sigma       Sigma through pySigma, into the form
fields   a log family's own names   logsources  which logs a rule is for (tables)
regex    what may be run            cache       compiled rules on disk
files    where rules are found      pack/       our own
"""

from __future__ import annotations
