"""Patches: one measure for each product with flaws in the case, from CISA's catalogue of exploited vulnerabilities."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from indicia.advise.facts import Facts
from indicia.advise.needs import Need
from indicia.knowledge.tables import Incident, KevEntry
from indicia.records import Audience, Measure, MeasureKind, Rank, stable_id

__all__ = ["patches"]


def patches(
    needs: Iterable[Need], facts: Facts, incidents: Iterable[Incident], seen_with: dict[str, tuple[str, ...]]
) -> list[Measure]:
    """A patch for every flaw among the needs, those of one product together.

    `incidents` are those of the case: their patches are named where they are known. `seen_with` maps a flaw to the techniques
    that were sighted together with it; the patch acts on these too.
    """
    fixes: dict[str, list[str]] = defaultdict(list)
    for incident in incidents:
        for cve in incident.cves:
            fixes[cve] += [fix for fix in incident.patches if fix not in fixes[cve]]
    groups: dict[tuple[str, str], list[Need]] = defaultdict(list)
    for need in needs:
        if need.is_flaw:
            entry = facts.kev.get(need.id)
            groups[(entry.vendor, entry.product) if entry else ("", need.id)].append(need)
    return [_patch(key, found, facts, fixes, seen_with) for key, found in sorted(groups.items())]


def _patch(
    key: tuple[str, str], needs: list[Need], facts: Facts, fixes: dict[str, list[str]], seen_with: dict[str, tuple[str, ...]]
) -> Measure:
    needs = sorted(needs, key=lambda need: need.id)
    cves = [need.id for need in needs]
    entries = [facts.kev[cve] for cve in cves if cve in facts.kev]
    rank = min((need.rank for need in needs), key=list(Rank).index)
    known = list(dict.fromkeys(fix for cve in cves for fix in fixes[cve]))
    vendor, product = key
    told = [need.id for need in needs if need.rank is not Rank.KNOWN]
    title = f"Patch {vendor} {product}: {_listed(told or cves)}" if entries else f"Look for a fix of {cves[0]}"
    only_known = tuple(cve for cve in cves if cve not in told)
    techniques = dict.fromkeys(technique for cve in cves for technique in seen_with.get(cve, ()))
    return Measure(
        id=stable_id("measure", "patch", *key),
        kind=MeasureKind.PATCH,
        title=title,
        instruction=" ".join((*_from_tables(only_known), *_catalogue(entries), *_how(known, bool(entries)))),
        audience=Audience.IT,
        covers=(*cves, *techniques),
        known=only_known,
        reasons=tuple(dict.fromkeys(reason for need in needs for reason in need.reasons[:5])),
        rank=rank,
        effort=1,
        due=min((entry.due for entry in entries if entry.due), default=None),
        source="CISA KEV" if entries else "Indicia",
        references=(*known, *(f"KEV {entry.cve}" for entry in entries)),
    )


def _listed(names: list[str], most: int = 4) -> str:
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


def _from_tables(cves: tuple[str, ...]) -> Iterable[str]:
    """What nobody said here is told as what it is: our table's word."""
    if cves:
        yield f"Known of this affair from our table, not stated in the texts: {_listed(list(cves))}."


def _catalogue(entries: list[KevEntry]) -> Iterable[str]:
    if not entries:
        yield (
            "Not in CISA's catalogue of exploited vulnerabilities, as far as we have it; ask the vendor whether "
            "your build is affected."
        )
        return
    added, due = min(entry.added for entry in entries), min(entry.due for entry in entries)
    what = "this flaw" if len(entries) == 1 else f"these {len(entries)} flaws"
    yield f"Known to be exploited: CISA's catalogue has had {what} since {added}, with {due} as the date for US agencies."
    if any(entry.ransomware for entry in entries):
        yield "Known to be used for ransomware."


def _how(fixes: list[str], known: bool) -> Iterable[str]:
    if fixes:
        yield f"Fixed by {', '.join(fixes)} or anything newer."
    elif known:
        yield "Take the vendor's fix or a newer build."
    yield (
        "Read the build number on each server and compare it with the fixed one; take what cannot be patched "
        "now off the internet. "
        "A patch does not evict an intruder who came before: hunt first or in parallel."
    )
