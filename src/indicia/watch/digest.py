"""What new texts change in what is said: who joined, endorsed, denied, hardened, softened, changed, or no longer says it.

Every row is one claim with its own words and the text that holds it. Claims of which the reader is not sure are rows to check
and nothing else; what repeats what its source said before is counted, not told.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum

from indicia.affairs.origins import FIRMER
from indicia.records import Case, Claim, Record, Stance, to_check
from indicia.share.redact import marking_of
from indicia.share.stix.told import headline
from indicia.view.judgements import key_judgements
from indicia.view.words import firmness_words, source_words

__all__ = ["Digest", "Row", "Turn", "digest"]


class Turn(StrEnum):
    """What a claim does, in the order in which a digest tells it."""

    JOINED = "joined"
    ENDORSED = "endorsed"
    DENIED = "denied"
    DOUBTED = "doubted"
    DECLINED = "declined to say"
    HARDENED = "hardened"
    SOFTENED = "softened"
    CHANGED = "changed"
    DROPPED = "no longer says it"
    TO_CHECK = "please check"


_FIRST = {
    Stance.ACCUSES: Turn.JOINED,
    Stance.CLAIMS: Turn.JOINED,
    Stance.ENDORSES: Turn.ENDORSED,
    Stance.DENIES: Turn.DENIED,
    Stance.QUESTIONS: Turn.DOUBTED,
    Stance.DECLINES: Turn.DECLINED,
}


class Row(Record, frozen=True, kw_only=True):
    """One change: who, on which affair ("" where none is told), what exactly is said, and where."""

    turn: Turn
    affair: str
    source: str
    says: str
    before: str = ""  # what it said before, or how firmly
    quote: str
    document: str
    published: str | None = None
    claim: str


class Digest(Record, frozen=True, kw_only=True):
    """`now` are the key judgements that were not there before, `gone` those that no longer are."""

    marking: str
    texts: tuple[str, ...]
    rows: tuple[Row, ...]
    repeated: int = 0
    now: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing was read and nothing changed."""
        return not (self.texts or self.rows or self.now or self.gone)

    def told(self) -> Iterator[str]:
        """The digest in lines, as plain text."""
        yield self.marking
        yield f"{len(self.texts):,} new or changed text{'' if len(self.texts) == 1 else 's'}"
        for turn in Turn:
            for row in (row for row in self.rows if row.turn is turn):
                on = f" [{row.affair}]" if row.affair else ""
                before = f" (before: {row.before})" if row.before else ""
                yield f"{turn.value}{on}: {row.says}{before}"
                yield f"    “{' '.join(row.quote.split())}”"
                yield f"    {row.document}" + (f", {row.published}" if row.published else "")
        if self.repeated:
            yield f"{self.repeated:,} more repeat what their sources said before"
        yield from (f"now: {sentence}" for sentence in self.now)
        yield from (f"no longer: {sentence}" for sentence in self.gone)


def digest(before: Case | None, after: Case) -> Digest:
    """What `after` says that `before` did not, both as people left them (`as_left`): rows by turn, then as in the case."""
    known = {document.id for document in before.documents} if before else set()
    old = {claim.id for claim in before.claims} if before else set()
    doubtful = {claim.id for claim in to_check(after.claims, after.judgements)}
    said = _Said(after)
    fresh = [claim for claim in after.claims if claim.id not in old]
    rows = [said.row(Turn.TO_CHECK, claim) for claim in fresh if claim.id in doubtful]
    sure = [claim for claim in fresh if claim.id not in doubtful]
    for group in said.alike(sure):
        claim = max(group, key=lambda one: FIRMER[one.said.firmness])
        turn, earlier = _turn(claim, [one for one in said.by_same(claim) if one.id in old])
        if turn is not None:
            rows.append(said.row(turn, claim, earlier))
    order = list(Turn)
    rows.sort(key=lambda row: order.index(row.turn))
    repeated = len(fresh) - len(rows)
    rows += _dropped(before, said) if before else ()
    earlier_words = [sentence.text for sentence in key_judgements(before)] if before else []
    words = [sentence.text for sentence in key_judgements(after)]
    return Digest(
        marking=marking_of(after).label,
        texts=tuple(document.title or document.file_name for document in after.documents if document.id not in known),
        rows=tuple(rows),
        repeated=repeated,
        now=tuple(word for word in words if word not in earlier_words),
        gone=tuple(word for word in earlier_words if word not in words),
    )


