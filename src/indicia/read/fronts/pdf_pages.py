"""A PDF in a process apart (`indicia.apart`): takes how many pages and characters to read at most and for how many seconds of
the processor (`<QQd`), and the file; gives JSON piece by piece. It may crash or be stopped: nothing of Indicia's is lost with
it.

{"pages": n, "title", "created"} first, then {"page": 1, "text"} each, or {"error": code, "detail"} at the end. After them, of
pages that hold what nobody sees, {"seen": 1, "text", "hidden", "doubtful"}, and {"looked": n}: how many pages with a text were
looked at for it.

What is seen is found by drawing the page. Text is not seen where nothing is drawn that stands out, where it is tiny, and where
it is white or drawn without ink and the page looks the same without it. Pictures are not decoded: of such text before or
behind one it is not known, because a scanned page bears its recognised text like that.
"""

from __future__ import annotations

import ctypes
import json
import struct
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

_PASSWORD_ERROR = 4  # FPDF_ERR_PASSWORD
LIMITS = struct.Struct("<QQd")
_SCALE, _PIXELS = 2.0, 8_000_000  # of a drawn page, to the point and at most
_STROKE = 3  # pixels: what is thinner may be drawn beside where it is said to be
_STANDS_OUT = 12  # of 255 shades: less is paper
_WHITE, _CLEAR = 240, 12  # of 255: from here on a colour is white, and up to here one lets all light through
_TINY = 2.0  # points
_BLANK = frozenset((*range(33), 0xA0))
_WITHOUT_INK = (3, 7)  # modes of drawing text
_EVERYWHERE = (-1e9, -1e9, 1e9, 1e9)
_EVERY_FONT_HAS = "\u0250"  # letters before this one are drawn also where a file brings no font
Box = tuple[float, float, float, float]  # left, bottom, right, top


def answer(request: bytes) -> Iterator[bytes]:
    """The pages, each as it is read, then what is seen of them."""
    most_pages, most_characters, seconds = LIMITS.unpack_from(request)
    until = time.process_time() + 0.8 * seconds
    yield from (json.dumps(line).encode() for line in _lines(request[LIMITS.size :], most_pages, most_characters, until))


def _lines(data: bytes, most_pages: int, most_characters: int, until: float) -> Iterator[dict[str, object]]:
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
    filled = []
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
            break
        yield {"page": number + 1, "text": text}
        if text.strip():
            filled.append(number)
    yield from _seen(document, filled, until)


def _seen(document: Any, pages: Iterable[int], until: float) -> Iterator[dict[str, object]]:
    """What of each page nobody sees, as far as the time of the processor goes, and how many pages were looked at."""
    import pypdfium2

    looked = 0
    for number in pages:
        try:
            page = document[number]
            textpage = page.get_textpage()
            found = _Looked(page, textpage, until)
            if found.hidden or found.doubtful:
                yield {"seen": number + 1, "text": found.text(), "hidden": found.hidden, "doubtful": found.doubtful}
            textpage.close()
            page.close()
        except TimeoutError:
            break
        except (pypdfium2.PdfiumError, MemoryError, ArithmeticError, ValueError):
            continue
        looked += 1
    yield {"looked": looked}


@dataclass(slots=True)
class _Run:
    """A word, or as much of one as is one text object."""

    start: int
    end: int
    text: Any  # the object
    box: Box | None = None  # of the characters that are drawn
    ink: int = 0  # characters that are drawn


