"""Text logs in blocks of whole lines, with the place of every line, whatever a crash, an editor or an attacker left in them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from indicia.hunt.events import Column, EventBatch, Times
from indicia.hunt.logs.formats.base import LogInput
from indicia.hunt.match.literals import Ints
from indicia.records import Problem, Severity

BLOCK = 8 << 20  # bytes read at a time: a compromise between memory and repeats per block
_RETURN = ord("\r")
MOST_LINES = 1 << 17  # of a block: each may become an object
LONGEST_LINE = 4 << 20  # bytes; a longer line is left out, and told
_TOO_LONG = f"a line of more than {LONGEST_LINE >> 20} MB was left out"
_NEWLINE = b"\n"


Flags: TypeAlias = np.ndarray[tuple[int], np.dtype[np.bool_]]


@dataclass(frozen=True, slots=True)
class LineBlock:
    """Whole lines: `data[starts[i]:ends[i]]` is line `first + i` of the file, without its line end.

    Valid UTF-8, no NUL, a line end behind the last line.
    """

    data: bytes
    starts: Ints
    ends: Ints
    first: int

    def line(self, index: int) -> str:
        """Line `index` of this block."""
        return self.data[int(self.starts[index]) : int(self.ends[index])].decode("utf-8", "replace")

    def texts(self, indexes: Ints) -> pa.StringArray:
        """Many lines, copied at once."""
        if not len(self.starts) or not len(indexes):
            return pa.array([], pa.string())
        offsets = np.append(self.starts, len(self.data)).astype(np.int32)
        whole = pa.StringArray.from_buffers(len(self.starts), pa.py_buffer(offsets), pa.py_buffer(self.data))
        if not np.array_equal(indexes, np.arange(len(self.starts))):
            whole = whole.take(pa.array(indexes))
        return pc.ascii_rtrim(whole, "\r\n")

    def apart(self, indexes: Ints) -> tuple[bytes, Ints, Ints]:
        """Some lines, copied into one text; where in it each starts and ends."""
        offsets = np.append(self.starts, len(self.data)).astype(np.int32)
        whole = pa.BinaryArray.from_buffers(
            pa.binary(), len(self.starts), [None, pa.py_buffer(offsets), pa.py_buffer(self.data)]
        )
        taken = whole.take(pa.array(indexes, pa.int64()))
        _, places, data = taken.buffers()
        starts = np.frombuffer(places, np.int32)[: len(indexes)].astype(np.int64)
        return data.to_pybytes() if data is not None else b"", starts, starts + (self.ends - self.starts)[indexes]

    def batch(
        self,
        log: LogInput,
        lines: Ints,
        form: str,
        columns: dict[str, Column],
        times: Times,
        rebuild: Callable[[int], tuple[str, str, Mapping[str, str]]],
        *,
        family: str = "",
        others: Times | None = None,
    ) -> EventBatch:
        """Some lines of this block as events, each with its own text; `others` are times of further ones."""
        return EventBatch(
            format=form,
            family=family or form,
            columns=columns,
            files=(log.name,),
            positions=lines + self.first,
            times=times,
            rebuild=rebuild,
            others=others,
            texts=lambda chosen: self.texts(lines[chosen]),
            raw=lambda: (self.data, self.starts[lines], self.ends[lines]) if others is None else self.apart(lines),
        )

    def returns_within(self, indexes: Ints) -> Flags:
        """Which of some lines have a carriage return elsewhere than at their end."""
        octets = np.frombuffer(self.data, np.uint8)
        returns = octets == _RETURN
        if np.count_nonzero(returns) == np.count_nonzero(octets[self.ends] == _RETURN):
            return np.zeros(len(indexes), bool)
        places = np.flatnonzero(returns)
        found: Flags = np.searchsorted(places, self.ends[indexes]) > np.searchsorted(places, self.starts[indexes])
        return found

    def starting_with(self, byte: int) -> Ints:
        """The indexes of the lines that begin with `byte`."""
        if not len(self.starts):
            return np.empty(0, np.int64)
        octets = np.frombuffer(self.data, np.uint8)
        full = np.flatnonzero(self.ends > self.starts)
        found: Ints = full[octets[self.starts[full]] == byte]
        return found


def line_blocks(
    stream: BinaryIO, where: str, first: int = 1, length: int | None = None, size: int = BLOCK
) -> Iterator[LineBlock | Problem]:
    """The lines of the next `length` bytes (None: all), `first` being the number of the first.

    Problems tell of NUL padding, bytes that are no UTF-8 (read as Windows-1252) and cut lines.
    """
    rest = b""
    number = first
    skipping = False  # inside a line that is too long
    while True:
        try:
            block = stream.read(size if length is None else min(size, length))
        except (EOFError, OSError) as error:  # a cut gzip, a vanished share
            yield Problem(where=f"{where}:{number}", what=f"cannot be read on: {error}", severity=Severity.SKIPPED)
            block = b""
            ended = True
        else:
            ended = not block
            if length is not None:
                length -= len(block)
        if skipping:
            end = block.find(b"\n")
            if end < 0 and not ended:
                continue
            block = block[end + 1 :] if end >= 0 else b""
            number += 1
            skipping = False
        cut = len(block) if ended else block.rfind(b"\n") + 1
        if cut or ended:
            data, rest = b"".join((rest, memoryview(block)[:cut])), block[cut:]
        else:
            data, rest = b"", rest + block
        if not ended and len(rest) > LONGEST_LINE:
            yield Problem(where=f"{where}:{number + data.count(_NEWLINE)}", what=_TOO_LONG)
            rest, skipping = b"", True
        if data:
            clean, problems = readable(data, f"{where}:{number}")
            yield from problems
            if clean:  # a hard stop may leave a stretch of nothing but NULs
                made = block_of(clean, number)
                long = np.flatnonzero(np.diff(made.starts, append=len(made.data)) - 1 > LONGEST_LINE)
                if len(long):
                    yield Problem(where=f"{where}:{number + int(long[0])}", what=_TOO_LONG, count=len(long))
                    made = block_of(_emptied(made, long), number)
                number += len(made.starts)
                yield from _in_pieces(made)
        if ended:
            return


def read_blocks(
    log: LogInput, take: Callable[[LineBlock], Iterable[EventBatch | Problem]], size: int = BLOCK
) -> Iterator[EventBatch | Problem]:
    """What `take` makes of each block of a log, or of the stretch of it that is meant; problems as they come."""
    part = log.stretch
    with log.open() as stream:
        if part is not None:
            stream.seek(part.start)
        first, length = (part.line, part.end - part.start) if part is not None else (1, None)
        for block in line_blocks(stream, log.name, first, length, size):
            if isinstance(block, Problem):
                yield block
            elif len(block.starts):
                yield from take(block)


def _in_pieces(block: LineBlock) -> Iterator[LineBlock]:
    """The block, or, where its lines are so short that it has very many, several."""
    for first in range(0, len(block.starts), MOST_LINES):
        starts, ends = block.starts[first : first + MOST_LINES], block.ends[first : first + MOST_LINES]
        last = first + MOST_LINES >= len(block.starts)
        if first == 0 and last:
            yield block
            return
        begin = int(starts[0])
        end = len(block.data) if last else int(block.starts[first + MOST_LINES])
        yield LineBlock(block.data[begin:end], starts - begin, ends - begin, block.first + first)


def _emptied(block: LineBlock, lines: Ints) -> bytes:
    """The block's bytes without what stands in some of its lines."""
    kept, start = [], 0
    for line in lines.tolist():
        kept.append(block.data[start : int(block.starts[line])])
        start = int(block.ends[line])
    return b"".join((*kept, block.data[start:]))


