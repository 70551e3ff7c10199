"""Watching folders, feeds and TAXII collections that the user named, and saying what is new in an affair."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import orjson

from indicia.errors import IndiciaError, InputError
from indicia.fetching import Fetcher, host_of, place_of
from indicia.read.fronts import Held
from indicia.read.fronts.syndication import Entry, entries_of
from indicia.records import Case, Claim, Problem, Record, Seen, Severity, those_counted, to_check
from indicia.share.redact import marking_of
from indicia.share.stix.ids import object_id
from indicia.share.stix.told import headline
from indicia.share.taxii_client import is_collection, pull
from indicia.view.judgements import key_judgements
from indicia.view.positions import is_narration, positions
from indicia.view.since import Change, Turn, turns
from indicia.view.wording import many
from indicia.view.words import firmness_words, source_words
from indicia.walking import told_path, walk

# One look at all sources: what is new in folders, feeds and TAXII collections, ready to be read into a case.
_AT_ONCE = 200  # texts of one source in one round; what is left comes in the next
_BYTES = 100_000_000  # of all texts from servers in one round


class Watch(NamedTuple):
    """What the user wants watched. `follow` are hosts whose articles are fetched where a feed links to them; `about` words of
    which one must be in an entry of a feed; `private` says that the own network is meant; `secret` is the token of TAXII."""

    sources: tuple[str, ...]
    follow: frozenset[str] = frozenset()
    about: tuple[str, ...] = ()
    private: bool = False
    secret: str | None = None

    @property
    def hosts(self) -> frozenset[str]:
        """All hosts that may be asked, those on an odd port with it."""
        return frozenset({place for source in self.sources if (place := place_of(source))} | self.follow)

    def follows(self, link: str) -> bool:
        """Whether a feed may lead there: to a host of `follow`, at its usual port or at one that the user named."""
        return host_of(link) in {place.partition(":")[0] for place in self.follow} and place_of(link) in self.hosts


class Round(NamedTuple):
    """What one look brought: texts to be read, what could not be had, and what of each source is to be remembered together with
    these texts."""

    texts: tuple[str | Held, ...]
    problems: tuple[Problem, ...]
    seen: dict[str, Seen]


def look(watch: Watch, before: Callable[[str], Seen], fetcher: Fetcher | None = None) -> Round:
    """Looks at each source once, of which `before` tells what was seen. A source that fails costs itself alone, and is asked
    again next time."""
    fetcher = fetcher or Fetcher(watch.hosts, private=watch.private)
    texts: list[str | Held] = []
    problems: list[Problem] = []
    seen: dict[str, Seen] = {}
    room = _BYTES
    for source in dict.fromkeys(watch.sources):
        try:
            found, now, told = _look_at(source, watch, before(source), fetcher)
        except IndiciaError as error:
            problems.append(_failed(error.where or source, error.message, error.hint))
            continue
        size = sum(len(text.data) for text in found if isinstance(text, Held))
        if size > room:
            what = f"brings more than {_BYTES:,} bytes in one round with the others; it waits for the next"
            problems.append(_failed(source, what, "give it a case of its own"))
            continue
        room -= size
        texts += found
        problems += told
        seen[source] = now
    return Round(tuple(texts), tuple(problems), seen)


def _look_at(source: str, watch: Watch, seen: Seen, fetcher: Fetcher) -> tuple[Sequence[str | Held], Seen, list[Problem]]:
    if not host_of(source):
        return _folder(source, seen)
    if is_collection(source):
        return _collection(source, watch, seen)
    return _feed(source, watch, seen, fetcher)


def _failed(where: str, what: str, hint: str = "") -> Problem:
    return Problem(where=where, what=what, severity=Severity.FAILED, hint=hint)


def _folder(source: str, seen: Seen) -> tuple[Sequence[str], Seen, list[Problem]]:
    """Files that are new or have changed: by size and time of the last change."""
    path = Path(source)
    if not path.exists():
        raise InputError(
            "there is no such file or folder", where=source, hint="check the path, or write https:// before a host"
        )
    problems, found = [], {}
    for one in walk(path, hidden=False) if path.is_dir() else [path]:
        if isinstance(one, Problem):
            problems.append(one)
            continue
        try:
            status = one.stat()
        except OSError:  # gone since it was listed
            continue
        found[told_path(one)] = (str(one), f"{status.st_size} {status.st_mtime_ns}")
    new = [key for key, (_, now) in found.items() if seen.entries.get(key) != now]
    taken, left = new[:_AT_ONCE], new[_AT_ONCE:]
    if left:
        problems.append(_waiting(source, len(left)))
    kept = {key: seen.entries[key] for key in found.keys() & seen.entries.keys()}
    entries = kept | {key: found[key][1] for key in taken}
    return [found[key][0] for key in taken], Seen(entries={key: entries[key] for key in sorted(entries)}), problems


def _waiting(source: str, count: int) -> Problem:
    what = f"{count:,} more new ones wait for the next round"
    return Problem(where=source, what=what, severity=Severity.NOTE, count=count)


def _collection(source: str, watch: Watch, seen: Seen) -> tuple[Sequence[Held], Seen, list[Problem]]:
    """Objects that were added since the last look, as one bundle."""
    pulled = pull(source, watch.secret, added_after=seen.added_last or None, private=watch.private)
    now = Seen(added_last=pulled.last or seen.added_last, entries=seen.entries)
    if not pulled.objects:
        return [], now, []
    keys = sorted(f"{item.get('id')} {item.get('modified', '')}" for item in pulled.objects)
    id = object_id("bundle", *keys)
    if id in seen.entries:  # a server that does not heed what it is asked for
        return [], now, []
    bundle = orjson.dumps({"type": "bundle", "id": id, "objects": pulled.objects})
    entries = seen.entries | {id: now.added_last}
    return [Held(f"{source}#{id.removeprefix('bundle--')[:8]}", bundle)], Seen(added_last=now.added_last, entries=entries), []


def _feed(source: str, watch: Watch, seen: Seen, fetcher: Fetcher) -> tuple[Sequence[Held], Seen, list[Problem]]:
    """Entries that are new or have changed, the newest first; with their articles where these may be fetched."""
    answer = fetcher.get(source, etag=seen.etag, modified=seen.modified)
    if answer is None:
        return [], seen, []
    new = [one for one in entries_of(answer.data, source) if seen.entries.get(one.id) != one.digest]
    taken, left = new[:_AT_ONCE], new[_AT_ONCE:]
    problems = [_waiting(source, len(left))] if left else []
    texts = []
    for entry in _about(taken, watch.about):
        texts.append(_whole(entry, source, watch, fetcher, problems))
    entries = seen.entries | {entry.id: entry.digest for entry in taken}
    # What waits must be asked for again, whether or not the feed has changed by then.
    marks = {} if left else {"etag": answer.etag, "modified": answer.modified}
    return texts, Seen(entries=entries, **marks), problems


def _about(entries: Iterable[Entry], words: Sequence[str]) -> Iterator[Entry]:
    """Those entries in which one of the words stands; all where there are none."""
    wanted = re.compile("|".join(rf"\b{re.escape(word)}\b" for word in words), re.IGNORECASE) if words else None
    return (one for one in entries if wanted is None or wanted.search(f"{one.title} {one.body}"))


def _whole(entry: Entry, source: str, watch: Watch, fetcher: Fetcher, problems: list[Problem]) -> Held:
    """The article, where its host may be asked; else what the feed itself says."""
    if entry.link and watch.follows(entry.link):
        try:
            article = fetcher.get(entry.link)
        except IndiciaError as error:
            problems.append(_failed(entry.link, f"{error.message}; what the feed says about it is read instead", error.hint))
        else:
            if article is not None:
                return Held(entry.link, article.data)
    # Not by the link alone: a feed could give out its words for those of any address.
    return Held(f"{source}#{entry.link or entry.id}", entry.page)


# What new texts change in what is said: who joined, endorsed, denied, hardened, softened, changed, or no longer says it.
#
# `view.turns` decides who turned. Every row is one claim with its own words and the text that holds it. Claims of which the
# reader is not sure are rows to check and nothing else; what says nothing new is counted, not told.
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