class _Said:
    """What is said in a case, by affair and source, oldest first as the affair has it."""

    def __init__(self, case: Case) -> None:
        claims = {claim.id: claim for claim in case.claims}
        self.documents = {document.id: document for document in case.documents}
        self.affair: dict[str, str] = {}
        self.of: dict[tuple[str, str], list[Claim]] = defaultdict(list)
        for affair in case.affairs:
            for claim in (claims[id] for row in affair.rows for id in row.claims if id in claims):
                self.affair[claim.id] = affair.name
                self.of[affair.name, source_words(claim)].append(claim)

    def by_same(self, claim: Claim) -> list[Claim]:
        """All of the same source on the same affair; nothing of sources that are not named, which may be anybody."""
        if claim.source.party is None or claim.id not in self.affair:
            return []
        return self.of[self.affair[claim.id], source_words(claim)]

    def alike(self, claims: Iterable[Claim]) -> Iterable[list[Claim]]:
        """The claims in groups that say the same of the same, in order."""
        groups: dict[tuple[object, ...], list[Claim]] = defaultdict(list)
        for claim in claims:
            unnamed = claim.id if claim.source.party is None else ""
            groups[self.affair.get(claim.id), source_words(claim), claim.stance, _whom(claim), unnamed].append(claim)
        return groups.values()

    def row(self, turn: Turn, claim: Claim, before: str = "") -> Row:
        """The row of a claim."""
        document = self.documents.get(claim.quote.document)
        return Row(
            turn=turn,
            affair=self.affair.get(claim.id, claim.incident or ""),
            source=source_words(claim) if claim.source.party else "not named",
            says=headline(claim),
            before=before,
            quote=claim.quote.text,
            document=document.name if document else "",
            published=document.published if document else None,
            claim=claim.id,
        )


def _turn(claim: Claim, mine: Sequence[Claim]) -> tuple[Turn | None, str]:
    """What a claim does beside what its source said before, and what that was; no turn where it repeats that."""
    if not mine:
        return _FIRST[claim.stance], ""
    same = [one for one in mine if one.stance is claim.stance]
    if not same:  # who denied accuses now, or the other way round
        return (Turn.CHANGED if claim.stance in {Stance.ACCUSES, Stance.CLAIMS} else _FIRST[claim.stance]), headline(mine[-1])
    of_them = [one for one in same if _whom(one) == _whom(claim)]
    if not of_them:
        return Turn.CHANGED, headline(same[-1])
    last, firm = of_them[-1], [FIRMER[one.said.firmness] for one in of_them]
    if FIRMER[claim.said.firmness] > max(firm):
        return Turn.HARDENED, firmness_words(last.said)
    if FIRMER[claim.said.firmness] < min(firm):
        return Turn.SOFTENED, firmness_words(last.said)
    if claim.tie is not None and _tie(claim) not in {_tie(one) for one in of_them}:
        return Turn.CHANGED, headline(last)
    return None, ""


def _whom(claim: Claim) -> str:
    return claim.accused.party.canonical.lower() if claim.accused.party else ""


def _tie(claim: Claim) -> object:
    return (claim.tie.kind, claim.tie.state or claim.tie.to) if claim.tie else None


def _dropped(before: Case, now: _Said) -> Iterator[Row]:
    """What a source said in a text that has changed, and says nowhere now: one row for each source and affair."""
    names, was = {document.name for document in now.documents.values()}, _Said(before)
    for key, claims in was.of.items():
        document = was.documents.get(claims[-1].quote.document)
        if key not in now.of and document is not None and document.name in names:
            yield was.row(Turn.DROPPED, claims[-1])
