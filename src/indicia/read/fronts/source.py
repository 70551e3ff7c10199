"""The way in: a file, a folder or a stream becomes documents; whatever cannot be used becomes a problem that says what
to do."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from indicia.errors import IndiciaError
from indicia.read.fronts.archive import read_gzip, read_zip
from indicia.read.fronts.decode import decode
from indicia.read.fronts.docx import read_docx
from indicia.read.fronts.feeds import read_csv
from indicia.read.fronts.html import read_html
from indicia.read.fronts.mail import read_mail
from indicia.read.fronts.markdown import read_markdown
from indicia.read.fronts.opened import Limits, Opened, Parsed, Progress, failed, skipped, to_document
from indicia.read.fronts.pdf import read_pdf
from indicia.read.fronts.plain import read_plain
from indicia.read.fronts.sniff import Kind, sniff
from indicia.read.fronts.structured import read_json
from indicia.records import Document, Mention, Problem

__all__ = ["document_from_text", "open_source"]

_IGNORED_FOLDERS = frozenset((".git", "__pycache__", "node_modules", ".venv", "__MACOSX"))


@dataclass(slots=True)
class _Run:
    """One call of `open_source`: its bounds and what it has gathered."""

    limits: Limits
    progress: Progress | None
    documents: list[Document] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    unpacked: int = 0  # bytes that came out of archives and messages
    files: int = 0

    def opened(self) -> Opened:
        return Opened(documents=tuple(self.documents), problems=tuple(self.problems), mentions=tuple(self.mentions))


def open_source(
    source: Path | str,
    *,
    stdin: IO[bytes] | None = None,
    limits: Limits | None = None,
    progress: Progress | None = None,
) -> Opened:
    """The documents of a file, a folder (walked, in the order of the names) or `-` (the stream `stdin`).

    Never raises for what the input holds: a missing, unreadable, empty, binary, encrypted, broken or oversized file is a
    Problem with a hint, and the rest goes on. Archives, messages and their attachments are opened within `limits`.
    """
    run = _Run(limits or Limits(), progress)
    name = str(source)
    if name == "-":
        _read_stream(run, stdin)
        return run.opened()
    path = Path(source)
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        run.problems.append(failed(name, "there is no such file or folder", "check the path"))
        return run.opened()
    except (OSError, ValueError) as error:
        run.problems.append(failed(name, f"cannot be opened: {_reason(error)}", "check the path and its permissions"))
        return run.opened()
    if stat.S_ISDIR(mode):
        _read_folder(run, path)
    elif stat.S_ISREG(mode) or stat.S_ISFIFO(mode):
        _read_path(run, path, name)
    else:
        run.problems.append(failed(name, "is neither a file nor a folder", "give a file, a folder or - for standard input"))
    return run.opened()


def document_from_text(text: str, *, name: str, published: str | None = None) -> Document:
    """The document of a text that is there already: its text is exactly `text`, so that offsets are the caller's own."""
    parsed = read_plain(text)
    parsed.published = published or parsed.published
    return to_document(name, text.encode("utf-8", "surrogatepass"), parsed)


def _reason(error: Exception) -> str:
    return (error.strerror or str(error)).lower() if isinstance(error, OSError) else str(error)


def _read_stream(run: _Run, stdin: IO[bytes] | None) -> None:
    if stdin is None:
        run.problems.append(failed("-", "there is no standard input here", "give a file"))
        return
    data = stdin.read(run.limits.file_bytes + 1)
    _read_bytes(run, data[: run.limits.file_bytes], "-", cut=len(data) > run.limits.file_bytes)


def _walk(folder: Path, run: _Run) -> Iterator[Path]:
    """Files below `folder` in the order of their names; links to folders are not followed, so no walk goes round."""

    def refuse(error: OSError) -> None:
        run.problems.append(failed(str(error.filename), f"cannot be opened: {_reason(error)}", "check its permissions"))

    for top, folders, files in os.walk(folder, onerror=refuse):
        folders[:] = sorted(name for name in folders if name not in _IGNORED_FOLDERS and not name.startswith("."))
        yield from (Path(top) / name for name in sorted(files) if not name.startswith("."))


def _read_folder(run: _Run, folder: Path) -> None:
    before = len(run.documents) + len(run.problems)
    for path in _walk(folder, run):
        if run.files >= run.limits.files:
            run.problems.append(skipped(str(folder), f"holds more than {run.limits.files:,} files; the rest was not read"))
            break
        if run.progress:
            run.progress(f"reading {path.name}", run.files, None)
        try:
            if not path.is_file():
                continue
        except OSError:
            continue
        _read_path(run, path, str(path))
    if len(run.documents) + len(run.problems) == before:
        run.problems.append(failed(str(folder), "holds no files", "give a folder with documents"))


def _read_path(run: _Run, path: Path, name: str) -> None:
    run.files += 1
    try:
        with path.open("rb") as file:
            data = file.read(run.limits.file_bytes + 1)
    except OSError as error:
        run.problems.append(failed(name, f"cannot be read: {_reason(error)}", "check its permissions"))
        return
    _read_bytes(run, data[: run.limits.file_bytes], name, cut=len(data) > run.limits.file_bytes)


