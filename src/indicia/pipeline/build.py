"""From sources and logs to a case: read, hunt, and grow the case by what they bring.

Reading takes as long as it takes, and others may add to the case meanwhile. So what one run brings is a `Delta` of its own, and
`grown` adds it to the case as it stands when it is kept (`indicia.case.Store.merge`).
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING

import msgspec

from indicia import __version__
from indicia.advise.advice import fitting_rules
from indicia.affairs.identity import name_of
from indicia.affairs.origins import led_back
from indicia.knowledge import Knowledge, load
from indicia.pipeline.concluding import conclude
from indicia.pipeline.sources import ProgressCall, read_sources
from indicia.read.fronts import Held
from indicia.read.reading import Reader
from indicia.records import (
    UNMARKED,
    Case,
    Claim,
    Context,
    Document,
    Hunt,
    Judgement,
    Mention,
    MentionKind,
    Problem,
    Record,
    Tlp,
    Versions,
)
from indicia.walking import told_path, walk

if TYPE_CHECKING:
    from indicia.hunt.sight.indicators import IndicatorSought

_RULES = frozenset((".yml", ".yaml"))  # how files of rules are called

__all__ = ["Delta", "build", "grown", "read_new", "sought"]


class Delta(Record, frozen=True, kw_only=True):
    """What one run brings to a case, of which `have`, `rules` (name -> text) and `unmarked` stay where they are not given."""

    documents: tuple[Document, ...] = ()
    claims: tuple[Claim, ...] = ()
    mentions: tuple[Mention, ...] = ()
    problems: tuple[Problem, ...] = ()
    hunt: Hunt | None = None
    judgements: tuple[Judgement, ...] = ()
    have: tuple[str, ...] = ()
    rules: dict[str, str] | None = None
    unmarked: Tlp | None = None

    @property
    def all_problems(self) -> tuple[Problem, ...]:
        """What of the texts and of the logs could not be used."""
        return (*self.problems, *(self.hunt.problems if self.hunt else ()))

    @property
    def is_empty(self) -> bool:
        """Whether none of what was given could be used."""
        return not self.documents and (self.hunt is None or not any(file.events for file in self.hunt.files))


def sought(mentions: Iterable[Mention]) -> tuple[IndicatorSought, ...]:
    """What to look for in logs: the indicators that the texts state as such, each value once."""
    from indicia.hunt.sight.indicators import IndicatorSought  # here, because a run without logs needs none of the hunt

    found: dict[tuple[str, str], IndicatorSought] = {}
    for mention in mentions:
        if mention.kind is MentionKind.INDICATOR and mention.context is Context.STATED:
            key = (mention.type, mention.value)
            found.setdefault(key, IndicatorSought(type=mention.type, value=mention.value, source=mention.id))
    return tuple(found.values())


def read_new(
    sources: Sequence[str | Held],
    logs: Sequence[Path] = (),
    *,
    knowledge: Knowledge,
    rules: Sequence[Path] = (),
    have: Iterable[str] = (),
    published: str | None = None,
    marking: Tlp | None = None,
    unmarked: Tlp | None = None,
    logs_marking: Tlp | None = None,
    before: Case | None = None,
    readers: Sequence[Reader] = (),
    stdin: IO[bytes] | None = None,
    progress: ProgressCall | None = None,
) -> Delta:
    """What texts say and logs show. The logs are also searched for what the texts of `before` state, which is not changed.
    `logs_marking` is how findings from the logs are marked, if not as a hunt marks them."""
    documents, claims, mentions, problems = read_sources(
        sources, knowledge, published=published, marking=marking, readers=readers, stdin=stdin, progress=progress
    )
    delta = Delta(
        documents=documents,
        claims=claims,
        mentions=mentions,
        problems=problems,
        have=tuple(dict.fromkeys(have)),
        rules=_rule_texts(rules) if rules else None,
        unmarked=unmarked,
    )
    if not logs:
        return delta
    from indicia.hunt.rules.files import bundles_among
    from indicia.hunt.run import hunt as hunt_logs

    conduct = bundles_among(Path(source) for source in sources if isinstance(source, str))
    indicators = sought((*(_kept(before, delta)[2] if before else ()), *mentions))
    hunt = hunt_logs(logs, rules=(*rules, *conduct), indicators=indicators, progress=progress)
    return msgspec.structs.replace(delta, hunt=msgspec.structs.replace(hunt, marking=logs_marking or hunt.marking, stats=()))


def grown(before: Case | None, delta: Delta, knowledge: Knowledge, *, name: str | None) -> Case:
    """The case with what a run brings, and all that follows from it made anew; `before` is None where there is none yet.

    A text or a log that is read again replaces its earlier reading. Judgements are kept and not applied: `as_left` lays them
    over it. Without a `name` the case is called what it is about.
    """
    documents, claims, mentions = _kept(before, delta) if before else ((), (), ())
    documents, mentions = (*documents, *delta.documents), (*mentions, *delta.mentions)
    hunt = _joined(before.hunt if before else None, delta.hunt)
    told = {one.id for one in before.judgements} if before else set()
    case = Case(
        name=name or "",
        versions=Versions(
            indicia=__version__,
            knowledge=tuple(sorted({(row.source, row.version) for row in knowledge.provenance if row.version})),
        ),
        documents=documents,
        claims=led_back((*claims, *delta.claims), documents),
        mentions=mentions,
        hunt=hunt,
        judgements=(*(before.judgements if before else ()), *(one for one in delta.judgements if one.id not in told)),
        problems=(*delta.problems, *(hunt.problems if hunt else ())),
        marking=Tlp.joined(document.marking for document in documents),
        unmarked=delta.unmarked or (before.unmarked if before else UNMARKED),
        have=delta.have or (before.have if before else ()),
    )
    own = before.rules if before else ()
    if delta.rules is not None:
        own = fitting_rules(case, knowledge, delta.rules)
    case = conclude(msgspec.structs.replace(case, rules=own), knowledge)
    return case if name else msgspec.structs.replace(case, name=name_of(case, knowledge))


def build(
    sources: Sequence[str | Held],
    logs: Sequence[Path] = (),
    *,
    rules: Sequence[Path] = (),
    name: str | None = None,
    have: Iterable[str] = (),
    published: str | None = None,
    marking: Tlp | None = None,
    unmarked: Tlp | None = None,
    before: Case | None = None,
    readers: Sequence[Reader] = (),
    knowledge: Knowledge | None = None,
    stdin: IO[bytes] | None = None,
    progress: ProgressCall | None = None,
) -> Case:
    """Everything about one affair from texts and logs. Same input, same case: it asks neither the clock nor the network.

    With `before`, its texts and sightings are kept beside the new ones. Without a `name` the case is called what it is about.
    `have`, `rules` and `unmarked` (as what texts without a marking count when they leave) are kept in the case, and those of
    `before` where none are given. `readers` read the texts beside our own reader (docs/readers.md).
    """
    knowledge = knowledge or load()
    delta = read_new(
        sources,
        logs,
        knowledge=knowledge,
        rules=rules,
        have=have,
        published=published,
        marking=marking,
        unmarked=unmarked,
        before=before,
        readers=readers,
        stdin=stdin,
        progress=progress,
    )
    return grown(before, delta, knowledge, name=name)


def _kept(before: Case, delta: Delta) -> tuple[tuple[Document, ...], tuple[Claim, ...], tuple[Mention, ...]]:
    """The texts of a case that are not read again, and what was read of them."""
    again = {document.name for document in delta.documents} - {"-"}  # of which every run has another
    new = {document.id for document in delta.documents}
    documents = tuple(one for one in before.documents if one.name not in again and one.id not in new)
    ids = {document.id for document in documents}
    claims = tuple(claim for claim in before.claims if claim.quote.document in ids)
    return documents, claims, tuple(mention for mention in before.mentions if mention.span.document in ids)


def _joined(before: Hunt | None, now: Hunt | None) -> Hunt | None:
    """Both hunts as one, under the stricter marking."""
    if before is None or now is None:
        return before or now
    from indicia.hunt.merge import merge

    marking = Tlp.strictest([before.marking, now.marking])
    return msgspec.structs.replace(merge(before, now), marking=marking, stats=())


def _rule_texts(rules: Sequence[Path]) -> dict[str, str]:
    """The rules in `rules`, as name and text. What cannot be read is the hunt's to report: it tries them all."""
    texts: dict[str, str] = {}
    for path in rules:
        for file in (one for one in walk(path) if isinstance(one, Path) and (one == path or one.suffix in _RULES)):
            with contextlib.suppress(OSError, UnicodeDecodeError):
                texts[told_path(file)] = file.read_text("utf-8")
    return texts
