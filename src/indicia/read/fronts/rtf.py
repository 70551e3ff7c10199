r"""RTF: paragraphs, table rows and footnotes, but for what nobody sees who looks at them (`\v`, letters in the colour of what
is behind them, tiny ones); comments and deleted text stand aside. Heads, feet and properties are no text, but a label there
holds.

One pass over the tokens: no token is looked at twice, whatever the file holds.

References: Rich Text Format (RTF) Specification 1.9.1.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import NamedTuple

from indicia.errors import FormatError, LimitError
from indicia.read.fronts.office import Piece, laid_out
from indicia.read.fronts.opened import Limits, Parsed
from indicia.read.fronts.unseen import WHITE, Look, Unseen
from indicia.records import BlockKind

_TOKEN = re.compile(rb"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\(.)|([{}])|[\r\n]+|[^\\{}\r\n]+|\\", re.DOTALL)
_TOKENS = 4  # times as many as an HTML or XML tree may have elements
_DEEPEST = 2_000  # groups in groups
# Parts of a file that are no text. What begins with `\*` and is not known is none either.
_NO_TEXT = frozenset(
    """stylesheet pict objdata objclass objname fldinst datafield shprslt nonshppict sp nonesttables tc xe rxe filetbl listtable
    listoverridetable rsidtbl revtbl themedata colorschememapping latentstyles datastore xmlnstbl generator atnid atnauthor
    atntime atnref atndate atnparent atnicn ftnsep ftnsepc ftncn aftnsep aftnsepc aftncn bkmkstart bkmkend
    formfield mmathPr""".split()
)
# What is text even behind `\*`.
_KNOWN = frozenset(("shpinst", "shptxt", "shppict", "annotation", "listtext", "pntext", "footnote"))
_HEADS = frozenset(("header", "headerl", "headerr", "headerf", "footer", "footerl", "footerr", "footerf"))
_ABOUT = frozenset(("title", "subject", "author", "keywords", "doccomm", "company", "category", "hlinkbase"))
_CHARACTERS = {
    "emdash": "\u2014",
    "endash": "\u2013",
    "emspace": " ",
    "enspace": " ",
    "qmspace": " ",
    "bullet": "\u2022",
    "lquote": "\u2018",
    "rquote": "\u2019",
    "ldblquote": "\u201c",
    "rdblquote": "\u201d",
    "line": "\n",
    "tab": " ",
    "~": " ",
    "_": "-",
    "{": "{",
    "}": "}",
    "\\": "\\",
}
_ENDS = frozenset(("par", "sect", "page", "\n", "\r"))  # of a paragraph
_CHARSETS = {
    77: "mac_roman",
    128: "cp932",
    129: "cp949",
    130: "johab",
    134: "gbk",
    136: "big5",
    161: "cp1253",
    162: "cp1254",
    163: "cp1258",
    177: "cp1255",
    178: "cp1256",
    186: "cp1257",
    204: "cp1251",
    222: "cp874",
    238: "cp1250",
    254: "cp437",
    255: "cp850",
}
_PERHAPS = "are white in a text box, a table with colours or before a picture"


class _State(NamedTuple):
    """What holds within a group."""

    part: str = "text"  # of the file: "text", "" for none, or the name of what is no part of the text
    hidden: bool = False
    deleted: bool = False
    colour: int = 0
    behind: int = 0  # of letters
    paragraph: int = 0  # behind a paragraph
    size: int = 24  # half points
    narrow: bool = False
    font: int = -1
    skip: int = 1  # characters after each of Unicode's that say it for old programs
    in_box: bool = False


def read_rtf(data: bytes, name: str, limits: Limits) -> Parsed:
    """The text. Raises: FormatError, LimitError."""
    parsed = Parsed(media_type="application/rtf")
    reader = _Reader(data, name, limits)
    laid_out(parsed, reader.pieces(), limits, name)
    if not reader.is_whole and not parsed.text:
        raise FormatError("is a broken RTF file", where=name, hint="open and save it again")
    reader.unseen.tell(parsed, name, _PERHAPS)
    for key, words in reader.beside.items():
        lines = [" ".join(line.split()) for line in "".join(words).split("\n")]
        parsed.beside += [(key, " ".join(lines)), ("", " ".join(lines)), *(("", line) for line in lines)]
    parsed.title = next((words for key, words in parsed.beside if key == "title" and words), None)
    return parsed


class _Reader:
    def __init__(self, data: bytes, name: str, limits: Limits) -> None:
        self.unseen = Unseen()
        self.beside: dict[str, list[str]] = {}
        self.is_whole = False  # whether the last group ended
        self._data, self._name, self._limits = data, name, limits
        self._state = _State()
        self._open: list[_State] = []
        self._codec = "cp1252"
        self._fonts: dict[int, str] = {}
        self._colours: list[str] = []
        self._channels: dict[str, int] = {}
        self._bytes = bytearray()  # of the text that is being read, in one codec and one look
        self._units: list[str] = []  # and what of it is decoded
        self._words: list[str] = []  # of the paragraph
        self._cells: list[str] = []
        self._notes: list[list[str]] = []
        self._ready: list[Piece] = []
        self._default_font = -1
        self._starred = self._in_table = self._coloured_cells = self._page_has_colour = False
        self._left_to_skip = self._paragraphs = self._rows = 0
        self._kind = BlockKind.PARAGRAPH

    def pieces(self) -> Iterator[Piece]:
        """The paragraphs and rows, then the footnotes."""
        at = tokens = 0
        while at < len(self._data) and (found := _TOKEN.match(self._data, at)):
            tokens += 1
            if tokens > _TOKENS * self._limits.elements:
                raise LimitError(f"holds more than {tokens - 1:,} control words", where=self._name, hint="save it as .docx")
            word, value, code, symbol, brace = found.groups()
            at = found.end()
            if word is not None:
                name, argument = word.decode(), int(value) if value is not None else None
                if name == "bin":
                    at += max(0, argument or 0)
                else:
                    self._obey(name, argument)
            elif code is not None:
                self._take(bytes.fromhex(code.decode()))
            elif symbol is not None:
                self._sign(symbol.decode("latin-1"))
            elif brace == b"{":
                self._begin()
            elif brace == b"}":
                self._end()
                if self.is_whole:
                    break  # what stands behind it is no part of the document
            elif found[0][:1] not in b"\r\n":
                self._take(found[0])
            if self._ready:
                yield from self._ready
                self._ready.clear()
        self._paragraph()
        yield from self._ready
        for number, words in enumerate(self._notes, start=1):
            if text := " ".join("".join(words).split()):
                yield text, BlockKind.PARAGRAPH, f"footnote {number}"

    # -- groups

    def _begin(self) -> None:
        self._flush()
        if len(self._open) > _DEEPEST:
            raise LimitError(f"is nested deeper than {_DEEPEST:,} groups", where=self._name, hint="save it as .docx")
        self._open.append(self._state)
        self._left_to_skip = 0

    def _end(self) -> None:
        self._flush()
        if not self._open:
            return
        before, self._state = self._state, self._open.pop()
        self._left_to_skip, self._starred = 0, False
        self.is_whole = not self._open
        if before.in_box and not self._state.in_box:
            self._paragraph()

    # -- control words

    def _sign(self, symbol: str) -> None:
        if symbol == "*":
            self._starred = True
        elif symbol in _ENDS:
            self._ended()
        elif symbol in _CHARACTERS:
            self._say(_CHARACTERS[symbol])

    def _obey(self, word: str, value: int | None) -> None:
        starred, self._starred = self._starred, False
        if word == "u":
            self._unicode(value)
        elif word in _CHARACTERS:
            self._say(_CHARACTERS[word])
        elif word in _ENDS:
            self._ended()
        elif word in {"cell", "nestcell"} and self._state.part == "text":
            self._cell()
        elif word == "row" and self._state.part == "text":
            self._row()
        elif not self._opens_part(word, starred=starred):
            self._format(word, value)

    def _opens_part(self, word: str, *, starred: bool) -> bool:
        """Whether a word says what part of the file its group is."""
        if word in {"fonttbl", "colortbl", "info", "footnote", "annotation"} or word in _HEADS:
            part = word
            if word == "footnote":
                self._notes.append([])
        elif word in _ABOUT and self._state.part == "info":
            part = word
        elif word in _NO_TEXT or (starred and word not in _KNOWN):
            part = ""
            self._page_has_colour = self._page_has_colour or word == "background"
        elif word == "shptxt":
            self._change(in_box=True)
            return True
        else:
            return word in _KNOWN
        self._change(part=part if self._state.part else "")
        return True

    def _format(self, word: str, value: int | None) -> None:
        match word:
            case "ansicpg":
                self._codec = _codec(f"cp{value}", self._codec)
            case "mac":
                self._codec = "mac_roman"
            case "uc":
                self._change(skip=max(0, min(value or 0, 10)))
            case "f":
                self._change(font=value or 0)
            case "deff":
                self._default_font = value or 0
            case "fcharset" if self._state.part == "fonttbl":
                self._fonts[self._state.font] = _codec(_CHARSETS.get(value or 0, ""), self._codec)
            case "red" | "green" | "blue":
                self._channels[word] = max(0, min(value or 0, 255))
            case "v":
                self._change(hidden=value != 0)
            case "deleted":
                self._change(deleted=value != 0)
            case "cf":
                self._change(colour=value or 0)
            case "cb" | "chcbpat" | "highlight":
                self._change(behind=value or 0)
            case "cbpat":
                self._change(paragraph=value or 0)
            case "clcbpat":
                self._coloured_cells = True
            case "trowd":
                self._coloured_cells = False
            case "fs":
                self._change(size=24 if value is None else value)
            case "charscalex":
                self._change(narrow=value is not None and value <= 10)
            case "plain":
                self._change(hidden=False, deleted=False, colour=0, behind=0, size=24, narrow=False, font=-1)
            case "pard":
                self._change(paragraph=0)
                self._kind, self._in_table = BlockKind.PARAGRAPH, False
            case "intbl":
                self._in_table = True
            case "outlinelevel":
                self._kind = BlockKind.HEADING
            case "ls":
                self._kind = BlockKind.LIST_ITEM

    def _change(self, **said: object) -> None:
        self._flush()
        self._state = self._state._replace(**said)  # type: ignore[arg-type]

    # -- text

    def _take(self, words: bytes) -> None:
        """Bytes of text, but for those that only say again what stands before them."""
        if self._state.part == "colortbl":
            for _ in range(words.count(b";")):
                red, green, blue = (self._channels.get(one, 0) for one in ("red", "green", "blue"))
                self._colours.append(f"{red:02X}{green:02X}{blue:02X}" if self._channels else "")
                self._channels = {}
            return
        skipped = min(self._left_to_skip, len(words))
        self._left_to_skip -= skipped
        if self._state.part:
            self._bytes += words[skipped:]

    def _unicode(self, value: int | None) -> None:
        if value is not None:
            self._say(chr(value % 0x10000))
        self._left_to_skip = self._state.skip

    def _say(self, words: str) -> None:
        self._left_to_skip = 0
        if self._state.part and self._state.part != "colortbl":
            self._decode()
            self._units.append(words)

    def _decode(self) -> None:
        if self._bytes:
            font = self._state.font if self._state.font >= 0 else self._default_font
            codec = self._fonts.get(font, self._codec)
            self._units.append(self._bytes.decode(codec, "replace"))
            self._bytes.clear()

    def _flush(self) -> None:
        """What was read in one look goes where it belongs."""
        self._decode()
        if not self._units:
            return
        # Characters beyond the first plane come in halves.
        text = "".join(self._units).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        self._units = []
        part = self._state.part
        if part == "annotation" or (part in {"text", "footnote"} and self._state.deleted):
            self.unseen.aside.append(text)
        elif part not in {"text", "footnote"}:
            if part not in {"fonttbl", "info"}:
                self.beside.setdefault(part, []).append(text)
        elif not self.unseen.passes_over(text, self._look()):
            (self._notes[-1] if part == "footnote" else self._words).append(text)

    def _look(self) -> Look:
        state = self._state
        behind: str | None = self._colour(state.behind) or self._colour(state.paragraph)
        if not behind:
            is_known = not (state.in_box or self._coloured_cells or self._page_has_colour)
            behind = WHITE if is_known else None
        return Look(state.hidden or state.narrow, self._colour(state.colour), behind, state.size / 2)

    def _colour(self, index: int) -> str:
        return self._colours[index] if 0 < index < len(self._colours) else ""

    def _ended(self) -> None:
        if self._state.part != "text":
            self._say("\n")
        elif self._in_table:  # a paragraph in a cell: the row stays one line
            self._say(" ")
        else:
            self._paragraph()

    def _paragraph(self) -> None:
        self._flush()
        text = "\n".join(" ".join(line.split()) for line in "".join(self._words).split("\n")).strip()
        self._words = []
        if text:
            self._paragraphs += 1
            self._ready.append((text, self._kind, f"paragraph {self._paragraphs}"))

    def _cell(self) -> None:
        self._flush()
        self._cells.append(" ".join("".join(self._words).split()))
        self._words = []

    def _row(self) -> None:
        self._cell()
        cells, self._cells = self._cells, []
        self._rows += 1
        if any(cells):
            self._ready.append(("\t".join(cells).rstrip(), BlockKind.ROW, f"row {self._rows}"))


def _codec(name: str, otherwise: str) -> str:
    try:
        return codecs.lookup(name).name if name else otherwise
    except LookupError:
        return otherwise
