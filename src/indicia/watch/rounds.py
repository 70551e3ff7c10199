"""One look at all sources: what is new in folders, feeds and TAXII collections, ready to be read into a case."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import orjson

from indicia.errors import IndiciaError, InputError
from indicia.fetching import Fetcher, host_of, place_of
from indicia.read.fronts import Held
from indicia.read.fronts.syndication import Entry, entries_of
from indicia.records import Problem, Seen, Severity
from indicia.share.stix.ids import object_id
from indicia.share.taxii_client import is_collection, pull
from indicia.walking import told_path, walk

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