class _Looked:
    """What of a page is not seen: counts of characters, and the text without them."""

    def __init__(self, page: Any, textpage: Any, until: float) -> None:
        import pypdfium2.raw as raw  # type: ignore[import-untyped]

        self._raw, self._page, self._textpage, self._until = raw, page, textpage, until
        self.hidden = self.doubtful = 0
        self._passed: list[_Run] = []
        runs = self._runs()
        pictures = [self._bounds(one) for one in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE])]
        self._draw_without(one.raw for one in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE]))
        shown = self._drawn()
        faint = [one for one in runs if one.box and self._is_faint(one)]
        without = shown
        if faint:
            self._draw_without(one.text for one in faint)
            without = self._drawn()
        by_itself = {id(one) for one in faint}
        for run in runs:
            if run.box is None:
                continue
            place = self._place(run.box, shown)
            if place is None or self._size(run) <= _TINY:
                self._pass(run)
            elif id(run) in by_itself:
                if not _differ(shown, without, place):
                    self._pass(run, doubtful=_meets(run.box, pictures))
            elif not _stands_out(shown, place) and self._has_letters(run):
                self._pass(run, doubtful=_meets(run.box, pictures))

    def text(self) -> str:
        """What is seen."""
        pieces: list[str] = []
        at = 0
        for run in self._passed:
            pieces.append(self._between(at, run.start))
            at = run.end
        pieces.append(self._between(at, self._textpage.count_chars()))
        return "".join(pieces)

    def _between(self, start: int, end: int) -> str:
        return str(self._textpage.get_text_range(start, end - start, errors="replace")) if end > start else ""

    def _pass(self, run: _Run, *, doubtful: bool = False) -> None:
        if doubtful:
            self.doubtful += run.ink
        else:
            self.hidden += run.ink
            self._passed.append(run)

    def _runs(self) -> list[_Run]:
        raw, textpage = self._raw, self._textpage
        left, bottom, right, top = (ctypes.c_double() for _ in range(4))
        runs: list[_Run] = []
        last = None
        for number in range(textpage.count_chars()):
            if not number % 4096 and time.process_time() > self._until:
                raise TimeoutError
            text = raw.FPDFText_GetTextObject(textpage, number)
            key = ctypes.cast(text, ctypes.c_void_p).value
            is_drawn = key and raw.FPDFText_GetUnicode(textpage, number) not in _BLANK
            if not runs or (is_drawn and (key != last or runs[-1].end < number)):
                runs.append(_Run(number, number, text))
                last = key
            run = runs[-1]
            if is_drawn:
                run.end = number + 1
                raw.FPDFText_GetCharBox(textpage, number, left, right, bottom, top)
                box = (left.value, bottom.value, right.value, top.value)
                run.ink += 1
                run.box = _joined(run.box, box)
        return runs

    def _is_faint(self, run: _Run) -> bool:
        """Whether it is white or clear, or drawn without ink."""
        raw = self._raw
        red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
        if raw.FPDFTextObj_GetTextRenderMode(run.text) in _WITHOUT_INK:
            return True
        if not raw.FPDFPageObj_GetFillColor(run.text, red, green, blue, alpha):
            return False
        return min(red.value, green.value, blue.value) >= _WHITE or alpha.value <= _CLEAR

    def _size(self, run: _Run) -> float:
        """Of its letters on the page, in points."""
        raw, matrix = self._raw, self._raw.FS_MATRIX()
        if not raw.FPDFText_GetMatrix(self._textpage, run.start, matrix):
            return _TINY + 1
        scale: float = max(abs(matrix.c), abs(matrix.d), 1e-9)
        points: float = raw.FPDFText_GetFontSize(self._textpage, run.start)
        return scale * points

    def _has_letters(self, run: _Run) -> bool:
        """Whether it would be drawn: a file need not bring its fonts, and ours do not have all letters."""
        if self._raw.FPDFFont_GetIsEmbedded(self._raw.FPDFTextObj_GetFont(run.text)) == 1:
            return True
        return max(self._between(run.start, run.end), default="") < _EVERY_FONT_HAS

    def _bounds(self, picture: Any) -> Box:
        """Where a picture is; one within a form may be anywhere."""
        return _EVERYWHERE if picture.level else tuple(picture.get_bounds())

    def _draw_without(self, objects: Iterable[Any]) -> None:
        for one in objects:
            self._raw.FPDFPageObj_SetIsActive(one, False)

    def _drawn(self) -> Any:
        if time.process_time() > self._until:
            raise TimeoutError
        width, height = self._page.get_size()
        scale = min(_SCALE, (_PIXELS / max(width * height, 1.0)) ** 0.5)
        return self._page.render(scale=scale, grayscale=True)

    def _place(self, box: Box, drawn: Any) -> tuple[int, int, int, int] | None:
        """The rectangle of a drawn page that holds a box: left, top, right, bottom; None outside of it. Around a stroke it is a
        little larger, because the place of its ink is rounded."""
        x, y = ctypes.c_int(), ctypes.c_int()
        points = []
        for corner in ((box[0], box[1]), (box[2], box[3])):
            self._raw.FPDF_PageToDevice(self._page, 0, 0, drawn.width, drawn.height, 0, *corner, x, y)
            points.append((x.value, y.value))
        (left, top), (right, bottom) = map(min, *points), map(max, *points)
        wide, high = int(right - left < _STROKE), int(bottom - top < _STROKE)
        left, top = max(left - wide, 0), max(top - high, 0)
        right, bottom = min(right + 1 + wide, drawn.width), min(bottom + 1 + high, drawn.height)
        return (left, top, right, bottom) if left < right and top < bottom else None


def _joined(box: Box | None, other: Box) -> Box:
    return other if box is None else (*map(min, box[:2], other[:2]), *map(max, box[2:], other[2:]))  # type: ignore[return-value]


def _meets(box: Box, others: Iterable[Box]) -> bool:
    return any(box[0] < one[2] and one[0] < box[2] and box[1] < one[3] and one[1] < box[3] for one in others)


def _rows(drawn: Any, place: tuple[int, int, int, int]) -> Iterable[bytes]:
    left, top, right, bottom = place
    whole = memoryview(drawn.buffer).cast("B")
    return (bytes(whole[row * drawn.stride + left : row * drawn.stride + right]) for row in range(top, bottom))


def _stands_out(drawn: Any, place: tuple[int, int, int, int]) -> bool:
    low, high = 255, 0
    for row in _rows(drawn, place):
        low, high = min(low, min(row)), max(high, max(row))
        if high - low >= _STANDS_OUT:
            return True
    return False


def _differ(drawn: Any, other: Any, place: tuple[int, int, int, int]) -> bool:
    pairs = zip(_rows(drawn, place), _rows(other, place), strict=True)
    return any(one != two and any(abs(a - b) >= _STANDS_OUT for a, b in zip(one, two, strict=True)) for one, two in pairs)
