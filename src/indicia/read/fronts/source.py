"""The way in: a file, a folder or a stream becomes documents; whatever cannot be used becomes a problem that says what
to do."""

from __future__ import annotations

import io
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import msgspec

from indicia.errors import IndiciaError, fault_of
from indicia.extras import READERS, plugins
from indicia.read.fronts.decode import is_wide
from indicia.read.fronts.formats import FRONTS, PARTED, instead, parted_front
from indicia.read.fronts.opened import (
    Held,
    Limits,
    Opened,
    Parsed,
    Progress,
    Readable,
    failed,
    found_marking,
    skipped,
    to_document,
)
from indicia.read.fronts.parts import parts_of
from indicia.read.fronts.plain import read_plain
from indicia.read.fronts.sniff import FileKind, sniff
from indicia.read.fronts.streams import BoundedReader, Gunzipped, Pushed, read_up_to
from indicia.read.fronts.structured import too_much_json
from indicia.records import Claim, Document, Mention, Problem, Tlp
from indicia.walking import EMPTY, open_named, reason_of, told_path, walk

_TOO_MUCH = ("unpacks to more than the limit; the rest was not read", "unpack it and give the files")
_INSIDE = "!"  # in the name of what stands in an archive or a message
_IGNORED_FOLDERS = frozenset(("__pycache__", "node_modules", "__MACOSX"))


@dataclass(slots=True)
class _Run:
    """One call of `each_opened`: its bounds and how much of them is used."""

    limits: Limits
    progress: Progress | None
    came: int = 0  # bytes as they came
    unpacked: int = 0  # bytes that came out of archives and messages
    inside: int = 0  # characters of texts that stood in them
    files: int = 0

    def come(self, size: int) -> bool:
        """Counts that many bytes of what was given."""
        self.came += size
        return True

    def unpack(self, size: int) -> bool:
        """Counts that many unpacked bytes; whether they may still be read."""
        self.unpacked += size
        return not self.is_too_much

    @property
    def is_dense(self) -> bool:
        """Whether what came holds so much text that only a bomb does, or one text very often."""
        return self.inside > self.limits.first_bytes + self.limits.text_ratio * self.came

    @property
    def is_too_much(self) -> bool:
        """Whether the source unpacks to more than it may."""
        limits = self.limits
        return self.unpacked > min(limits.total_bytes, limits.small_bytes + limits.total_ratio * self.came)


def open_source(
    source: Path | str,
    *,
    stdin: IO[bytes] | None = None,
    limits: Limits | None = None,
    progress: Progress | None = None,
) -> Opened:
    """All documents of a source at once: `each_opened` put together."""
    documents: list[Document] = []
    problems: list[Problem] = []
    mentions: list[Mention] = []
    in_full = True
    claims: list[Claim] = []
    for opened in each_opened(source, stdin=stdin, limits=limits, progress=progress):
        documents += opened.documents
        problems += opened.problems
        mentions += opened.mentions
        claims += opened.claims
        in_full = in_full and opened.in_full
    return Opened(
        documents=tuple(documents), problems=tuple(problems), mentions=tuple(mentions), claims=tuple(claims), in_full=in_full
    )


def each_opened(
    source: Path | str | Held,
    *,
    stdin: IO[bytes] | None = None,
    limits: Limits | None = None,
    progress: Progress | None = None,
) -> Iterator[Opened]:
    """The documents of a file, a folder (walked, in the order of the names), `-` (the stream `stdin`) or bytes that are there
    already, as they are read.

    Never raises for what the input holds: a missing, unreadable, empty, binary, encrypted, broken or oversized file is a
    Problem with a hint, and the rest goes on. Archives, messages and their attachments are opened within `limits`. A long
    text, also one that is packed, comes in parts; whoever keeps none of them needs little memory however long it is.
    """
    run = _Run(limits or Limits(), progress)
    shallow: dict[str, int] = {}
    for opened in _each(run, source, stdin):
        within = [document for document in opened.documents if _INSIDE in document.name]
        if within and run.is_dense:
            for document in within:
                outer = document.name.split(_INSIDE)[0]
                shallow[outer] = shallow.get(outer, 0) + 1
            opened = msgspec.structs.replace(opened, in_full=False)
        run.inside += sum(len(document.text) for document in within)
        yield opened
    for outer, count in shallow.items():
        what = "texts that it holds more of than it is long were read for indicators only"
        yield _problem(skipped(outer, what, "unpack it and give the folder", count))


