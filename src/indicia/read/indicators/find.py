"""All indicators of a document: the searchers in the order in which they may claim text, then the judgement of each hit."""

from __future__ import annotations

from collections.abc import Iterable

from indicia.read.indicators.files import (
    find_agents,
    find_hashes,
    find_keys,
    find_mutexes,
    find_paths,
    find_ssdeep,
)
from indicia.read.indicators.hit import Hit
from indicia.read.indicators.identifiers import find_asn, find_coins, find_cve, find_cwe
from indicia.read.indicators.judge import Judge
from indicia.read.indicators.network import Taken, find_dotted, find_ipv6, find_mail, find_urls
from indicia.read.indicators.refang import refang
from indicia.read.indicators.rules import find_rules
from indicia.read.mentioning import mention
from indicia.records import Document, Mention, MentionKind

__all__ = ["find_indicators", "find_hits"]


def find_indicators(document: Document) -> tuple[Mention, ...]:
    """Mentions of kind indicator, vulnerability, weakness and rule, in text order.

    `value` is canonical and refanged, `span` is what the author wrote. Types are STIX words where there are any. `context` is
    `stated` for what the text presents as a trace of an attack; benign, reference and negated ones carry a `reason`. The host of
    a URL is a mention of its own with the method `within url`. Time is linear in the length of the text.
    """
    view = refang(document.text)
    judge = Judge(document, view)
    found = []
    for hit in find_hits(view.text):
        start, end = view.original(hit.start, hit.end)
        context, reason = judge.judge(hit, start)
        method = f"within {hit.within}" if hit.within else "defanged" if view.is_defanged(hit.start, hit.end) else "literal"
        found.append(
            mention(
                document,
                hit.kind,
                start,
                end,
                hit.value,
                type=hit.type,
                target=hit.value if hit.kind in {MentionKind.VULNERABILITY, MentionKind.WEAKNESS} else None,
                context=context,
                method=method,
                reason=reason,
                score=hit.score,
            )
        )
    return tuple(found)


def find_hits(text: str) -> list[Hit]:
    """Hits in the refanged text, in order. Of two that overlap the one of the earlier searcher stays; `within` hits overlap theirs."""
    rules = list(find_rules(text))
    hits: list[Hit] = list(find_urls(text))
    hits += _free(hits, find_agents(text))
    hits += _free(hits, find_keys(text))
    hits += _free(hits, find_mutexes(text))
    hits += _free(hits, find_paths(text))
    hits += _free(hits, find_hashes(text))
    hits += _free(hits, find_ssdeep(text))
    hits += _free(hits, find_coins(text))
    taken = Taken(hits)
    hits += _free(hits, find_mail(text, taken))
    taken = Taken(hits)
    hits += _free(hits, find_ipv6(text, taken))
    taken = Taken(hits)
    hits += _free(hits, find_dotted(text, taken))
    hits += _free(hits, [*find_cve(text), *find_cwe(text), *find_asn(text)])
    return sorted(rules + hits, key=lambda hit: (hit.start, -hit.end, hit.type))


def _free(held: list[Hit], new: Iterable[Hit]) -> list[Hit]:
    """Those of `new` that touch nothing held, and among themselves the first and longest."""
    taken = Taken(held)
    kept: list[Hit] = []
    end = 0
    for hit in sorted(new, key=lambda h: (h.start, -h.end)):
        if hit.within:
            if kept and hit.start >= kept[-1].start and hit.end <= kept[-1].end:
                kept.append(hit._replace())
            continue
        if hit.start < end or taken.holds(hit.start) >= 0 or taken.holds(hit.end - 1) >= 0:
            continue
        kept.append(hit)
        end = hit.end
    return kept
