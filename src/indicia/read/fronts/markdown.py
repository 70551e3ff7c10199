"""Markdown: the text that its reader sees, block by block. Marks go, words stay; a table row keeps its cells apart with tabs.

The address of a link is left out when the link has words of its own, as in HTML; HTML within Markdown is read as HTML. Every
block knows its line in the file.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from indicia.read.fronts.dates import date_in_head, date_of
from indicia.read.fronts.html import read_html
from indicia.read.fronts.opened import Limits, Parsed
from indicia.records import Block, BlockKind

_HEADING = re.compile(r"\s{0,3}#{1,6}\s+(.*)")
_FENCE = re.compile(r"\s{0,3}(```+|~~~+)")
_ITEM = re.compile(r"\s*(?:[-*+]|\d{1,3}[.)])\s+(?:\[[ xX]\]\s+)?")
_QUOTE = re.compile(r"\s{0,3}>\s?")
_RULE = re.compile(r"\s{0,3}(?:[-*_]\s*){3,}$")
_TABLE_RULE = re.compile(r"\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)*\|?")
_UNDERLINE = re.compile(r"\s{0,3}(?:=+|-+)\s*$")
_FRONT_KEY = re.compile(r"(title|date|published|publisher|author|lang)\s*:(.*)", re.IGNORECASE)
_TICKS = re.compile("`+")
_IMAGE = re.compile(r"!\[([^\]\n]{0,500}+)\]\([^)\s]{0,2000}+(?:\s++\"[^\"\n]{0,300}+\")?\)")
_LINK = re.compile(r"\[([^\]\n]{1,1000}+)\](?:\([^)\s]{0,2000}+(?:\s++\"[^\"\n]{0,300}+\")?\)|\[[^\]\n]{0,100}+\])")
_AUTOLINK = re.compile(r"<((?:[a-z*]{3,8}\[?:|mailto:)[^<>\s]{1,2000}+)>", re.IGNORECASE)
_STARS = re.compile(r"(?<![\\*])(\*{1,3})(?=[^\s*])([^*\n]{1,500}?)(?<=[^\s*])\1(?!\*)")
_UNDERS = re.compile(r"(?<![\w\\])(_{1,3})(?=[^\s_])([^_\n]{1,500}?)(?<=[^\s_])\1(?!\w)")
_STRIKE = re.compile(r"~~([^~\n]{1,500})~~")
_TAG = re.compile(
    r"</?(?:a|abbr|b|big|blockquote|br|center|code|dd|del|details|div|dl|dt|em|figcaption|figure|font|h[1-6]|hr|i|img|input|ins|"
    r"kbd|label|li|mark|ol|p|picture|pre|q|s|samp|section|small|source|span|strong|sub|summary|sup|table|tbody|td|tfoot|th|thead|"
    r"tr|tt|u|ul|var|video|wbr)(?:\s[^<>\n]{0,2000}+)?/?>",
    re.IGNORECASE,
)
_BREAK = re.compile(r"</?(?:br|hr|p|div|li|tr|h[1-6])(?:\s[^<>\n]{0,2000}+)?/?>", re.IGNORECASE)
# What no reader sees: how it begins and how it ends.
_UNREAD = (
    (re.compile("<!--"), re.compile("-->")),
    *(
        (re.compile(rf"<{tag}\b[^>]{{0,500}}+>", re.IGNORECASE), re.compile(rf"</{tag}\s{{0,8}}+>", re.IGNORECASE))
        for tag in ("style", "script")
    ),
)
_TABLE = re.compile(r"\s*(?:<(?:center|div)\b[^<>]{0,300}>\s*)?<table\b", re.IGNORECASE)
_HEADING_TAG = re.compile(r"\s{0,3}<h[1-6]\b[^<>\n]{0,300}>", re.IGNORECASE)
_LONGEST_TABLE = 20_000  # lines
_LONGEST_HEADING = 400  # characters of a line in a heading's tags; some set whole paragraphs in them
_ESCAPE = re.compile(r"\\([*_#\[\]()`>~|{}+-])")
_PATH = re.compile(r"[A-Za-z]:\\|[A-Za-z0-9%]\\[A-Za-z0-9%]|\\\\[A-Za-z0-9]")


def _inline(text: str) -> str:
    """Words without their marks. Code spans keep every character."""
    pieces = []
    at = 0
    for begin, end in _code_spans(text):
        ticks = _TICKS.match(text, begin)
        width = ticks.end() - begin if ticks else 0
        pieces += [_marks(text[at:begin]), text[begin + width : end - width].strip()]
        at = end
    pieces.append(_marks(text[at:]))
    return " ".join("".join(pieces).split(" ")).strip()


def _code_spans(text: str) -> Iterator[tuple[int, int]]:
    """From a run of backticks to the next run of as many, both included."""
    runs = [match.span() for match in _TICKS.finditer(text)] if "`" in text else []
    last: dict[int, int] = {}
    partner: dict[int, int] = {}
    for number in range(len(runs) - 1, -1, -1):
        width = runs[number][1] - runs[number][0]
        if width in last:
            partner[number] = last[width]
        last[width] = number
    number = 0
    while number < len(runs):
        if number in partner:
            yield runs[number][0], runs[partner[number]][1]
            number = partner[number]
        number += 1


def _marks(text: str) -> str:
    if "[" in text:
        text = _LINK.sub(r"\1", _IMAGE.sub(r"\1", text))
    if "<" in text:
        text = _TAG.sub("", _BREAK.sub(" ", _AUTOLINK.sub(r"\1", text)))
    if "*" in text:
        text = _STARS.sub(r"\2", text)
        text = _STARS.sub(r"\2", text)
    if "_" in text:
        text = _UNDERS.sub(r"\2", text)
    if "~~" in text:
        text = _STRIKE.sub(r"\1", text)
    return _ESCAPE.sub(_unescaped, text) if "\\" in text else text


def _unescaped(match: re.Match[str]) -> str:
    r"""The mark that a backslash keeps from being one; in a Windows path (`C:\Temp\~x`) the backslash belongs to the path."""
    word = match.string[max(0, match.start() - 200) : match.start()]
    word = word[max(word.rfind(" "), word.rfind("\t"), word.rfind("\n")) + 1 :]
    return match[0] if _PATH.search(word) else match[1]


def _cells(line: str) -> str:
    bare = line.strip().removeprefix("|").removesuffix("|")
    return "\t".join(_inline(cell.replace("\\|", "|").strip()) for cell in re.split(r"(?<!\\)\|", bare))


class _Writer:
    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.length = 0
        self.blocks: list[Block] = []

    def add(self, text: str, kind: BlockKind, line: int) -> None:
        if not text.strip():
            return
        if self.blocks:
            gap = "\n" if kind in {BlockKind.ROW, BlockKind.LIST_ITEM} and self.blocks[-1].kind is kind else "\n\n"
            self.pieces.append(gap)
            self.length += len(gap)
        self.pieces.append(text)
        self.blocks.append(Block(start=self.length, end=self.length + len(text), kind=kind, path=f"line {line}"))
        self.length += len(text)


def read_markdown(source: str) -> Parsed:
    """Headings, paragraphs (their lines joined), lists, quotes, tables and code of a Markdown text."""
    if "<" in source:
        source = _without_unread(source)
    lines = source.split("\n")
    table_ends = [number for number, line in enumerate(lines) if "<" in line and "</table" in line.lower()]
    parsed = Parsed(media_type="text/markdown")
    writer = _Writer()
    at = _front_matter(lines, parsed)
    held: list[str] = []
    held_kind, held_line = BlockKind.PARAGRAPH, 0

    def close() -> None:
        nonlocal held
        if held:
            writer.add(_inline(" ".join(piece.strip() for piece in held)), held_kind, held_line)
            held = []

    while at < len(lines):
        line = lines[at]
        fence = _FENCE.match(line)
        if fence is not None:
            close()
            first = at + 1
            at = first
            while at < len(lines) and not (lines[at].strip().startswith(fence[1]) and not lines[at].strip().strip("`~")):
                at += 1
            writer.add("\n".join(lines[first:at]).strip("\n"), BlockKind.CODE, first + 1)
        elif not line.strip():
            close()
        elif (heading := _HEADING.match(line)) is not None:
            close()
            writer.add(_inline(heading[1].rstrip().rstrip("#").rstrip()), BlockKind.HEADING, at + 1)
        elif "|" in line and at + 1 < len(lines) and "|" in lines[at + 1] and _TABLE_RULE.fullmatch(lines[at + 1].strip()):
            close()
            writer.add(_cells(line), BlockKind.ROW, at + 1)
            at += 2
            while at < len(lines) and "|" in lines[at] and lines[at].strip():
                writer.add(_cells(lines[at]), BlockKind.ROW, at + 1)
                at += 1
            continue
        elif "<" in line and _TABLE.match(line) and (end := _next(table_ends, at)) is not None:
            close()
            for block, text in _html_rows("\n".join(lines[at : end + 1])):
                writer.add(text, block.kind, at + 1)
            at = end
        elif "<" in line and not held and _HEADING_TAG.match(line):
            writer.add(_inline(line), BlockKind.HEADING if len(line) < _LONGEST_HEADING else BlockKind.PARAGRAPH, at + 1)
        elif held and held_kind is BlockKind.PARAGRAPH and len(held) == 1 and _UNDERLINE.match(line):
            held_kind = BlockKind.HEADING
            close()
        elif _RULE.match(line):
            close()
        elif (item := _ITEM.match(line)) is not None:
            close()
            held, held_kind, held_line = [line[item.end() :]], BlockKind.LIST_ITEM, at + 1
        elif (quote := _QUOTE.match(line)) is not None:
            if held_kind is not BlockKind.QUOTE:
                close()
            if not held:
                held_kind, held_line = BlockKind.QUOTE, at + 1
            if line[quote.end() :].strip():
                held.append(line[quote.end() :])
            else:
                close()
        else:
            if not held:
                held_kind, held_line = BlockKind.PARAGRAPH, at + 1
            held.append(line)
        at += 1
    close()
    parsed.text, parsed.blocks = "".join(writer.pieces), writer.blocks
    if parsed.title is None and writer.blocks and writer.blocks[0].kind is BlockKind.HEADING:
        parsed.title = parsed.text[writer.blocks[0].start : writer.blocks[0].end]
    parsed.published = parsed.published or date_in_head(parsed.text)
    return parsed


def _without_unread(source: str) -> str:
    """The text without comments, styles and scripts; its lines keep their numbers."""
    for opening, closing in _UNREAD:
        pieces, at = [], 0
        while (begin := opening.search(source, at)) and (end := closing.search(source, begin.end())):
            pieces += [source[at : begin.start()], "\n" * source.count("\n", begin.start(), end.end())]
            at = end.end()
        source = "".join((*pieces, source[at:]))
    return source


def _next(table_ends: Sequence[int], at: int) -> int | None:
    """The line on which the HTML table that begins at `at` ends."""
    place = bisect_left(table_ends, at)
    return table_ends[place] if place < len(table_ends) and table_ends[place] < at + _LONGEST_TABLE else None


def _html_rows(markup: str) -> list[tuple[Block, str]]:
    """The blocks of a table in HTML."""
    parsed = read_html(markup, "", Limits())
    return [(block, parsed.text[block.start : block.end]) for block in parsed.blocks]


def _front_matter(lines: list[str], parsed: Parsed) -> int:
    """The line after YAML front matter, whose title, date and publisher are kept; 0 if there is none."""
    if not lines or lines[0].strip() != "---":
        return 0
    for number, line in enumerate(lines[1:80], start=1):
        if line.strip() in {"---", "..."}:
            parsed.beside += [(name.strip(), value.strip()) for name, _, value in (e.partition(":") for e in lines[1:number])]
            for key in (_FRONT_KEY.match(entry) for entry in lines[1:number]):
                if key is None:
                    continue
                name, value = key[1].lower(), _unquoted(key[2].strip())
                if name == "title":
                    parsed.title = value or None
                elif name in {"date", "published"}:
                    parsed.published = date_of(value)
                elif name == "publisher":
                    parsed.publisher = value or None
                elif name == "lang":
                    parsed.language = value or None
            return number + 1
    return 0


def _unquoted(value: str) -> str:
    value = value[1:] if value[:1] in ("'", '"') else value
    return value[:-1] if value[-1:] in ("'", '"') else value
