"""What new texts change in what is said: who joined, endorsed, denied, hardened, softened, changed, or no longer says it.

`view.turns` decides who turned. Every row is one claim with its own words and the text that holds it. Claims of which the
reader is not sure are rows to check and nothing else; what says nothing new is counted, not told.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from indicia.records import Case, Claim, Record, those_counted, to_check
from indicia.share.redact import marking_of
from indicia.share.stix.told import headline
from indicia.view.judgements import key_judgements
from indicia.view.positions import is_narration, positions
from indicia.view.since import Change, Turn, turns
from indicia.view.wording import many
from indicia.view.words import firmness_words, source_words

# What is told beside the turns of those who are named.
UNSOURCED, TO_CHECK = "said without a source", "please check"


class Row(Record, frozen=True, kw_only=True):
    """One change: who, on which affair ("" where none is told), what exactly is said, and where."""

    turn: str  # a `view.turns.Turn`, said without a source, or please check
    affair: str
    source: str
    says: str
    before: str = ""  # what it said before, or how firmly
    quote: str
    document: str
    published: str | None = None
    claim: str


class Digest(Record, frozen=True, kw_only=True):
    """`now` are the key judgements that were not there before, `gone` those that are put otherwise now."""

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
        for turn in (*Turn, UNSOURCED, TO_CHECK):
            for row in (row for row in self.rows if row.turn is turn):
                on = f" [{row.affair}]" if row.affair else ""
                before = f" (before: {row.before})" if row.before else ""
                yield f"{turn}{on}: {row.says}{before}"
                yield f"    “{' '.join(row.quote.split())}”"
                yield f"    {row.document}" + (f", {row.published}" if row.published else "")
        if self.repeated:
            verb = "says" if self.repeated == 1 else "say"
            yield f"{many(self.repeated, 'more claim')} {verb} nothing new"
        yield from (f"now: {sentence}" for sentence in self.now)
        yield from (f"before: {sentence}" for sentence in self.gone)


def digest(before: Case | None, after: Case) -> Digest:
    """What `after` says that `before` did not, both as people left them (`as_left`): rows by turn, then as in the case."""
    known = {document.id for document in before.documents} if before else set()
    old = {claim.id for claim in before.claims} if before else set()
    doubtful = {claim.id for claim in to_check(after.claims, after.judgements)}
    fresh = [claim for claim in after.claims if claim.id not in old]
    said = _Said(after)
    rows = [
        *said.turned(_Said(before) if before else None),
        *(said.row(TO_CHECK, claim) for claim in fresh if claim.id in doubtful),
    ]
    told = {row.claim for row in rows}
    earlier_words = [sentence.text for sentence in key_judgements(before)] if before else []
    words = [sentence.text for sentence in key_judgements(after)]
    return Digest(
        marking=marking_of(after).label,
        texts=tuple(document.title or document.file_name for document in after.documents if document.id not in known),
        rows=tuple(rows),
        repeated=sum(claim.id not in told for claim in fresh),
        now=tuple(word for word in words if word not in earlier_words),
        gone=tuple(word for word in earlier_words if word not in words),
    )


class _Said:
    """What counts of a case, by affair; "" for what is of none."""

    def __init__(self, case: Case) -> None:
        self.counted = those_counted(case.claims, case.judgements)
        self.documents = {document.id: document for document in case.documents}
        self.affair = {id: affair.name for affair in case.affairs for row in affair.rows for id in row.claims}

    def by_affair(self, names: Mapping[str, str]) -> dict[str, list[Claim]]:
        """The claims under the names that `names` gives their affairs, and under their own where it has none."""
        found: dict[str, list[Claim]] = defaultdict(list)
        for claim in self.counted:
            found[names.get(claim.id) or self.affair.get(claim.id, "")].append(claim)
        return found

    def turned(self, before: _Said | None) -> Iterator[Row]:
        """The rows of who turned since, in the order of turns, then what is new without a source; one for each claim and turn.
        A text that is gone from the case takes back nothing: only one that has changed does."""
        names = {document.name for document in self.documents.values()}
        was, now = before.by_affair(self.affair) if before else {}, self.by_affair({})
        still = [claim.id for claim in self.counted]
        found: dict[tuple[str, str], Row] = {}
        for affair in dict.fromkeys((*now, *was)):
            for one in turns(was.get(affair, ()), now.get(affair, ()), still):
                whose = before if one.turn is Turn.DROPPED and before else self
                document = whose.documents.get(one.now.firmest.quote.document)
                if whose is self or (document is not None and document.name in names):
                    row = whose.row(one.turn.value, one.now.firmest, _before(one))
                    found.setdefault((row.turn, row.claim), row)
            heard = {(one.stance, one.accused, one.tie) for one in positions(was.get(affair, ())) if is_narration(one)}
            for each in positions(now.get(affair, ())):
                if is_narration(each) and (each.stance, each.accused, each.tie) not in heard:
                    found.setdefault((UNSOURCED, each.firmest.id), self.row(UNSOURCED, each.firmest))
        order = [*Turn, UNSOURCED]
        yield from sorted(found.values(), key=lambda row: order.index(row.turn))

    def row(self, turn: str, claim: Claim, before: str = "") -> Row:
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


def _before(change: Change) -> str:
    """What it said before, or only how firmly where it says the same."""
    if change.was is None or change.turn is Turn.DROPPED:
        return ""
    same = change.turn in {Turn.HARDENED, Turn.SOFTENED}
    return firmness_words(change.was.said) if same else headline(change.was.firmest)
