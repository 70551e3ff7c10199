"""What brief, page, command line and exports show alike: who says what, in which words, and how it is drawn.

words, positions, affair   a claim in words; the claims as positions; which of them are on the main affair
judgements                 the sentences of page one        probable   figures in words
lines, notes, inert        lines of text, what they rest on, text of others made harmless
moments, heat, strokes     what a timeline, a matrix and a graph are made of        drawing   shapes in SVG
"""
