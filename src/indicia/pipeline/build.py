"""From sources and logs to a case: read, join, hunt, weigh, advise."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING

import msgspec

from indicia import __version__
from indicia.advise.advice import advise, fitting_rules
from indicia.affairs.identity import name_of
from indicia.affairs.joining import join_affairs
from indicia.affairs.origins import led_back
from indicia.knowledge import Knowledge, load
from indicia.pipeline.sources import ProgressCall, read_sources
from indicia.read.fronts import Held
from indicia.read.reading import Reader
from indicia.records import (
    UNMARKED,
    Case,
    Context,
    Hunt,
    Judgement,
    Mention,
    MentionKind,
    Tlp,
    Versions,
    those_counted,
)
from indicia.share.redact import redact
from indicia.walking import told_path
from indicia.weigh.assess import weigh
from indicia.weigh.gather import gather

if TYPE_CHECKING:
    from indicia.hunt.sight.indicators import IndicatorSought

__all__ = ["build", "conclude", "drawn_anew", "for_audience", "sought"]


def sought(mentions: Iterable[Mention]) -> tuple[IndicatorSought, ...]:
    """What to look for in logs: the indicators that the texts state as such, each value once."""
    from indicia.hunt.sight.indicators import IndicatorSought  # here, because a run without logs needs none of the hunt

    found: dict[tuple[str, str], IndicatorSought] = {}
    for mention in mentions:
        if mention.kind is MentionKind.INDICATOR and mention.context is Context.STATED:
            key = (mention.type, mention.value)
            found.setdefault(key, IndicatorSought(type=mention.type, value=mention.value, source=mention.id))
    return tuple(found.values())


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

    With `before`, its texts and sightings are kept beside the new ones (a text or a log that is read again replaces its earlier
    reading), and everything that follows from them is joined, weighed and advised anew. Judgements are kept and not applied:
    `as_left` lays them over it. Without a `name` the case is called what it is about. `have`, `rules` and `unmarked` (as what
    texts without a marking count when they leave) are kept in the case, and those of `before` where none are given. `readers`
    read the texts beside our own reader (docs/readers.md).
    """
    knowledge = knowledge or load()
    documents, claims, mentions, problems = read_sources(
        sources, knowledge, published=published, marking=marking, readers=readers, stdin=stdin, progress=progress
    )
    hunt: Hunt | None = None
    if before is not None:
        again = {document.name for document in documents}
        new = {document.id for document in documents}
        kept = tuple(one for one in before.documents if one.name not in again and one.id not in new)
        ids = {document.id for document in kept}
        documents = (*kept, *documents)
        claims = (*(claim for claim in before.claims if claim.quote.document in ids), *claims)
        mentions = (*(mention for mention in before.mentions if mention.span.document in ids), *mentions)
        hunt = before.hunt
    if logs:
        from indicia.hunt.merge import merge
        from indicia.hunt.rules.files import bundles_among
        from indicia.hunt.run import hunt as hunt_logs

        conduct = bundles_among(Path(source) for source in sources if isinstance(source, str))
        found = hunt_logs(logs, rules=(*rules, *conduct), indicators=sought(mentions), progress=progress)
        hunt = merge(hunt, found) if hunt else found
    judgements = before.judgements if before else ()
    claims = led_back(claims, documents)
    case = Case(
        name=name or "",
        versions=Versions(
            indicia=__version__,
            knowledge=tuple(sorted({(row.source, row.version) for row in knowledge.provenance if row.version})),
        ),
        documents=documents,
        claims=claims,
        mentions=mentions,
        hunt=msgspec.structs.replace(hunt, stats=()) if hunt else None,
        judgements=judgements,
        problems=(*problems, *(hunt.problems if hunt else ())),
        marking=Tlp.joined(document.marking for document in documents),
        unmarked=unmarked or (before.unmarked if before else UNMARKED),
    )
    in_place = tuple(dict.fromkeys(have)) or (before.have if before else ())
    case = msgspec.structs.replace(case, have=in_place)
    own = fitting_rules(case, knowledge, _rule_texts(rules)) if rules else before.rules if before else ()
    case = conclude(msgspec.structs.replace(case, rules=own), knowledge)
    return case if name else msgspec.structs.replace(case, name=name_of(case, knowledge))


def conclude(case: Case, knowledge: Knowledge, judgements: Sequence[Judgement] = (), *, joined: bool = False) -> Case:
    """The case with what follows from its texts, sightings and what is in place made anew: affairs, both assessments, advice.

    The one place that draws conclusions: for a new case, one that people judged (their `judgements` of evidence are laid over
    it), and what an audience may see. Claims that are still to be checked stand beside them. `joined`: its affairs hold these
    very claims already.
    """
    claims = those_counted(case.claims, judgements)
    affairs = case.affairs if joined else join_affairs(claims, case.documents, knowledge)
    evidence = gather(claims, case.mentions, case.hunt, case.documents, knowledge, affairs)
    weighing = weigh(evidence, knowledge, judgements=judgements)
    case = msgspec.structs.replace(case, affairs=affairs, weighing=weighing)
    return msgspec.structs.replace(case, advice=advise(case, knowledge))


def for_audience(case: Case, audience: Tlp, knowledge: Knowledge, *, sightings: Tlp | None = None, told: bool = True) -> Case:
    """The case as people cleared for `audience` may see it. What follows is drawn from what is left, as if there had never been
    anything else; that something was left out is said if `told` is set."""
    seen = redact(case, audience, sightings=sightings, told=told)
    return case if seen is case else drawn_anew(seen, case, knowledge)


def drawn_anew(left: Case, whole: Case, knowledge: Knowledge) -> Case:
    """What is left of a case with everything that follows from it, and nothing that followed from the rest: who repeats whom,
    which of the user's rules fit, affairs, weighing, advice."""
    left = msgspec.structs.replace(left, claims=led_back(left.claims, left.documents), have=whole.have, rules=())
    rules = fitting_rules(left, knowledge, {rule.name: rule.text for rule in whole.rules}) if whole.rules else ()
    return conclude(msgspec.structs.replace(left, rules=rules), knowledge)


def _rule_texts(rules: Sequence[Path]) -> dict[str, str]:
    """The rules in `rules`, as name and text. What cannot be read is the hunt's to report: it tries them all."""
    texts: dict[str, str] = {}
    for path in rules:
        files = sorted(path.rglob("*.y*ml")) if path.is_dir() else [path]
        for file in filter(Path.is_file, files):
            with contextlib.suppress(OSError, UnicodeDecodeError):
                texts[told_path(file)] = file.read_text("utf-8")
    return texts
