"""PDF: the text layer, page by page, its lines joined into paragraphs so that sentences survive.

pypdfium2 reads it in a child process with bounded memory and time, so that a hostile file costs a problem, not the run.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec

from indicia.apart import Child, Stopped, Work
from indicia.errors import FormatError, InputError, LimitError
from indicia.read.fronts import pdf_pages
from indicia.read.fronts.dates import date_in_head
from indicia.read.fronts.opened import Limits, Parsed, Progress, skipped
from indicia.read.fronts.unseen import noted_unseen
from indicia.records import LOOK, Block, BlockKind, Problem, Severity

_HYPHENS = "\ufffe\u0002\u00ad"
_BROKEN_WORD = re.compile(r"(?<![^\W\d_])([^\W\d_]++)[\ufffe\u0002\u00ad](?:\r?\n)?([^\W\d_]++)")
_LINE_HYPHEN = re.compile(r"(?<!\w)(\w++)-$")
_FEW_SECONDS, _PER_MB = 20.0, 4.0  # of the processor: for a small file, and for each MB; whole books take a tenth of it
_BUSY = 8  # times as long by the clock: others may want the processor, too
_TAIL = 500  # characters: what a line joins is decided by what stands before it
_HEX_END = re.compile(r"(?:^|\s)([0-9a-fA-F]{8,127})$")
_HEX_START = re.compile(r"^([0-9a-fA-F]{1,120})(?=$|\s)")
_HASH_LENGTHS = frozenset((32, 40, 64, 128))
_SCHEME = re.compile(r"h[tx]{2}p", re.IGNORECASE)
_ITEM = re.compile(r"(?:[•◦▪‣●○■–]|[-*]\s|\(?\d{1,3}[.)]\s|[a-z]\)\s|o\s(?=[A-Z]))")
_STOPS = (".", "!", "?", ":", ";", "”", '"', ")")
# Left halves that keep their hyphen when a line breaks there.
_COMPOUNDS = frozenset(
    (
        "state", "well", "high", "low", "cyber", "china", "russia", "iran", "zero", "multi", "self", "long", "short",
        "cross", "real", "third", "two",
        "three", "first", "second", "open", "north", "south", "half", "full", "part", "public", "private", "war", "dual",
    )
)  # fmt: skip
_WORD = re.compile(r"(?<![a-z])[a-z]{2,}+(?:-[a-z]++)*+")
_NUMBERED = re.compile(r"\d+")


def read_pdf(data: bytes, name: str, limits: Limits, progress: Progress | None = None) -> Parsed:
    """Pages as `page 3`. Raises: InputError (encrypted, no text layer), FormatError (broken), LimitError (too long, too
    slow)."""
    pages, seen, head, problems = _child(data, name, limits, progress)
    parsed = Parsed(media_type="application/pdf", problems=problems)
    if not any(text.strip() for text in pages):
        raise InputError(
            f"has no text layer ({len(pages)} page{'s' if len(pages) != 1 else ''} of pictures)",
            where=name,
            hint="run it through OCR first",
        )
    empty = sum(1 for text in pages if not text.strip())
    if empty:
        parsed.problems.append(skipped(name, "pages without a text layer", "run them through OCR", count=empty))
    parsed.text, parsed.blocks = join_pages([seen.get(number, text) for number, text in enumerate(pages, start=1)])
    parsed.bannered = "\n\n".join(pages)  # running heads and feet too, and what nobody sees
    parsed.beside = [("", str(head.get("title") or "")), *dict(head.get("told") or {}).items()]
    title = " ".join(str(head.get("title") or "").split())
    parsed.title = (
        title if len(title) > 3 and not title.lower().endswith((".doc", ".docx", ".indd", ".pdf", ".ppt", ".pptx")) else None
    )
    parsed.published = date_in_head(parsed.text)
    return parsed


def seconds_for(size: int, limits: Limits) -> float:
    """How long the processor may work on a file of so many bytes."""
    return min(limits.pdf_seconds, _FEW_SECONDS + _PER_MB * size / 2**20)


def _child(
    data: bytes, name: str, limits: Limits, progress: Progress | None
) -> tuple[list[str], dict[int, str], dict[str, Any], list[Any]]:
    """The pages, what is seen of those of which not all is, what the file says of itself, and problems."""
    seconds = seconds_for(len(data), limits)
    work = Work(pdf_pages.__file__, limits.pdf_memory, int(seconds), clock=seconds * _BUSY)
    pages: list[str] = []
    seen: dict[int, str] = {}
    hidden = doubtful = looked = 0
    head: dict[str, Any] = {}
    problems: list[Any] = []
    cut = False  # the child said itself that there is more
    why = ""
    try:
        with Child(work) as child:
            for piece in child.asks(pdf_pages.LIMITS.pack(limits.pages, limits.text_characters, seconds) + data):
                line: dict[str, Any] = msgspec.json.decode(piece)
                if "pages" in line:
                    head = line
                elif "page" in line:
                    pages.append(line["text"])
                    if line.get("error"):
                        problems.append(skipped(f"{name} page {line['page']}", f"cannot be read: {line.get('detail')}"))
                    if progress:
                        progress(f"reading {Path(name).name}", line["page"], head.get("pages"))
                elif "seen" in line:
                    seen[line["seen"]] = line["text"]
                    hidden, doubtful = hidden + line["hidden"], doubtful + line["doubtful"]
                elif "looked" in line:
                    looked = line["looked"]
                else:
                    _refuse(line, name)
                    cut = True
                    what = f"is longer than {limits.text_characters:,} characters; the rest was not read"
                    problems.append(skipped(name, what))
    except Stopped as stopped:
        why = f"took longer than {seconds:.0f} s" if stopped.late else "ran out of memory or crashed the reader"
    _judge_end(pages, head, problems, cut, why, name, limits)
    problems += noted_unseen(name, hidden, doubtful, "stand before or behind a picture, as what was recognised on a scan does")
    if blind := sum(1 for text in pages if text.strip()) - looked:
        told = f"{blind:,} page{'' if blind == 1 else 's'} took too long to draw: perhaps not all that was read there is seen"
        problems.append(Problem(where=name, what=told, severity=Severity.NOTE, hint=LOOK))
    return pages, seen, head, problems


def _refuse(line: dict[str, Any], name: str) -> None:
    if line.get("error") == "encrypted":
        raise InputError("is encrypted", where=name, hint="save a copy without a password")
    if line.get("error") == "broken":
        raise FormatError("is a broken PDF", where=name, hint="fetch it again")


def _judge_end(
    pages: list[str], head: dict[str, Any], problems: list[Any], cut: bool, why: str, name: str, limits: Limits
) -> None:
    """What the child left unsaid: that it was stopped or crashed (`why`), or that there are more pages than may be read."""
    if not head:
        raise LimitError(why, where=name, hint="is it a PDF at all? print it to a new one and try that")
    total = int(head.get("pages") or 0)
    if total > limits.pages:
        problems.append(skipped(name, f"has {total:,} pages; those after {limits.pages:,} were not read"))
        total = limits.pages
    if len(pages) < total and not cut:
        if not pages:
            raise LimitError(why, where=name, hint="print it to a new PDF and try that")
        problems.append(skipped(name, f"{why}; pages after {len(pages)} were not read", "print it to a new PDF and try that"))


def join_pages(pages: list[str]) -> tuple[str, list[Block]]:
    """The text of all pages and its blocks. Running heads are left out; a paragraph that goes on over a page break stays one
    stretch of text, in two blocks."""
    words = Counter(match[0] for text in pages for match in _WORD.finditer(text.lower()))
    cleaned = [_whole_words(text, words) for text in pages]
    lines_of = [[line.rstrip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")] for text in cleaned]
    running = _running_lines(lines_of)
    pieces: list[str] = []
    blocks: list[Block] = []
    length = 0
    for number, lines in enumerate(lines_of, start=1):
        kept = [line for line in lines if _key(line) not in running]
        if not any(line.strip() for line in kept):  # a page of nothing but such lines: they are its text
            kept = lines
        for position, (paragraph, kind) in enumerate(_paragraphs(kept, words)):
            if blocks:
                last = pieces[-1]
                goes_on = (
                    position == 0
                    and kind is BlockKind.PARAGRAPH
                    and blocks[-1].kind in {BlockKind.PARAGRAPH, BlockKind.LIST_ITEM}
                    and not last.endswith(_STOPS)
                    and paragraph[:1].islower()
                )
                gap = "\n" if kind is BlockKind.LIST_ITEM and blocks[-1].kind is kind else "\n\n"
                if goes_on:
                    gap = "" if last.endswith(("-", "\u00ad")) else " "
                cut = _loose_hyphen(last, paragraph, words, goes_on=goes_on)
                if cut:
                    pieces[-1] = last[:-1]
                    blocks[-1] = Block(start=blocks[-1].start, end=length - 1, kind=blocks[-1].kind, path=blocks[-1].path)
                    length -= 1
                pieces.append(gap)
                length += len(gap)
            pieces.append(paragraph)
            blocks.append(Block(start=length, end=length + len(paragraph), kind=kind, path=f"page {number}"))
            length += len(paragraph)
    return "".join(pieces), blocks


def _loose_hyphen(last: str, first: str, words: Counter[str], *, goes_on: bool) -> bool:
    """Whether the last character of a page is a hyphen that only the page's end put there."""
    if last.endswith("\u00ad"):
        return True
    left, right = re.search(r"(?<![^\W\d_])([^\W\d_]++)-$", last[-_TAIL:]), re.match(r"[^\W\d_]+", first)
    return goes_on and left is not None and right is not None and not _is_compound(left[1], right[0], words)


