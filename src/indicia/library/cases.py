"""A case in Python: what texts say, what logs show, and what follows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from html import escape
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

import msgspec

from indicia import records
from indicia.errors import ExtraError, UsageError
from indicia.knowledge import load
from indicia.pipeline import build, load_case
from indicia.records import (
    Claim,
    Document,
    Hunt,
    HuntVerdict,
    Measure,
    Mention,
    Posterior,
    Problem,
    Sighting,
    Tlp,
    Weighing,
    shown_marking,
)
from indicia.share import render
from indicia.share.internals import without_internals
from indicia.view.judgements import key_judgements
from indicia.view.words import source_words

if TYPE_CHECKING:
    import pyarrow as pa

# Records as a table: a sequence of them that becomes columns where somebody wants columns.
# The columns of each table, in plain values that pandas, Polars and a spreadsheet show well.
#
# A new column is a line: its name, and how it comes of the record. What is not there is None.
Column = Callable[[Any], str | float | int | bool | None]

_CLAIM: Mapping[str, Callable[[Claim], Any]] = {
    "id": lambda claim: claim.id,
    "source": lambda claim: source_words(claim) if claim.source.party else None,
    "source_type": lambda claim: claim.source.type.value,
    "source_state": lambda claim: claim.source.state,
    "stance": lambda claim: claim.stance.value,
    "accused": lambda claim: claim.accused.party.canonical if claim.accused.party else None,
    "accused_type": lambda claim: claim.accused.type.value,
    "level": lambda claim: claim.accused.level.value if claim.accused.level else None,
    "state_said": lambda claim: claim.accused.state_said,
    "deed": lambda claim: claim.deed.kind.value if claim.deed else None,
    "deed_firmness": lambda claim: claim.deed.firmness.value if claim.deed else None,
    "tie": lambda claim: claim.tie.kind.value if claim.tie else None,
    "tie_to": lambda claim: claim.tie.to or None if claim.tie else None,
    "tie_firmness": lambda claim: claim.tie.firmness.value if claim.tie else None,
    "likelihood": lambda claim: claim.said.likelihood.value if claim.said.likelihood else None,
    "confidence": lambda claim: claim.said.confidence.value if claim.said.confidence else None,
    "basis": lambda claim: claim.basis.value,
    "incident": lambda claim: claim.incident,
    "date": lambda claim: claim.date,
    "quote": lambda claim: claim.quote.text,
    "document": lambda claim: claim.quote.document,
    "start": lambda claim: claim.quote.start,
    "end": lambda claim: claim.quote.end,
    "score": lambda claim: claim.score,
}
_MENTION: Mapping[str, Callable[[Mention], Any]] = {
    "kind": lambda mention: mention.kind.value,
    "type": lambda mention: mention.type or None,
    "value": lambda mention: mention.value,
    "target": lambda mention: mention.target,
    "context": lambda mention: mention.context.value,
    "reason": lambda mention: mention.reason or None,
    "text": lambda mention: mention.span.text,
    "document": lambda mention: mention.span.document,
    "start": lambda mention: mention.span.start,
    "end": lambda mention: mention.span.end,
    "score": lambda mention: mention.score,
}
_DOCUMENT: Mapping[str, Callable[[Document], Any]] = {
    "id": lambda document: document.id,
    "name": lambda document: document.name,
    "title": lambda document: document.title,
    "published": lambda document: document.published,
    "publisher": lambda document: document.publisher,
    "language": lambda document: document.language,
    "marking": lambda document: shown_marking(document.marking),
    "characters": lambda document: len(document.text),
    "sha256": lambda document: document.sha256,
}
_SIGHTING: Mapping[str, Callable[[Sighting], Any]] = {
    "time": lambda sighting: sighting.event.time.isoformat() if sighting.event.time else None,
    "host": lambda sighting: sighting.event.host or None,
    "title": lambda sighting: sighting.title,
    "level": lambda sighting: sighting.level.value,
    "stage": lambda sighting: sighting.stage.value,
    "outcome": lambda sighting: sighting.outcome.value,
    "techniques": lambda sighting: " ".join(sighting.techniques) or None,
    "indicator": lambda sighting: sighting.indicator,
    "rule": lambda sighting: sighting.rule,
    "format": lambda sighting: sighting.event.format,
    "file": lambda sighting: sighting.event.place.file,
    "position": lambda sighting: sighting.event.place.position,
    "matched": lambda sighting: "; ".join(f"{name}={value}" for name, value in sighting.matched) or None,
}
_POSTERIOR: Mapping[str, Callable[[Posterior], Any]] = {
    "id": lambda one: one.hypothesis.id,
    "name": lambda one: one.hypothesis.name,
    "level": lambda one: one.hypothesis.level.value if one.hypothesis.level else None,
    "state": lambda one: one.hypothesis.state,
    "probability": lambda one: one.probability,
    "prior": lambda one: one.prior,
}
_MEASURE: Mapping[str, Callable[[Measure], Any]] = {
    "kind": lambda measure: measure.kind.value,
    "title": lambda measure: measure.title,
    "instruction": lambda measure: measure.instruction,
    "why": lambda measure: measure.why or None,
    "audience": lambda measure: measure.audience.value,
    "rank": lambda measure: measure.rank.value,
    "covers": lambda measure: " ".join(measure.covers) or None,
    "effect": lambda measure: measure.effect,
    "effort": lambda measure: measure.effort,
    "due": lambda measure: measure.due,
    "in_place": lambda measure: measure.in_place,
    "source": lambda measure: measure.source or None,
}
_PROBLEM: Mapping[str, Callable[[Problem], Any]] = {
    "where": lambda problem: problem.where,
    "what": lambda problem: problem.what,
    "severity": lambda problem: problem.severity.value,
    "hint": lambda problem: problem.hint or None,
    "count": lambda problem: problem.count,
}
COLUMNS: Mapping[type, Mapping[str, Column]] = {
    Claim: _CLAIM,
    Document: _DOCUMENT,
    Measure: _MEASURE,
    Mention: _MENTION,
    Posterior: _POSTERIOR,
    Problem: _PROBLEM,
    Sighting: _SIGHTING,
}


R = TypeVar("R")
_SHOWN, _LONGEST = 20, 120  # rows and characters of a cell that a notebook shows


class Table(Sequence[R], Generic[R]):
    """Records of one kind in a fixed order. `table[0]` is the record with all its fields; the columns are the plain ones.

    >>> from indicia.records import Problem
    >>> Table(Problem, [Problem(where="a.txt", what="is empty")]).to_dicts()
    [{'where': 'a.txt', 'what': 'is empty', 'severity': 'skipped', 'hint': None, 'count': 1}]
    """

    def __init__(self, kind: type[R], records: Iterable[R]) -> None:
        self._kind = kind
        self._records = tuple(records)

    @overload
    def __getitem__(self, place: int) -> R: ...
    @overload
    def __getitem__(self, place: slice) -> Table[R]: ...
    def __getitem__(self, place: int | slice) -> R | Table[R]:
        return Table(self._kind, self._records[place]) if isinstance(place, slice) else self._records[place]

    def __len__(self) -> int:
        return len(self._records)

    def __iter__(self) -> Iterator[R]:
        return iter(self._records)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Table) and (self._kind, self._records) == (other._kind, other._records)

    def __hash__(self) -> int:
        return hash((self._kind, self._records))

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns, in order."""
        return tuple(COLUMNS[self._kind])

    def to_dicts(self) -> list[dict[str, Any]]:
        """One dictionary for each record: column -> text, number, truth value or None."""
        makers = COLUMNS[self._kind].items()
        return [{name: make(record) for name, make in makers} for record in self._records]

    def to_arrow(self) -> pa.Table:
        """As an Arrow table. A column in which nothing is known has the type null."""
        import pyarrow as pa

        rows = self.to_dicts()
        return pa.table({name: pa.array([row[name] for row in rows]) for name in self.columns})

    def to_pandas(self) -> Any:
        """As a pandas.DataFrame. Raises: ExtraError where pandas is not installed."""
        return _installed("pandas").DataFrame(self.to_dicts(), columns=list(self.columns))

    def to_polars(self) -> Any:
        """As a polars.DataFrame. Raises: ExtraError where Polars is not installed."""
        return _installed("polars").from_arrow(self.to_arrow())

    def __repr__(self) -> str:
        return f"<{len(self)} {self._kind.__name__} records: {', '.join(self.columns)}>"

    def _repr_html_(self) -> str:
        """The first rows, for a notebook. Texts of others are shown as text, whatever they hold."""
        head = "".join(f"<th>{name}</th>" for name in self.columns)
        body = "".join(f"<tr>{''.join(map(_cell, row.values()))}</tr>" for row in self[:_SHOWN].to_dicts())
        more = f"<p>{len(self) - _SHOWN:,} more</p>" if len(self) > _SHOWN else ""
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}"


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    return f"<td>{escape(text if len(text) <= _LONGEST else f'{text[: _LONGEST - 1]}…')}</td>"


