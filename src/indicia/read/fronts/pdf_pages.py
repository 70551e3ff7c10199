"""Runs by itself in a child process: a PDF on stdin, one line of JSON per page on stdout. It may crash or be stopped:
nothing of Indicia's is lost with it. Usage: python pdf_pages.py MEMORY_BYTES CPU_SECONDS PAGES CHARACTERS

Lines: {"pages": n, "title", "created"} first, then {"page": 1, "text"} each, or {"error": code, "detail"} at the end.
"""

from __future__ import annotations

import json
import sys

_PASSWORD_ERROR = 4  # FPDF_ERR_PASSWORD


def _bound(memory: int, seconds: int) -> None:
    try:
        import resource
    except ImportError:  # Windows: the parent's clock is the only bound
        return
    # At the hard bound of time the system kills without a word; at the soft one the signal tells why.
    for kind, soft, hard in ((resource.RLIMIT_AS, memory, memory), (resource.RLIMIT_CPU, seconds, seconds + 5)):
        try:
            resource.setrlimit(kind, (soft, hard))
        except (ValueError, OSError):
            continue


def main() -> None:
    memory, seconds, most_pages, most_characters = (int(argument) for argument in sys.argv[1:5])
    _bound(memory, seconds)
    import pypdfium2  # type: ignore[import-untyped]

    def say(**line: object) -> None:
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()

    data = sys.stdin.buffer.read()
    try:
        document = pypdfium2.PdfDocument(data)
        count = len(document)
    except pypdfium2.PdfiumError as error:
        code = getattr(error, "err_code", None)
        locked = code == _PASSWORD_ERROR or "password" in str(error).lower()
        say(error="encrypted" if locked else "broken", detail=str(error))
        return
    try:
        known = document.get_metadata_dict(skip_empty=True)
    except (pypdfium2.PdfiumError, UnicodeError):
        known = {}
    told = {name: known[name] for name in ("Subject", "Keywords", "Author") if known.get(name)}
    say(pages=count, title=known.get("Title"), created=known.get("CreationDate"), told=told)
    total = 0
    for number in range(min(count, most_pages)):
        try:
            page = document[number]
            textpage = page.get_textpage()
            text = textpage.get_text_range(errors="replace") if textpage.count_chars() > 0 else ""
            textpage.close()
            page.close()
        except (pypdfium2.PdfiumError, MemoryError) as error:
            say(page=number + 1, text="", error="page", detail=str(error) or type(error).__name__)
            continue
        total += len(text)
        if total > most_characters:
            say(error="long")
            return
        say(page=number + 1, text=text)


if __name__ == "__main__":
    main()
