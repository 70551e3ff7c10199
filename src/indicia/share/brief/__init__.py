"""The brief: what `indicia brief` leaves behind. Built once as blocks, written as HTML, Markdown, PDF and DOCX.

build      case -> blocks           pages/     one subject each
blocks     what a brief is made of  pictures   SVG drawn by us
html, markdown, pdf, docx           one writer each

What the page shows as well is in `view`.
"""
