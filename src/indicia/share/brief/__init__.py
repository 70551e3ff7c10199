"""The brief: what `indicia brief` leaves behind. Built once as blocks, written as HTML, Markdown and PDF.

build      case -> blocks           pages/     one subject each
blocks     what a brief is made of  pictures/  SVG drawn by us
html, markdown, pdf                 one writer each

What the page shows as well is in `view`.
"""
