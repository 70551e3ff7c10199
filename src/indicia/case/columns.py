"""The sightings of a case as columns: small enough to be held whole where the sightings themselves are not.

A million sightings take a gigabyte as records and some ten megabytes as columns, so a page counts, filters and sorts the
columns and reads only the records that it shows. Made when a case is saved, from what is saved.
"""

from __future__ import annotations

import zlib
from array import array
from collections.abc import Callable, Iterable
from functools import cached_property

import msgspec
import numpy as np
import numpy.typing as npt

from indicia.records import Hunt, Sighting

Codes = npt.NDArray[np.int32]
Seconds = npt.NDArray[np.int64]
NO_TIME = np.iinfo(np.int64).min
_JOIN = "\x1f"

# column -> what a sighting has there, as text; lists are joined and taken apart again by `parts`
_OF: dict[str, Callable[[Sighting], str]] = {
    "rule": lambda one: one.title,
    "host": lambda one: one.event.host,
    "stage": lambda one: one.stage.value,
    "outcome": lambda one: one.outcome.value,
    "level": lambda one: one.level.value,
    "technique": lambda one: _JOIN.join(one.techniques),
    # Whatever else a stage of the pipeline may ask of a sighting; two that agree in all columns are alike to it.
    "kind": lambda one: _JOIN.join((one.rule, one.event.format, *one.software, "", *one.vulnerabilities)),
}
COLUMNS = (*_OF, "chain")
_KIND = tuple(name for name in _OF if name != "host")
_ROOM = 2**62
_LARGEST = 2**29  # bytes, unpacked: of ten million sightings


class _Packed(msgspec.Struct):
    count: int
    names: dict[str, tuple[str, ...]]
    codes: dict[str, bytes]
    seconds: bytes


class Columns:
    """`codes[column][place]` is the number of the value in `names[column]`; `seconds[place]` is the time since 1970, UTC."""

    def __init__(self, names: dict[str, tuple[str, ...]], codes: dict[str, Codes], seconds: Seconds) -> None:
        self.names = names
        self.codes = codes
        self.seconds = seconds

    def __len__(self) -> int:
        return len(self.seconds)

    @classmethod
    def of(cls, hunt: Hunt | None) -> Columns:
        """The columns of a hunt, in the order of its sightings. The column `chain` holds chain ids, "" for none."""
        sightings = hunt.sightings if hunt else ()
        in_chain = {id: chain.id for chain in reversed(hunt.chains if hunt else ()) for id in chain.sightings}
        known: dict[str, dict[str, int]] = {name: {} for name in COLUMNS}
        hosts, chains = known["host"], known["chain"]
        # A million sightings are of a few thousand kinds: what a kind has in common is asked for once.
        numbers: dict[tuple[object, ...], int] = {}
        values: list[list[int]] = []
        kind, host, chain, seconds = array("i"), array("i"), array("i"), array("q")
        for one in sightings:
            event = one.event
            key = (
                one.rule, one.title, one.techniques, one.stage, one.outcome, one.level, event.format,
                one.software, one.vulnerabilities,
            )  # fmt: skip
            number = numbers.get(key)
            if number is None:
                number = numbers[key] = len(numbers)
                values.append([known[name].setdefault(_OF[name](one), len(known[name])) for name in _KIND])
            kind.append(number)
            host.append(hosts.setdefault(event.host, len(hosts)))
            chain.append(chains.setdefault(in_chain.get(one.id, ""), len(chains)))
            seconds.append(NO_TIME if event.time is None else int(event.time.timestamp()))
        table = np.array(values, np.int32).reshape(len(values), len(_KIND))
        of_kind = np.frombuffer(kind, np.int32) if kind else np.empty(0, np.int32)
        codes = {name: table[:, column][of_kind] for column, name in enumerate(_KIND)}
        codes |= {"host": np.array(host, np.int32), "chain": np.array(chain, np.int32)}
        names = {name: tuple(known[name]) for name in COLUMNS}
        return cls(names, {name: codes[name] for name in COLUMNS}, np.array(seconds, np.int64))

    @cached_property
    def techniques(self) -> tuple[tuple[str, ...], ...]:
        """The techniques behind each number of the column `technique`."""
        return tuple(tuple(part for part in text.split(_JOIN) if part) for text in self.names["technique"])

    def alike(self, leave_out: Iterable[int] = ()) -> list[int]:
        """One place for each kind of sighting that there is, the first of it, in order: enough for whatever asks only which
        kinds there are. Hosts and chains are not told apart; places to `leave_out` do not count."""
        kept = np.ones(len(self), bool)
        kept[[place for place in leave_out if 0 <= place < len(self)]] = False
        places = np.flatnonzero(kept)
        key, size = np.zeros(len(places), np.int64), 1
        for name in _KIND:
            codes, many = self.codes[name][places], max(1, len(self.names[name]))
            if size * many > _ROOM:  # keys would overflow: number them anew
                distinct, key = np.unique(key, return_inverse=True)
                size = max(1, len(distinct))
            key, size = key * many + codes, size * many
        _, first = np.unique(key, return_index=True)
        return [int(place) for place in np.sort(places[first])]

    def pack(self) -> bytes:
        """For the store. The same columns give the same bytes."""
        codes = {name: values.astype("<i4").tobytes() for name, values in self.codes.items()}
        packed = _Packed(len(self), self.names, codes, self.seconds.astype("<i8").tobytes())
        return zlib.compress(msgspec.msgpack.encode(packed), 1)

    @classmethod
    def unpack(cls, data: bytes) -> Columns:
        """Raises: zlib.error, msgspec.MsgspecError, ValueError when the bytes are not what `pack` makes."""
        unpacked = zlib.decompressobj().decompress(data, _LARGEST)
        packed = msgspec.msgpack.decode(unpacked, type=_Packed)
        codes = {name: np.frombuffer(packed.codes[name], "<i4") for name in COLUMNS if name in packed.codes}
        seconds = np.frombuffer(packed.seconds, "<i8")
        if set(codes) != set(COLUMNS) or any(len(values) != len(seconds) for values in codes.values()):
            raise ValueError("the columns of the sightings do not fit together")
        return cls(packed.names, codes, seconds)