def _is_compound(left: str, right: str, words: Counter[str]) -> bool:
    """Whether a word broken at a hyphen keeps it: as the document writes it elsewhere, else by the left half."""
    left, right = left.lower(), right.lower()
    whole, compound = words[left + right], words[f"{left}-{right}"]
    return compound > whole if whole or compound else left in _COMPOUNDS


def _whole_words(text: str, words: Counter[str]) -> str:
    """Words that PDFium marked as broken at a line's end made whole; a compound keeps its hyphen."""

    def join(match: re.Match[str]) -> str:
        return f"{match[1]}-{match[2]}" if _is_compound(match[1], match[2], words) else match[1] + match[2]

    if any(mark in text for mark in _HYPHENS):
        text = _BROKEN_WORD.sub(join, text)
        ends_broken = text.rstrip()[-1:] in _HYPHENS  # the rest of the word is on the next page
        text = re.sub(r"[\ufffe\u0002](?:\r?\n)?", "-", text.rstrip().rstrip(_HYPHENS) if ends_broken else text)
        text = text.replace("\u00ad", "") + ("\u00ad" if ends_broken else "")
    return text.replace("\0", "")


def _key(line: str) -> str:
    return _NUMBERED.sub("#", " ".join(line.split())).lower()


def _running_lines(pages: list[list[str]]) -> frozenset[str]:
    """Heads and feet that return on most pages, numbers aside."""
    if len(pages) < 4:
        return frozenset()
    seen: Counter[str] = Counter()
    for lines in pages:
        filled = [line for line in lines if line.strip()]
        width = max((len(line) for line in filled), default=0)
        ends = (*filled[:2], *filled[-2:])
        seen.update({_key(line) for line in ends if len(line) < 0.8 * width or len(filled) < 6})
    return frozenset(key for key, count in seen.items() if key and count >= max(4, 0.5 * len(pages)))


