"""Patches: one measure for each product with flaws in the case, from CISA's catalogue of exploited vulnerabilities."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from indicia.advise.facts import Facts
from indicia.advise.needs import Need, why
from indicia.advise.words import listed
from indicia.knowledge.tables import Incident, KevEntry
from indicia.records import Audience, Measure, MeasureKind, Rank, stable_id

RANSOMWARE = "Known to be used for ransomware."
SINGLY = 3  # products that are told one by one; of more the two most pressing are, and the others stand together


def patches(
    needs: Iterable[Need], facts: Facts, incidents: Iterable[Incident], seen_with: dict[str, tuple[str, ...]]
) -> list[Measure]:
    """A patch for every flaw among the needs, those of one product together, and those of many products in one list.

    `incidents` are those of the case: their patches are named where they are known. `seen_with` maps a flaw to the techniques
    that were sighted together with it; the patch acts on these too.
    """
    fixes: dict[str, list[str]] = defaultdict(list)
    for incident in incidents:
        for cve in incident.cves:
            fixes[cve] += [fix for fix in incident.patches if fix not in fixes[cve]]
    flaws = [need for need in needs if need.is_flaw]
    names: dict[tuple[str, ...], set[str]] = defaultdict(set)  # of one product, in all spellings
    for entry in (facts.kev[need.id] for need in flaws if need.id in facts.kev):
        names[_same(entry)].add(_product(entry))
    groups: dict[tuple[str, str], list[Need]] = defaultdict(list)
    for need in flaws:
        found = facts.kev.get(need.id)
        groups[(found.vendor, min(sorted(names[_same(found)]), key=len)) if found else ("", need.id)].append(need)
    known = [_patch(key, found, facts, fixes, seen_with) for key, found in sorted(groups.items()) if key[0]]
    others = [_patch(key, found, facts, fixes, seen_with) for key, found in sorted(groups.items()) if not key[0]]
    known.sort(key=lambda one: (list(Rank).index(one.rank), RANSOMWARE not in one.instruction))
    few = known if len(known) <= SINGLY else known[: SINGLY - 1]
    return [*few, *_together(known[len(few) :]), *(others if len(others) == 1 else _together(others))]


def _product(entry: KevEntry) -> str:
    """The catalogue has some products with their vendor's name and without it."""
    return entry.product.removeprefix(f"{entry.vendor} ")


def _same(entry: KevEntry) -> tuple[str, ...]:
    """What all spellings of one product have: `NetScaler ADC and NetScaler Gateway` is `NetScaler ADC and Gateway`."""
    words = _product(entry).casefold().removesuffix(" software").split()
    return (entry.vendor, *dict.fromkeys(words))


def _together(many: list[Measure]) -> Iterable[Measure]:
    """Patches of one rank in one measure, each on a line of its own."""
    for rank in Rank:
        ones = [one for one in many if one.rank is rank]
        if len(ones) < 2:
            yield from ones
            continue
        exploited = bool(ones[0].due)
        yield Measure(
            id=stable_id("measure", "patch", *sorted(one.id for one in ones)),
            kind=MeasureKind.PATCH,
            title=f"Patch {len(ones)} more products" if exploited else f"Look for fixes for {len(ones)} flaws",
            instruction=f"{listed([one.title for one in ones], 12, '; ')}. {' '.join(_how([], False))}",
            audience=Audience.IT,
            covers=tuple(dict.fromkeys(key for one in ones for key in one.covers)),
            known=tuple(dict.fromkeys(key for one in ones for key in one.known)),
            reasons=tuple(dict.fromkeys(reason for one in ones for reason in one.reasons[:5])),
            rank=rank,
            effort=1,
            due=min((one.due for one in ones if one.due), default=None),
            source=ones[0].source,
            references=tuple(dict.fromkeys(name for one in ones for name in one.references)),
            text="\n".join(f"{one.title}: {one.instruction}" for one in ones),
        )


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
    title = f"Patch {vendor} {product}: {listed(told or cves, last=', ')}" if entries else f"Look for a fix for {cves[0]}"
    only_known = tuple(cve for cve in cves if cve not in told)
    techniques = dict.fromkeys(technique for cve in cves for technique in seen_with.get(cve, ()))
    return Measure(
        id=stable_id("measure", "patch", *key),
        kind=MeasureKind.PATCH,
        title=title,
        instruction=" ".join((*_from_tables(only_known), *_catalogue(entries), *_how(known, bool(entries)))),
        audience=Audience.IT,
        why=why(needs, facts),
        covers=(*cves, *techniques),
        known=only_known,
        reasons=tuple(dict.fromkeys(reason for need in needs for reason in need.reasons[:5])),
        rank=rank,
        effort=1,
        due=min((entry.due for entry in entries if entry.due), default=None),
        source="CISA KEV" if entries else "Indicia",
        references=(*known, *(f"KEV {entry.cve}" for entry in entries)),
    )


def _from_tables(cves: tuple[str, ...]) -> Iterable[str]:
    """What nobody said here is told as what it is: our table's word."""
    if cves:
        yield f"Known about this affair from our table, not stated in the texts: {listed(cves, last=', ')}."


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
        yield RANSOMWARE


def _how(fixes: list[str], known: bool) -> Iterable[str]:
    if fixes:
        yield f"Fixed by {', '.join(fixes)} or anything newer."
    elif known:
        yield "Take the vendor's fix or a newer build."
    yield (
        "Read the build number on each machine or device and compare it with the fixed one; take what cannot be patched "
        "now off the internet. "
        "A patch does not evict an intruder who came before: hunt first or in parallel."
    )