def _installed(package: str) -> Any:
    try:
        return import_module(package)
    except ImportError as error:
        raise ExtraError(f"{package} is not installed", hint=f"pip install {package}; or use .to_arrow()") from error


class Case:
    """Everything about one affair. Immutable; the same input gives the same case.

    `record` is the record behind it, with all that the tables leave out.
    """

    def __init__(self, record: records.Case) -> None:
        self.record = record

    @classmethod
    def build(
        cls,
        sources: Iterable[str | Path],
        logs: Iterable[str | Path] = (),
        *,
        rules: Iterable[str | Path] = (),
        name: str | None = None,
        have: Iterable[str] = (),
        published: str | None = None,
    ) -> Case:
        """The main job in one call: texts read, logs searched, grounds weighed, measures put in order.

        `sources` are files, folders; `logs` files or folders of logs, `rules` Sigma rules beside our own; `name` is what it is
        called, by default what it is about; `have` are words for what is in place already ("edr", "mfa"); `published` is the
        ISO date of texts that do not tell their own.
        What cannot be used is in `problems`.
        """
        record = build(
            [str(source) for source in sources],
            [Path(log) for log in logs],
            rules=[Path(rule) for rule in rules],
            name=name,
            have=have,
            published=published,
        )
        return cls(record)

    @classmethod
    def load(cls, path: str | Path) -> Case:
        """The case in a case file, a `case.json`, the folder of a brief, or behind a database URL.

        Raises: InputError when there is none, FormatError, StoreError.
        """
        return cls(load_case(path))

    @property
    def name(self) -> str:
        return self.record.name

    @property
    def documents(self) -> Table[Document]:
        """The texts, in the order in which they were read."""
        return Table(Document, self.record.documents)

    @property
    def claims(self) -> Table[Claim]:
        """Who takes which stance toward whom, for what, how firmly; each with its exact quote."""
        return Table(Claim, self.record.claims)

    @property
    def mentions(self) -> Table[Mention]:
        """Techniques, indicators, vulnerabilities and names, each at its place."""
        return Table(Mention, self.record.mentions)

    @property
    def problems(self) -> Table[Problem]:
        """What could not be used, and where."""
        return Table(Problem, self.record.problems)

    @property
    def judgements(self) -> tuple[str, ...]:
        """What it comes to, in sentences: the first page of a brief."""
        return tuple(sentence.text for sentence in key_judgements(self.record))

    def share(self, format: str, *, internal: bool = False, unmarked: str | None = None) -> bytes:
        """One file: "stix", "misp", "navigator", "csv", "md", "html", "pdf", "json", "timesketch", or an exporter of a plugin.

        Names of machines and people and log lines stay out unless `internal`. `unmarked` is the TLP as which texts count that
        bear none ("clear" for public ones; "amber" if not said). Raises: UsageError, ExtraError.
        """
        record = self.record if internal else without_internals(self.record)
        if unmarked is not None:
            try:
                record = msgspec.structs.replace(record, unmarked=Tlp.read(unmarked))
            except ValueError as error:
                raise UsageError(str(error)) from error
        return render(record, format, load())

    def __repr__(self) -> str:
        return f"<Case {self.name!r}: {len(self.documents)} documents, {len(self.claims)} claims>"

    def _repr_html_(self) -> str:
        said = "".join(f"<li>{escape(sentence)}</li>" for sentence in self.judgements)
        return f"<h3>{escape(self.name)}</h3><ul>{said}</ul>{self.claims._repr_html_()}"


