"""What brief, page, command line and exports show alike: who says what, in which words, and how it is drawn.

words, positions, affair   a claim in words; the claims as positions; which of them are on the main affair
judgements, slots, saying  the sentences of page one, from the ledger    language   their messages by language
wording                    small words, figures in words, and what an export leaves out
lines, notes, inert        lines of text, what they rest on, text of others made harmless
moments, since             what has a date; what changed since           drawing    shapes in SVG, strokes and heat
"""