def _each(run: _Run, source: Path | str | Held, stdin: IO[bytes] | None) -> Iterator[Opened]:
    if isinstance(source, Held):
        yield from _read_given(run, io.BytesIO(source.data), source.name)
        return
    name = told_path(source)
    if name == "-":
        if stdin is None:
            yield _problem(failed("-", "there is no standard input here", "give a file"))
        else:
            yield from _read_given(run, stdin, "-")
        return
    path = Path(source)
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        yield _problem(failed(name, "there is no such file or folder", "check the path"))
        return
    except (OSError, ValueError) as error:
        yield _problem(failed(name, f"cannot be opened: {reason_of(error)}", "check the path and its permissions"))
        return
    if stat.S_ISDIR(mode):
        yield from _read_folder(run, path)
    elif stat.S_ISREG(mode) or stat.S_ISFIFO(mode):
        yield from _read_path(run, path, name)
    else:
        yield _problem(failed(name, "is neither a file nor a folder", "give a file, a folder or - for standard input"))


def document_from_text(text: str, *, name: str, published: str | None = None) -> Document:
    """The document of a text that is there already: its text is exactly `text`, so that offsets are the caller's own."""
    parsed = read_plain(text)
    parsed.published = published or parsed.published
    parsed.marking = found_marking(name, parsed)
    return to_document(name, text.encode("utf-8", "surrogatepass"), parsed)


def _problem(problem: Problem) -> Opened:
    return Opened(problems=(problem,))


def _read_folder(run: _Run, folder: Path) -> Iterator[Opened]:
    anything = False
    problems: list[Problem] = []
    for path in walk(folder, hidden=False, ignored=_IGNORED_FOLDERS):
        if isinstance(path, Problem):
            problems.append(path)
            continue
        if run.files >= run.limits.files:
            problems.append(skipped(told_path(folder), f"holds more than {run.limits.files:,} files; the rest was not read"))
            break
        if run.progress:
            run.progress(f"reading {path.name}", run.files, None)
        for opened in _read_path(run, path, told_path(path)):
            anything = True
            yield opened
    if not anything and not problems:
        problems.append(failed(told_path(folder), "holds no files", "give a folder with documents"))
    if problems:
        yield Opened(problems=tuple(problems))


def _read_path(run: _Run, path: Path, name: str) -> Iterator[Opened]:
    run.files += 1
    try:
        with open_named(path) as file:
            yield from _read_given(run, file, name)
    except OSError as error:
        yield _problem(failed(name, f"cannot be read: {reason_of(error)}", "check its permissions"))


def _read_given(run: _Run, stream: Readable, name: str) -> Iterator[Opened]:
    return _read_stream(run, BoundedReader(stream, run.come), name)


def _read_stream(run: _Run, stream: Readable, name: str, depth: int = 0, least: Tlp | None = None) -> Iterator[Opened]:
    """What a stream of bytes holds, whatever is wrong with it: a fault of ours costs this file alone."""
    try:
        yield from _read_kind(run, stream, name, depth, least)
    except IndiciaError as error:
        yield _problem(failed(name, error.message, error.hint))
    except OSError:  # the file, not what is in it
        raise
    except Exception as error:  # what no front end saw coming
        yield _problem(failed(name, fault_of(error)))


def _read_kind(run: _Run, stream: Readable, name: str, depth: int, least: Tlp | None) -> Iterator[Opened]:
    """In parts if it is a long text, else all of it, up to the size that a file may have. It is marked at least as what it came
    in."""
    head = read_up_to(stream, run.limits.part_bytes)
    for plugin, reader in plugins(READERS).items():
        if reader.sniff(head, name):
            yield from _read_plugged_in(run, plugin, reader, head, stream, name, least)
            return
    kind, words = sniff(head, name)
    if kind is FileKind.EMPTY:
        yield _problem(failed(name, EMPTY, "nothing to read in it"))
    elif kind is FileKind.BINARY:
        yield _problem(failed(name, f"is {words}, not a document", instead(words)))
    elif kind is FileKind.LOG:
        yield _problem(failed(name, "is a log, not a text", f"hunt in it: --logs {name}"))
    elif kind is FileKind.GZIP:
        yield from _read_gzip(run, Pushed(head, stream), name, depth, least)
    elif len(head) < run.limits.part_bytes or kind not in PARTED or is_wide(head):
        most = run.limits.file_bytes
        data = head + read_up_to(stream, most + 1 - len(head)) if len(head) == run.limits.part_bytes else head
        if kind is FileKind.JSON and len(head) < len(data) <= most and (why := too_much_json(data, run.limits)):
            yield _problem(skipped(name, f"{why}: it was read as text", "is it whole?"))
            yield from _read_parts(run, head, Pushed(data[len(head) :], stream), name, FileKind.PLAIN, least)
            return
        yield from _read_bytes(run, data[:most], name, kind, depth=depth, cut=len(data) > most, least=least)
    else:
        yield from _read_parts(run, head, stream, name, kind, least)


def _read_plugged_in(
    run: _Run, plugin: str, reader: Any, head: bytes, stream: Readable, name: str, least: Tlp | None
) -> Iterator[Opened]:
    """What a reader of another package makes of a file: its text. A fault of the reader is a problem of this file alone."""
    data = head + read_up_to(stream, run.limits.file_bytes + 1 - len(head))
    if len(data) > run.limits.file_bytes:
        yield _problem(failed(name, f"is larger than {run.limits.file_bytes:,} bytes", "raise the limit or split the file"))
        return
    try:
        text = str(reader.read(data, name))
    except Exception as error:
        yield _problem(failed(name, f"the plugin {plugin} cannot read it: {error}", "fix the plugin, or uninstall it"))
        return
    parsed = read_plain(text)
    parsed.marking = least
    yield _document(name, data, parsed)


