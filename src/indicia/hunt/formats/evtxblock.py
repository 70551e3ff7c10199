"""Many EVTX chunks at a time: their records, the form of each, and where its values are, as arrays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from indicia.hunt.formats.binxml import CHUNK, IDENTIFIER, TIME
from indicia.hunt.formats.evtxforms import Form, Instance, Layout, Library, form_of
from indicia.hunt.matching.literals import Ints

__all__ = ["SMALLEST_RECORD", "Alike", "Block"]

Places: TypeAlias = np.ndarray[tuple[int, int], np.dtype[np.int64]]
_RECORD_MAGIC = 0x2A2A
_FRAGMENT = 0x0001010F
_LAST_YEARS = 0x24  # the first byte of times that hardly any calendar holds: the year 9800 and later
_FIRST = 512  # bytes of a chunk before its first record
_HEAD = 24  # bytes of a record before its content
SMALLEST_RECORD = 28  # bytes
_DEFINITION = 24  # bytes of a template's definition before its content


class Alike(NamedTuple):
    """Records of one form, by number, and where the values of each begin, with the end of the last: a row for each record."""

    form: Form
    records: Ints
    ends: Places
    inner: Places  # the same of the embedded template


class _Part(NamedTuple):
    """Instances of one template with one layout."""

    instance: Instance
    layout: Layout
    which: Ints
    ends: Places


class Block:
    """Whole chunks, one behind the other.

    `nominal[i]`: how many records chunk i says it holds; `odd[i]`: they do not stand in line. `chunk_of`, `begins` and `stops`
    are of each record of the others, in order; `alike` says of which form they are. What is missing there is left to the
    library.
    """

    def __init__(self, pieces: Sequence[bytes], library: Library) -> None:
        self.data = pieces[0] if len(pieces) == 1 else b"".join(pieces)
        self.count = len(self.data) // CHUNK
        self._library = library
        self.u8 = np.frombuffer(self.data, np.uint8)
        self.u16, self.u32, self.u64 = (self._at_every_byte(kind) for kind in ("<u2", "<u4", "<u8"))
        self.odd = np.zeros(self.count, bool)
        head = np.arange(self.count) * CHUNK
        said = (self.u64[head + 16] - self.u64[head + 8] + 1).astype(np.int64)
        self.nominal = np.where((said > 0) & (said <= CHUNK // SMALLEST_RECORD), said, 0)
        self.chunk_of, self.begins, self.stops = self._walk()
        self.alike = list(self._alike())

    def chunk(self, number: int) -> bytes:
        """A chunk."""
        return self.data[number * CHUNK : (number + 1) * CHUNK]

    def _at_every_byte(self, kind: str) -> Any:
        size = len(self.data) - np.dtype(kind).itemsize + 1
        return np.ndarray((size,), kind, self.data, strides=(1,))

    def _walk(self) -> tuple[Ints, Ints, Ints]:
        """The records of all chunks, as the library walks through them: the first of each, then the second, and so on."""
        number = np.arange(self.count)
        base = number * CHUNK
        last = self.u64[base + 32]
        free = base + np.minimum(self.u32[base + 48], CHUNK)
        at = base + _FIRST
        found = []
        while len(number):
            more = at < free
            self.odd[number[more & (at + _HEAD > base + CHUNK)]] = True
            more &= at + _HEAD <= base + CHUNK
            number, base, last, free, at = (each[more] for each in (number, base, last, free, at))
            magic, size = self.u32[at], self.u32[at + 4].astype(np.int64)
            good = (magic == _RECORD_MAGIC) & (size >= SMALLEST_RECORD) & (at + size <= base + CHUNK)
            good &= self.u8[at + 23] < _LAST_YEARS
            self.odd[number[~good & (magic != 0)]] = True
            number, base, last, free, at, size = (each[good] for each in (number, base, last, free, at, size))
            found.append((number, at, at + size))
            more = self.u64[at + 8] != last
            number, base, last, free, at = (each[more] for each in (number, base, last, free, at + size))
        chunk_of, begins, stops = (np.concatenate([each[place] for each in found]) for place in range(3))
        order = np.argsort(begins)
        order = order[~self.odd[chunk_of[order]]]
        return chunk_of[order], begins[order], stops[order]

    def _alike(self) -> Iterator[Alike]:
        total = len(self.begins)
        base = self.chunk_of * CHUNK
        outer = list(self._parts(np.arange(total), self.begins + _HEAD, self.stops - 4, base))
        # Where the embedded template of each record is, if there is one.
        begins, stops = np.zeros(total, np.int64), np.zeros(total, np.int64)
        for part in outer:
            place = part.layout.embedded
            if place >= 0:
                begins[part.which] = part.ends[:, place]
                stops[part.which] = part.ends[:, place + 1]
        which = np.flatnonzero(stops > begins)
        inner = list(self._parts(which, begins[which], stops[which], base[which]))
        inner_part = np.full(total, -1)  # none; -2: one that only the library can read
        inner_part[which] = -2
        inner_row = np.zeros(total, np.int64)
        for number, part in enumerate(inner):
            inner_part[part.which] = number
            inner_row[part.which] = np.arange(len(part.which))
        for part in outer:
            numbers = inner_part[part.which]
            for number in np.unique(numbers).tolist():
                if number < -1:
                    continue
                chosen = np.flatnonzero(numbers == number)
                other = inner[number] if number >= 0 else None
                form = form_of(part.instance, part.layout, other.instance if other else None, other.layout if other else None)
                if form is not None:
                    records = part.which[chosen]
                    ends = other.ends[inner_row[records]] if other else np.zeros((len(records), 1), np.int64)
                    yield Alike(form, records, part.ends[chosen], ends)

    def _parts(self, which: Ints, at: Ints, stop: Ints, base: Ints) -> Iterator[_Part]:
        """The instances of templates at `at`, before `stop`, of the records `which` in the chunks at `base`."""
        u8, u32 = self.u8, self.u32
        which, at, stop, base = (each[at + 18 <= stop] for each in (which, at, stop, base))
        offset = u32[at + 10].astype(np.int64)
        inline = base + offset == at + 14
        good = (u32[at] == _FRAGMENT) & (u8[at + 4] == 0x0C) & (offset + _DEFINITION <= CHUNK)
        good &= ~inline | (at + 14 + _DEFINITION + 4 <= stop)
        which, at, stop, base, offset, inline = (each[good] for each in (which, at + 14, stop, base, offset, inline))
        at[inline] += _DEFINITION + u32[at[inline] + 20]
        good = at + 4 <= stop
        which, at, stop, base, offset = (each[good] for each in (which, at, stop, base, offset))
        count = u32[at].astype(np.int64)
        good = at + 4 + 4 * count <= stop
        which, at, stop, definition, count = (each[good] for each in (which, at + 4, stop, base + offset, count))
        places, of_place = np.unique(definition, return_inverse=True)
        instances: dict[Instance, int] = {}
        numbers = []
        chunk, chunk_at = b"", -1
        for place in places.tolist():
            if place - place % CHUNK != chunk_at:
                chunk_at = place - place % CHUNK
                chunk = self.data[chunk_at : chunk_at + CHUNK]
            numbers.append(instances.setdefault(self._library.instance(chunk, place % CHUNK), len(instances)))
        key = np.array(numbers, np.int64)[of_place] * CHUNK + count if len(numbers) else count
        by_number = list(instances)
        for some in _sorted_apart(key):
            instance = by_number[int(key[some[0]]) // CHUNK]
            if instance.template is None:
                continue
            size = int(count[some[0]])
            descriptors = self._rows(at[some], size)
            while len(some):
                layout = instance.layout(descriptors[0].tobytes())
                same = ((descriptors & layout.mask) == layout.expected).all(axis=1)
                if layout.fits:
                    chosen = some if same.all() else some[same]
                    ends = np.empty((len(chosen), size + 1), np.int64)
                    ends[:, 0] = at[chosen] + 4 * size
                    np.cumsum(descriptors[same] & 0xFFFF, axis=1, out=ends[:, 1:])
                    ends[:, 1:] += ends[:, :1]
                    sound = self._are_sound(layout, ends, stop[chosen])
                    if sound.all():
                        yield _Part(instance, layout, which[chosen], ends)
                    elif sound.any():
                        yield _Part(instance, layout, which[chosen[sound]], ends[sound])
                some, descriptors = some[~same], descriptors[~same]

    def _rows(self, at: Ints, size: int) -> Any:
        """So many numbers of 32 bits from each place on; taken as one thing each, which is many times quicker."""
        if not size:
            return np.empty((len(at), 0), np.uint32)
        things = np.ndarray((len(self.data) - 4 * size + 1,), f"V{4 * size}", self.data, strides=(1,))
        return things[at].view("<u4").reshape(len(at), size)

    def _are_sound(self, layout: Layout, ends: Places, stop: Ints) -> Any:
        # What comes behind the values is the end of the fragment, or nothing.
        end = ends[:, -1]
        sound = (end == stop) | ((end < stop) & (self.u8[np.minimum(end, stop)] == 0))
        for number, kind in layout.delicate:
            begin, end = ends[:, number], np.minimum(ends[:, number + 1], stop)
            if kind == TIME:
                sound &= self.u8[end - 1] < _LAST_YEARS
            elif kind == IDENTIFIER:
                sound &= (end - begin >= 8) & (end - begin == 8 + 4 * self.u8[np.minimum(begin + 1, stop)].astype(np.int64))
            else:  # texts, each with a zero behind it
                sound &= (end - begin >= 2) & (self.u16[np.maximum(end, 2) - 2] == 0)
        return sound


def _sorted_apart(key: Ints) -> Iterator[Ints]:
    """The places of each different value, ascending."""
    if len(key):
        order = np.argsort(key, kind="stable")
        yield from np.split(order, np.flatnonzero(np.diff(key[order])) + 1)
