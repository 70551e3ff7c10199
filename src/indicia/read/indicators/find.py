"""All indicators of a document: the searchers in the order in which they may claim text, then the judgement of each hit."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Iterable, Iterator

import numpy as np
from msgspec.structs import replace

from indicia.read.indicators.addresses import find_ipv6, find_mail
from indicia.read.indicators.agents import find_agents
from indicia.read.indicators.anchors import Anchors
from indicia.read.indicators.dotted import find_dotted
from indicia.read.indicators.hashes import find_fingerprints, find_hashes, find_named, find_ssdeep
from indicia.read.indicators.hit import Hit, Taken
from indicia.read.indicators.hosts import told_hosts
from indicia.read.indicators.identifiers import find_asn, find_coins, find_cve, find_cwe
from indicia.read.indicators.judge import Judge
from indicia.read.indicators.neighbours import Placed, share_neighbours, share_owners
from indicia.read.indicators.paths import find_paths
from indicia.read.indicators.refang import refang
from indicia.read.indicators.registry import find_keys, find_mutexes
from indicia.read.indicators.rules import find_rules
from indicia.read.indicators.urls import find_urls
from indicia.read.text.mentioning import mention
from indicia.records import Document, Mention, MentionKind, Problem, Severity

PLACES = 1_000  # of one value in one text; a text that says it more often is a log, or was made to exhaust whoever reads it
_REGISTERED = frozenset((MentionKind.VULNERABILITY, MentionKind.WEAKNESS))


def find_indicators(document: Document, problems: list[Problem] | None = None) -> tuple[Mention, ...]:
    """Mentions of kind indicator, vulnerability, weakness and rule, in text order.

    `value` is canonical and refanged, `span` is what the author wrote. Types are STIX words where there are any. `context` is
    `stated` for what the text presents as a trace of an attack; benign, reference and negated ones carry a `reason`. The
    host of a URL is a mention of its own with the method `within url`. Time is linear in the length of the text. Of a value
    that stands in very many places the first PLACES are given; `problems` hears of the others.
    """
    anchors = Anchors(document.text)
    view = refang(document.text, anchors)
    if view.text is not document.text:
        anchors = Anchors(view.text)
    found = find_hits(view.text, anchors, view.hidden_dots)
    if not found:
        return ()
    hits = _first_places(found)
    if len(hits) < len(found) and problems is not None:
        what = f"places of indicators that stand in it more than {PLACES:,} times were not kept"
        problems.append(Problem(where=document.name, what=what, severity=Severity.NOTE, count=len(found) - len(hits)))
    ranges = np.array([[hit.start for hit in hits], [hit.end for hit in hits]], np.int64).T
    originals, disguised = view.originals(ranges).tolist(), view.disguised(ranges).tolist()
    judged = Judge(document, view, anchors).each(hits, ranges, [start for start, _ in originals], disguised)
    placed = [
        Placed(hit, start, end, hidden, context, reason)
        for hit, (start, end), hidden, (context, reason) in zip(hits, originals, disguised, judged, strict=True)
    ]
    return tuple(
        mention(
            document,
            item.hit.kind,
            item.start,
            item.end,
            item.hit.value,
            type=item.hit.type,
            target=item.hit.value if item.hit.kind in _REGISTERED else None,
            context=item.context,
            method=f"within {item.hit.within}" if item.hit.within else "defanged" if item.defanged else "literal",
            reason=item.reason,
            score=item.hit.score,
        )
        for item in share_neighbours(document.text, share_owners(placed))
    )


def _first_places(hits: list[Hit]) -> list[Hit]:
    """The hits without the later places of values that stand in very many; the host of a URL goes with it."""
    if len(hits) <= PLACES:
        return hits
    seen: Counter[tuple[str, str]] = Counter()
    kept, stays = [], True
    for hit in hits:
        if hit.within != "url":
            seen[hit.type, hit.value] += 1
            stays = seen[hit.type, hit.value] <= PLACES
        if stays:
            kept.append(hit)
    return kept


def find_hits(text: str, anchors: Anchors | None = None, hidden: Collection[int] = ()) -> list[Hit]:
    """Hits in the refanged text, in order. Of two that overlap the one of the earlier searcher stays; `within` hits
    overlap theirs. `hidden` are the places of dots that were disguised: a name with one is a host, whatever its ending."""
    anchors = anchors or Anchors(text)
    taken = Taken(len(text))
    hits: list[Hit] = []
    _add(hits, taken, find_urls(text, anchors))
    _add(hits, taken, find_agents(text, anchors))
    _add(hits, taken, find_keys(text, anchors))
    _add(hits, taken, find_mutexes(text, anchors))
    _add(hits, taken, find_paths(text, anchors))
    _add(hits, taken, find_fingerprints(text, anchors))
    _add(hits, taken, find_hashes(text, anchors))
    _add(hits, taken, find_ssdeep(text, anchors))
    _add(hits, taken, find_coins(text, anchors))
    _add(hits, taken, find_mail(text, taken))
    _add(hits, taken, find_ipv6(text, anchors, taken))
    _add(hits, taken, find_dotted(text, anchors, taken, hidden))
    _add(hits, taken, list(find_named(text, hits, taken)))
    hits = told_hosts(text, hits)
    _add(hits, taken, [*find_cve(text, anchors), *find_cwe(text, anchors), *find_asn(text, anchors)])
    rules = list(find_rules(text, anchors))
    if rules:
        hits = [*_within(hits, rules), *rules]
    hits.sort(key=lambda hit: (hit.start, -hit.end, hit.type))
    return hits


def _within(hits: list[Hit], rules: list[Hit]) -> Iterator[Hit]:
    """The hits, those inside of a rule marked as part of it."""
    starts = [rule.start for rule in rules]
    for hit in hits:
        rule = rules[bisect_right(starts, hit.start) - 1]
        yield replace(hit, within=rule.type) if rule.start <= hit.start and hit.end <= rule.end else hit


def _add(hits: list[Hit], taken: Taken, new: Iterable[Hit]) -> None:
    """Adds those of `new` that touch nothing held; a hit within another one comes right after it and shares its fate."""
    kept = False
    for hit in new:
        if hit.within:
            if kept:
                hits.append(hit)
            continue
        kept = taken.is_free(hit.start, hit.end)
        if kept:
            taken.take(hit.start, hit.end)
            hits.append(hit)