class Found:
    """What a hunt through logs found. `record` is the record behind it."""

    def __init__(self, record: Hunt) -> None:
        self.record = record

    @property
    def verdict(self) -> HuntVerdict:
        """What the logs show, never more than they reach."""
        return self.record.verdict

    @property
    def reason(self) -> str:
        """The verdict in a sentence, with how far the logs reach."""
        return self.record.reason

    @property
    def sightings(self) -> Table[Sighting]:
        """Rules and indicators that matched, by time."""
        return Table(Sighting, self.record.sightings)

    @property
    def problems(self) -> Table[Problem]:
        """Records and rules that could not be used."""
        return Table(Problem, self.record.problems)

    def __repr__(self) -> str:
        return f"<Found {self.verdict.value!r}: {len(self.record.sightings)} sightings>"

    def _repr_html_(self) -> str:
        return f"<p><b>{escape(self.verdict.value)}</b>: {escape(self.reason)}</p>{self.sightings._repr_html_()}"


class Weighed:
    """What was observed beside what was said. `record` is the record behind it."""

    def __init__(self, record: Weighing) -> None:
        self.record = record

    @property
    def observed(self) -> Table[Posterior]:
        """The hypotheses by what was observed, the likeliest first; none where the grounds carry no number."""
        one = self.record.observed
        return Table(Posterior, one.posteriors or one.levels)

    @property
    def said(self) -> Table[Posterior]:
        """The hypotheses by what sources say, if they are taken at their word."""
        return Table(Posterior, self.record.said.levels)

    @property
    def statements(self) -> tuple[str, str, str]:
        """In ICD 203 words: what the observed carries, what is said, and how the two stand to each other."""
        return self.record.observed.statement, self.record.said.statement, self.record.agreement

    def __repr__(self) -> str:
        return f"<Weighed: {self.record.observed.verdict.value}; said: {self.record.said.verdict.value}>"

    def _repr_html_(self) -> str:
        return "".join(f"<p>{escape(sentence)}</p>" for sentence in self.statements) + self.observed._repr_html_()
