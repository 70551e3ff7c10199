"""A PDF in a process apart (`indicia.apart`): takes how many pages and characters to read at most (`<QQ`) and the file, gives
JSON piece by piece. It may crash or be stopped: nothing of Indicia's is lost with it.

{"pages": n, "title", "created"} first, then {"page": 1, "text"} each, or {"error": code, "detail"} at the end.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator

_PASSWORD_ERROR = 4  # FPDF_ERR_PASSWORD
LIMITS = struct.Struct("<QQ")


def answer(request: bytes) -> Iterator[bytes]:
    """The pages, each as it is read."""
    most_pages, most_characters = LIMITS.unpack_from(request)
    yield from (json.dumps(line).encode() for line in _lines(request[LIMITS.size :], most_pages, most_characters))


def _lines(data: bytes, most_pages: int, most_characters: int) -> Iterator[dict[str, object]]:
    import pypdfium2  # type: ignore[import-untyped]

    try:
        document = pypdfium2.PdfDocument(data)
        count = len(document)
    except pypdfium2.PdfiumError as error:
        code = getattr(error, "err_code", None)
        locked = code == _PASSWORD_ERROR or "password" in str(error).lower()
        yield {"error": "encrypted" if locked else "broken", "detail": str(error)}
        return
    try:
        known = document.get_metadata_dict(skip_empty=True)
    except (pypdfium2.PdfiumError, UnicodeError):
        known = {}
    told = {name: known[name] for name in ("Subject", "Keywords", "Author") if known.get(name)}
    yield {"pages": count, "title": known.get("Title"), "created": known.get("CreationDate"), "told": told}
    total = 0
    for number in range(min(count, most_pages)):
        try:
            page = document[number]
            textpage = page.get_textpage()
            text = textpage.get_text_range(errors="replace") if textpage.count_chars() > 0 else ""
            textpage.close()
            page.close()
        except (pypdfium2.PdfiumError, MemoryError) as error:
            yield {"page": number + 1, "text": "", "error": "page", "detail": str(error) or type(error).__name__}
            continue
        total += len(text)
        if total > most_characters:
            yield {"error": "long"}
            return
        yield {"page": number + 1, "text": text}
