"""Weighing: evidence to an assessment that is calibrated, explains itself and can say "insufficient grounds".

gather   evidence from a case                 assess   the two assessments of it
whatif   the same under another assumption    stress   how much hangs on the prior, and on each item being genuine
"""