def _read_gzip(run: _Run, packed: Readable, name: str, depth: int, least: Tlp | None) -> Iterator[Opened]:
    problems: list[Problem] = []
    inner = name.rsplit("/", 1)[-1].removesuffix(".gz").removesuffix(".GZ") or "content"
    if depth >= run.limits.depth:
        problems.append(skipped(name, f"archives nested deeper than {run.limits.depth} were not opened", "unpack it first"))
    else:
        unpacked = Gunzipped(packed, name, run.limits, problems)
        bounded = BoundedReader(unpacked, run.unpack)
        head = read_up_to(bounded, 1)
        if head or not problems:
            yield from _read_stream(run, Pushed(head, bounded), f"{name}!{inner}", depth + 1, least)
        if run.is_too_much:
            problems.append(skipped(name, *_TOO_MUCH))
    if problems:
        yield Opened(problems=tuple(problems))


def _read_parts(run: _Run, head: bytes, stream: Readable, name: str, kind: FileKind, least: Tlp | None) -> Iterator[Opened]:
    """A long text as several documents, `name#char=0,8000000` and so on (RFC 5147)."""
    front = parted_front(kind, name, run.limits)
    done, marking = 0, least
    for part in parts_of(head, stream, kind, run.limits.part_bytes, run.limits.first_bytes):
        where = f"{name}#char={part.start},{part.end}"
        try:
            parsed = front(part.text, where)
        except RecursionError:
            yield _problem(failed(where, "is nested too deeply to be read", "people do not write documents like this"))
            continue
        # What stands on top of a long text holds for all parts of it.
        parsed.marking = Tlp.joined([marking, parsed.marking])
        yield _document(where, part.data, parsed)
        marking = parsed.marking
        done += len(part.data)
        if run.progress:
            run.progress(f"reading {name}", done, None)


def _document(name: str, data: bytes, parsed: Parsed) -> Opened:
    parsed.marking = found_marking(name, parsed)
    if not parsed.text.strip():
        return Opened(problems=tuple(parsed.problems))
    document = to_document(name, data, parsed)
    mentions = parsed.find(document) if parsed.find is not None else ()
    claims = parsed.claims(document) if parsed.claims is not None else ()
    return Opened(documents=(document,), mentions=mentions, claims=claims, problems=tuple(parsed.problems))


def _read_bytes(
    run: _Run, data: bytes, name: str, kind: FileKind, *, depth: int, cut: bool, least: Tlp | None
) -> Iterator[Opened]:
    """What a file of one piece holds. `cut` says that it went on beyond what may be read."""
    if cut and kind not in {*PARTED, FileKind.MAIL, FileKind.SUBTITLES}:
        yield _problem(failed(name, f"is larger than {run.limits.file_bytes:,} bytes", "raise the limit or split the file"))
        return
    try:
        parsed = FRONTS[kind](data, name, run.limits, run.progress)
    except IndiciaError as error:
        yield _problem(failed(name, error.message, error.hint))
        return
    except RecursionError:
        yield _problem(failed(name, "is nested too deeply to be read", "people do not write documents like this"))
        return
    if cut:
        parsed.problems.append(
            skipped(name, f"is larger than {run.limits.file_bytes:,} bytes; the rest was not read", "split the file")
        )
    told = len(parsed.problems)
    parsed.marking = Tlp.joined([parsed.marking, least])
    yield _document(name, data, parsed)
    opened = False
    for inner in _read_inner(run, parsed, name, depth):
        opened = True
        yield inner
    late = parsed.problems[told:]  # those that came up while the members were read
    if not parsed.text.strip() and not opened and not parsed.problems:
        late.append(failed(name, f"has no readable text ({kind.value})", "is this the right file?"))
    if late:
        yield Opened(problems=tuple(late))


def _read_inner(run: _Run, parsed: Parsed, name: str, depth: int) -> Iterator[Opened]:
    """Opens what an archive or a message holds; what is within is marked as the whole is, or more strictly."""
    for inner, content in parsed.attached:
        if depth >= run.limits.depth:
            yield _problem(skipped(name, f"archives nested deeper than {run.limits.depth} were not opened", "unpack it first"))
            return
        run.files += 1
        stream = BoundedReader(io.BytesIO(content) if isinstance(content, bytes) else content, run.unpack)
        if run.files <= run.limits.files:
            yield from _read_stream(run, stream, f"{name}!{inner}", depth + 1, parsed.marking)
        if run.is_too_much or run.files > run.limits.files:
            yield _problem(skipped(name, *_TOO_MUCH))
            return
