"""Columns from values that lie about in EVTX chunks: each different value becomes a text once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from indicia.hunt.events import Codes, Column
from indicia.hunt.formats.binxml import VALUES, text_of_value
from indicia.hunt.formats.evtxblock import Alike, Block
from indicia.hunt.formats.evtxforms import Field
from indicia.hunt.matching.literals import Ints
from indicia.hunt.rules.names import field_key

__all__ = ["Columns"]

_SHORT = 12  # bytes that a view of Arrow holds itself


class _Values:
    """The values of one type that a field has in some rows."""

    def __init__(self) -> None:
        self.rows: list[Ints] = []
        self.begins: list[Ints] = []
        self.ends: list[Ints] = []

    def distinct(self, kind: int, block: Block) -> tuple[Ints, list[str], Codes]:
        """The rows, the different texts, and which of them each row has."""
        rows, begins, ends = (np.concatenate(each) for each in (self.rows, self.begins, self.ends))
        sizes = VALUES[kind][1]
        if sizes and len(sizes) == 1 and sizes[0] in (1, 2, 4, 8):
            numbers = {1: block.u8, 2: block.u16, 4: block.u32, 8: block.u64}[sizes[0]][begins]
            values, codes = np.unique(numbers, return_inverse=True)
            return rows, [text_of_value(kind, value.tobytes()) for value in values], codes.astype(np.int32)
        encoded = _views(block, begins, ends - begins).cast(pa.binary()).dictionary_encode()
        texts = [text_of_value(kind, value) for value in encoded.dictionary.to_pylist()]
        return rows, texts, encoded.indices.to_numpy(zero_copy_only=False)


def _views(block: Block, begins: Ints, sizes: Ints) -> Any:
    """The values as Arrow sees them: where each is, short ones themselves, so that none is copied for it."""
    views = np.zeros((len(begins), 4), np.uint32)
    views[:, 0] = sizes
    last = len(block.u32) - 1
    short = sizes <= _SHORT
    if not short.all():
        views[:, 1] = block.u32[np.minimum(begins, last)]
        views[:, 3] = begins
    if short.any():
        own, length = begins[short], sizes[short]
        for place in range(3):
            held = np.clip(length - 4 * place, 0, 4)
            # Nothing is kept of what would lie behind the last chunk.
            views[short, place + 1] = block.u32[np.minimum(own + 4 * place, last)] & _KEPT[held]
    return pa.Array.from_buffers(pa.binary_view(), len(begins), [None, pa.py_buffer(views), pa.py_buffer(block.data)])


_KEPT = np.array([0, 0xFF, 0xFFFF, 0xFFFFFF, 0xFFFFFFFF], np.uint32)


class Columns:
    """Columns put together of parts, each for some of the rows; names that differ in case alone are one."""

    def __init__(self, size: int, block: Block) -> None:
        self._size = size
        self._block = block
        self._spelling: dict[str, str] = {}
        self._values: defaultdict[str, defaultdict[tuple[int, bool], _Values]] = defaultdict(lambda: defaultdict(_Values))
        self._others: defaultdict[str, list[tuple[Ints, Sequence[str], Codes]]] = defaultdict(list)

    def add(self, name: str, column: Column) -> None:
        """The values of a column, where it has some."""
        rows = np.flatnonzero(column.codes >= 0)
        self._others[self._name(name)].append((rows, column.values.to_pylist(), column.codes[rows]))

    def add_values(self, field: Field, alike: Alike, rows: Ints, chosen: Ints | None) -> None:
        """The values of a field in the `chosen` ones (None: all) of the records, which are these rows."""
        name = self._name(field.name)
        if chosen is not None:
            rows = rows[chosen]
        if len(field.parts) == 1 and not isinstance(field.parts[0], str):
            inside, number = field.parts[0]
            ends = alike.inner if inside else alike.ends
            begins, stops = ends[:, number], ends[:, number + 1]
            values = self._values[name][alike.form.types[inside][number], field.omitted]
            values.rows.append(rows)
            values.begins.append(begins if chosen is None else begins[chosen])
            values.ends.append(stops if chosen is None else stops[chosen])
            return
        texts = []
        for record in range(len(alike.records)) if chosen is None else chosen.tolist():
            parts = []
            for part in field.parts:
                if isinstance(part, str):
                    parts.append(part)
                else:
                    begin, end = (alike.inner if part[0] else alike.ends)[record, part[1] : part[1] + 2].tolist()
                    parts.append(text_of_value(alike.form.types[part[0]][part[1]], self._block.data[begin:end]))
            texts.append("\n".join(parts))
        numbers = {text: number for number, text in enumerate(dict.fromkeys(texts))}
        codes = np.fromiter(map(numbers.__getitem__, texts), np.int32, len(texts))
        self._others[name].append((rows, list(numbers), codes))

    def _name(self, name: str) -> str:
        return self._spelling.setdefault(field_key(name), name)

    def columns(self) -> dict[str, Column]:
        """What was put together."""
        made = {}
        for name in self._spelling.values():
            codes = np.full(self._size, -1, np.int32)
            numbers: dict[str | None, int] = {}
            for (kind, omitted), values in self._values[name].items():
                rows, texts, its_codes = values.distinct(kind, self._block)
                if omitted:
                    numbers[None] = -1
                    texts = [text or None for text in texts]  # type: ignore[misc]
                codes[rows] = np.array([numbers.setdefault(text, len(numbers)) for text in texts], np.int32)[its_codes]
            for rows, others, its_codes in self._others[name]:
                codes[rows] = np.array([numbers.setdefault(text, len(numbers)) for text in others], np.int32)[its_codes]
            made[name] = Column(pa.array([text or "" for text in numbers], pa.string()), codes)
        return made