def _read_bytes(run: _Run, data: bytes, name: str, *, depth: int = 0, cut: bool = False) -> None:
    """Adds what is in `data` to the run. `cut` says that the file went on beyond what may be read."""
    kind, words = sniff(data, name)
    if kind is Kind.EMPTY:
        run.problems.append(failed(name, "is empty", "nothing to read in it"))
        return
    if kind is Kind.BINARY:
        run.problems.append(
            failed(
                name,
                f"is {words}, not a document",
                "give text, Markdown, HTML, PDF, DOCX, e-mail, STIX, MISP or CSV; logs go to --logs",
            )
        )
        return
    if kind is Kind.LOG:
        run.problems.append(failed(name, "is a log, not a text", f"hunt in it: --logs {name}"))
        return
    if cut and kind in {Kind.PDF, Kind.DOCX, Kind.ZIP, Kind.GZIP, Kind.JSON}:
        run.problems.append(
            failed(name, f"is larger than {run.limits.file_bytes:,} bytes", "raise the limit or split the file")
        )
        return
    if kind is Kind.PLAIN and len(data) > run.limits.text_characters:
        _read_long_text(run, data, name, cut=cut)
        return
    try:
        parsed = _FRONTS[kind](data, name, run.limits, run.progress)
    except IndiciaError as error:
        run.problems.append(failed(name, error.message, error.hint))
        return
    except RecursionError:
        run.problems.append(failed(name, "is nested too deeply to be read", "this is not how people write documents"))
        return
    if cut:
        run.problems.append(
            skipped(name, f"is larger than {run.limits.file_bytes:,} bytes; the rest was not read", "split the file")
        )
    if parsed.text.strip():
        document = to_document(name, data, parsed)
        run.documents.append(document)
        if parsed.find is not None:
            run.mentions.extend(parsed.find(document))
    opened = _read_inner(run, parsed, name, depth)
    run.problems.extend(parsed.problems)
    if not parsed.text.strip() and not opened and not parsed.problems:
        run.problems.append(failed(name, f"holds no text that can be read ({kind.value})", "is this the right file?"))


def _read_long_text(run: _Run, data: bytes, name: str, *, cut: bool) -> None:
    """A very long text as several documents, `name#1`, `name#2` ..., each ending with a line where there are lines."""
    text, _ = decode(data)
    at, number = 0, 0
    while at < len(text):
        end = min(len(text), at + run.limits.text_characters)
        if end < len(text):
            line_end = text.rfind("\n", at, end) + 1
            end = line_end if line_end > at else end
        number += 1
        part = f"{name}#{number}" if end - at < len(text) else name
        parsed = read_plain(text[at:end])
        run.documents.append(to_document(part, text[at:end].encode("utf-8", "surrogatepass"), parsed))
        if run.progress:
            run.progress(f"reading {name}", end, len(text))
        at = end
    if cut:
        run.problems.append(
            skipped(name, f"is larger than {run.limits.file_bytes:,} bytes; the rest was not read", "split the file")
        )


def _read_inner(run: _Run, parsed: Parsed, name: str, depth: int) -> bool:
    """Opens what an archive or a message holds; whether there was anything."""
    opened = False
    for inner, content in parsed.attached:
        opened = True
        if depth >= run.limits.depth:
            run.problems.append(
                skipped(name, f"archives nested deeper than {run.limits.depth} were not opened", "unpack it first")
            )
            break
        run.unpacked += len(content)
        run.files += 1
        if run.unpacked > run.limits.total_bytes or run.files > run.limits.files:
            run.problems.append(
                skipped(name, "unpacks to more than may be read; the rest was not read", "unpack it and give the files")
            )
            break
        _read_bytes(run, content, f"{name}!{inner}", depth=depth + 1)
    return opened


def _declared(data: bytes) -> str | None:
    """The encoding that a page's own meta tag names."""
    match = re.search(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{2,40})", data[:4096])
    return match[1].decode("ascii") if match else None


Front = Callable[[bytes, str, Limits, Progress | None], Parsed]
_FRONTS: dict[Kind, Front] = {
    Kind.PLAIN: lambda data, name, limits, progress: read_plain(decode(data)[0]),
    Kind.MARKDOWN: lambda data, name, limits, progress: read_markdown(decode(data)[0]),
    Kind.HTML: lambda data, name, limits, progress: read_html(decode(data, _declared(data))[0], name, limits),
    Kind.JSON: lambda data, name, limits, progress: read_json(decode(data)[0], name, limits),
    Kind.CSV: lambda data, name, limits, progress: read_csv(decode(data)[0], name, limits),
    Kind.PDF: read_pdf,
    Kind.DOCX: lambda data, name, limits, progress: read_docx(data, name, limits),
    Kind.MAIL: lambda data, name, limits, progress: read_mail(data, name, limits),
    Kind.ZIP: lambda data, name, limits, progress: read_zip(data, name, limits),
    Kind.GZIP: lambda data, name, limits, progress: read_gzip(data, name, limits),
}
