"""Front ends: bytes of any common format to immutable text with offsets. `open_source` is the way in.

sniff     what kind of file this is, by its content      decode    bytes to text
source    files, folders, streams; dispatch and bounds   formats   which front end reads which kind
parts     long texts, a part at a time                   streams   gzip and zip as they are unpacked
plain, markdown, html, pdf, docx, office, mail, archive  what people write and pack
structured, values, feeds                                STIX, MISP, Navigator layers, CSV feeds
dates     the publication date a text states
"""

from __future__ import annotations

from indicia.read.fronts.opened import Held, Limits, Opened
from indicia.read.fronts.source import document_from_text, each_opened, open_source

__all__ = ["Held", "Limits", "Opened", "document_from_text", "each_opened", "open_source"]
