"""The brief: what `indicia brief` leaves behind. Built once as blocks, written as HTML, Markdown and PDF.

build      case -> blocks           judgements  the sentences of page one      pages/     one subject each
notes      what a sentence rests on inert       text of others made harmless   pictures/  SVG drawn by us
html, markdown, pdf                 one writer each
"""

from __future__ import annotations

from indicia.share.brief.judgements import Sentence, key_judgements

__all__ = ["Sentence", "key_judgements"]
