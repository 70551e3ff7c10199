"""Front ends: bytes of any common format to immutable text with offsets. `open_source` is the way in.

sniff     what kind of file this is, by its content      decode    bytes to text
source    files, folders, streams; dispatch and bounds   dates     the publication date a text states
plain, markdown, html, pdf, docx, mail                   formats that people write
archive   zip and gzip, bounded                          structured  STIX, MISP, Navigator layers, CSV feeds
"""

from __future__ import annotations

from indicia.read.fronts.opened import Limits, Opened
from indicia.read.fronts.source import document_from_text, open_source

__all__ = ["Limits", "Opened", "document_from_text", "open_source"]