def readable(data: bytes, where: str) -> tuple[bytes, list[Problem]]:
    """`data` without NULs, as valid UTF-8; what had to be done for it."""
    problems = []
    if b"\0" in data:
        count = data.count(b"\0")
        data = data.replace(b"\0", b"")
        problems.append(Problem(where=where, what=f"{count} NUL bytes, as after a crash, were skipped", severity=Severity.NOTE))
    if not data.isascii() and not _is_utf8(data):
        lines = data.split(b"\n")
        count = 0
        for index, line in enumerate(lines):
            try:
                line.decode()
            except UnicodeDecodeError:
                count += 1
                lines[index] = line.decode("cp1252", "replace").encode()
        data = b"\n".join(lines)
        lines_are = "line is" if count == 1 else "lines are"
        what = f"{count} {lines_are} not UTF-8 and read as Windows-1252"
        problems.append(Problem(where=where, what=what, severity=Severity.NOTE, count=count))
    return data, problems


def _is_utf8(data: bytes) -> bool:
    """Whether the bytes are valid UTF-8; Arrow says it without making a text of them."""
    offsets = pa.py_buffer(np.array([0, len(data)], np.int32))
    try:
        pa.BinaryArray.from_buffers(pa.binary(), 1, [None, offsets, pa.py_buffer(data)]).cast(pa.string())
    except pa.ArrowInvalid:
        return False
    return True


def lines_of(lines: Sequence[str], first: int) -> LineBlock:
    """Lines that are at hand one by one, clean as `LineBlock` wants them and without a line end in them."""
    if all(map(str.isascii, lines)):
        lengths, data = np.fromiter(map(len, lines), np.int64, len(lines)), "\n".join((*lines, "")).encode()
    else:
        octets = list(map(str.encode, lines))
        lengths, data = np.fromiter(map(len, octets), np.int64, len(octets)), b"\n".join((*octets, b""))
    ends = np.cumsum(lengths + 1) - 1
    return LineBlock(data, ends - lengths, ends, first)


def block_of(data: bytes, first: int) -> LineBlock:
    """The lines in `data`, clean as `LineBlock` wants it."""
    if not data.endswith(b"\n"):
        data += b"\n"
    octets = np.frombuffer(data, np.uint8)
    ends = np.flatnonzero(octets == 10)
    starts = np.empty(len(ends), np.int64)
    if len(ends):
        starts[0] = 0
        starts[1:] = ends[:-1] + 1
    before = np.maximum(ends - 1, 0)
    returns = (ends > starts) & (octets[before] == 13) if len(ends) else np.empty(0, bool)
    return LineBlock(data, starts, ends - returns, first)