def _paragraphs(lines: list[str], words: Counter[str]) -> list[tuple[str, BlockKind]]:
    """Lines put together again. A paragraph ends at a blank line, before an item, and after a short line that ends a
    sentence."""
    lengths = sorted(len(line) for line in lines if len(line) > 20)
    full = lengths[int(0.8 * (len(lengths) - 1))] if lengths else 80
    found: list[tuple[str, BlockKind]] = []
    held: list[str] = []
    tail = ""  # what is held, as far as a line's joining depends on it
    kind = BlockKind.PARAGRAPH
    last = ""

    def close() -> None:
        text = "".join(held).strip()
        held.clear()
        if text:
            found.append((text, kind))

    for raw in lines:
        line = raw.strip()
        if not line:
            close()
            continue
        item = _ITEM.match(line)
        if held:
            short = len(last) < 0.75 * full
            ended = last.endswith((".", "!", "?", "”", '"', ":")) or (
                short and not line[:1].islower() and not _joins(last, line)
            )
            if item is not None or (short and ended) or (kind is BlockKind.HEADING):
                close()
        if not held:
            heading = (
                len(line) < 0.6 * full
                and len(line) < 80
                and not line.endswith((".", ",", ";"))
                and line[:1].isupper()
                and len(line.split()) <= 10
            )
            kind = BlockKind.LIST_ITEM if item is not None else BlockKind.HEADING if heading else BlockKind.PARAGRAPH
            held, tail = [line], line[-_TAIL:]
        else:
            gap = _gap(tail, line, words)
            if gap is None:
                held[-1] = held[-1][:-1]
                tail = tail[:-1]
            held.append(f"{gap or ''}{line}")
            tail = f"{tail}{held[-1]}"[-_TAIL:]
        last = line
    close()
    return found


def _joins(last: str, line: str) -> bool:
    """Whether two lines belong together however short the first is: a hash or a URL that was broken."""
    head, tail = _HEX_END.search(last), _HEX_START.match(line)
    return bool(head and tail and len(head[1]) + len(tail[1]) in _HASH_LENGTHS) or last.endswith(
        (",", "-", "and", "or", "the", "of")
    )


def _gap(held: str, line: str, words: Counter[str]) -> str | None:
    """What stands between a text and the line that goes on with it; None where the text's last hyphen goes as well."""
    head, tail = _HEX_END.search(held), _HEX_START.match(line)
    if head and tail and len(head[1]) not in _HASH_LENGTHS and len(head[1]) + len(tail[1]) in _HASH_LENGTHS:
        return ""
    if _is_begun_address(held.rsplit(" ", 1)[-1]) and not line[:1].isupper() and " " not in line.split(" ", 1)[0]:
        return ""
    hyphen = _LINE_HYPHEN.search(held)
    if hyphen is not None and line[:1].islower():
        right = re.match(r"[^\W\d_]+", line)
        keeps = right is not None and _is_compound(hyphen[1], right[0], words)
        return "" if keeps else None
    return " "


def _is_begun_address(word: str) -> bool:
    """Whether a word is a URL or a disguised host that a line's end broke: it ends in a mark that none ends in."""
    if word[-1:] not in tuple("/-_=&?.]"):
        return False
    scheme = _SCHEME.search(word)
    return "[.]" in word[1:-1] or (scheme is not None and len(word) - scheme.end() > 3)
