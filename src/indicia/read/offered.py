"""Claims that other readers offer in a file or an answer, taken apart one by one, so that one that is broken costs no other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from indicia.errors import FormatError, InputError, LimitError
from indicia.read.reading import Answer
from indicia.records import OWN_READER, Claim, Document, Fallen, Fault, Firmness, ProposedClaim, ProposedReading, Span
from indicia.walking import open_named

LARGEST = 64 * 2**20  # bytes of a file of claims
_LONGEST_NAME = 60


class Offered(NamedTuple):
    """What one line of a file offers, and what of it had not the form of a claim."""

    reading: ProposedReading
    fallen: tuple[Fallen, ...] = ()


class FromFile:
    """The reader whose claims stand in a file: it answers for the documents that the file names."""

    def __init__(self, offered: Iterable[Offered]) -> None:
        self._by: dict[str, Offered] = {}
        self._asked: set[str] = set()
        for one in offered:
            held = self._by.get(one.reading.document)
            self._by[one.reading.document] = _joined(held, one) if held is not None else one

    def __call__(self, document: Document, /) -> Answer:
        for key in (document.id, document.sha256, document.name, document.file_name):
            if key in self._by:
                self._asked.add(key)
                return Answer(self._by[key].reading, (), self._by[key].fallen)
        return Answer()

    def unasked(self) -> tuple[str, ...]:
        """The documents that the file names and that nobody asked for."""
        return tuple(key for key in self._by if key not in self._asked)


def _joined(held: Offered, one: Offered) -> Offered:
    """Two lines of one reader on one document."""
    claims, read = (*held.reading.claims, *one.reading.claims), (*held.reading.read, *one.reading.read)
    reading = msgspec.structs.replace(held.reading, claims=claims, read=read)
    return Offered(reading, (*held.fallen, *one.fallen))


class _Line(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a file of claims, its claims not yet looked at."""

    reader: str
    document: str
    claims: list[msgspec.Raw] = []
    read: tuple[tuple[int, int], ...] = ()


def read_offered(path: Path) -> tuple[FromFile, ...]:
    """The readers of a file of claims, each with all that it offers, by name. Raises: InputError, FormatError with the line."""
    try:
        with open_named(path) as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", where=str(path), hint="check the path") from error
    if len(data) > LARGEST:
        raise LimitError(f"holds more than {LARGEST:,} bytes of claims", where=str(path), hint="split the file")
    by_reader: dict[str, list[Offered]] = {}
    hint = "each line is one reading: see docs/readers.md"
    for number, line in enumerate(data.split(b"\n"), start=1):
        if not line.strip():
            continue
        try:
            told = msgspec.json.decode(line, type=_Line)
            name = usable_name(told.reader)
        except (ValueError, RecursionError) as error:
            raise FormatError(f"is no reading: {error}", where=f"{path}:{number}", hint=hint) from error
        claims, fallen = claims_among(told.claims, name)
        reading = ProposedReading(reader=name, document=told.document, claims=claims, read=told.read)
        by_reader.setdefault(name, []).append(Offered(reading, fallen))
    if not by_reader:
        raise FormatError("holds no reading", where=str(path), hint=hint)
    return tuple(FromFile(by_reader[name]) for name in sorted(by_reader))


def usable_name(name: str) -> str:
    """The name of a reader, as it is shown beside claims. Raises: ValueError for one that is empty, too long or our own."""
    name = " ".join(name.split())
    if not name or len(name) > _LONGEST_NAME or not name.isprintable() or name.casefold() == OWN_READER:
        raise ValueError(f"{name[:_LONGEST_NAME]!r} cannot be the name of a reader")
    return name


def claims_among(items: Sequence[Any], reader: str) -> tuple[tuple[ProposedClaim, ...], tuple[Fallen, ...]]:
    """The claims among some JSON values, raw or decoded, and those that have not the form of one."""
    claims: list[ProposedClaim] = []
    fallen: list[Fallen] = []
    for item in items:
        try:
            told = msgspec.json.decode(item) if isinstance(item, msgspec.Raw) else item
            if isinstance(told, dict):  # many write null for what a text does not say
                told = {name: value for name, value in told.items() if value not in (None, "")}
            claims.append(msgspec.convert(told, ProposedClaim))
        except (ValueError, RecursionError) as error:
            fallen.append(Fallen(reader=reader, fault=Fault.FORM, words=str(error)[:200]))
    return tuple(claims), tuple(fallen)


def offered_of(claim: Claim) -> ProposedClaim:
    """What a reader offers who reads a claim as it was read: its words again, so that it is held to the text again."""

    def words(span: Span | None) -> str | None:
        return span.text if span is not None else None

    source, accused, deed, tie = claim.source.party, claim.accused.party, claim.deed, claim.tie
    return ProposedClaim(
        quote=claim.quote.text,
        stance=claim.stance,
        source=words(source.span) if source else None,
        accused=words(accused.span) if accused else None,
        deed=deed.kind if deed else None,
        firmness_words=words(deed.cue) if deed else None,
        firmness=deed.firmness if deed else Firmness.NONE,
        tie=tie.kind if tie else None,
        tie_words=words(tie.words or tie.cue) if tie else None,
        tie_firmness_words=words(tie.cue) if tie else None,
        tie_firmness=tie.firmness if tie else Firmness.NONE,
        not_accused=words(claim.not_accused.span) if claim.not_accused else None,
        via=tuple(span.text for span in claim.source.via),
        victims=tuple(span.text for span in claim.victims),
        incident=words(claim.act),
        basis=claim.basis,
        channel=claim.channel,
        voice=claim.source.voice,
        prominence=claim.prominence,
        source_type=claim.source.type,
        accused_type=claim.accused.type,
    )
