"""Indicators, vulnerabilities and names that the texts hold, defanged for people; machine forms hold them as they are."""

from __future__ import annotations

from collections import defaultdict

from indicia.records import Case, Context, Mention, MentionKind
from indicia.share.brief.blocks import AnyBlock, Section, note, row, table, warn
from indicia.view.inert import clip, defang, visible
from indicia.view.lines import Bit, line
from indicia.view.notes import Notes

ROWS = 300


def indicator_section(case: Case, notes: Notes) -> Section:
    """Stated indicators, whether they were met in our logs, and what was left out and why."""
    show = notes.index.show
    met: dict[str, list[str]] = defaultdict(list)
    for sighting in case.hunt.sightings if case.hunt else ():
        if sighting.indicator:
            met[sighting.indicator].append(sighting.id)
    groups: dict[tuple[str, str], list[Mention]] = defaultdict(list)
    other = []
    for mention in case.mentions:
        if mention.kind is MentionKind.INDICATOR:
            if mention.context is Context.STATED:
                groups[(mention.type, mention.value)].append(mention)
            else:
                other.append(mention)
    blocks: list[AnyBlock] = []
    if groups:
        rows = []
        for (type_, value), mine in sorted(groups.items(), key=lambda item: (item[0][1] not in met, item[0]))[:ROWS]:
            seen = met.get(value, [])
            hunted = case.hunt is not None and case.hunt.indicators_sought > 0
            ours = (
                f"yes, {len(seen)} times" if len(seen) > 1 else "yes, once" if seen else "not seen" if hunted else "not sought"
            )
            fanged = type_.startswith(("ipv4", "ipv6", "domain", "url", "email", "hostname")) or "://" in value
            text = visible(clip(defang(value) if fanged else value, 160))
            rows.append(
                row(
                    Bit(text=text, look="code"),
                    show(type_, 40) or "indicator",
                    line(f"{len(mine)} times" if len(mine) > 1 else "once", notes=notes(one.id for one in mine[:2])),
                    line(ours, notes=notes(seen[:1])),
                    tone="bad" if seen else "",
                )
            )
        blocks.append(
            table(
                "Indicators, defanged: put back the dots before use, or take them from the STIX, MISP or CSV form",
                {"Value": 52, "Type": 16, "Named": 14, "In our logs": 18},
                rows,
                shown=20,
                of=len(groups),
                elsewhere="the STIX, MISP and CSV forms",
            )
        )
        blocks.append(note("An indicator is context, not proof: addresses change hands and tools are shared."))
    else:
        blocks.append(warn("No indicator was found in the texts."))
    if other:
        reasons = "; ".join(
            f"{show(one.value, 60)} ({one.context.value}{': ' + show(one.reason, 80) if one.reason else ''})"
            for one in other[:10]
        )
        more = f" and {len(other) - 10} more" if len(other) > 10 else ""
        blocks.append(note(f"Found and not counted: {reasons}{more}."))
    blocks += _names(case, notes)
    return Section(id="indicators", title="Indicators and names", blocks=tuple(blocks))


def _names(case: Case, notes: Notes) -> list[AnyBlock]:
    show = notes.index.show
    kinds = (MentionKind.VULNERABILITY, MentionKind.ACTOR, MentionKind.SOFTWARE, MentionKind.CAMPAIGN, MentionKind.INCIDENT)
    groups: dict[tuple[MentionKind, str], list[Mention]] = defaultdict(list)
    for mention in case.mentions:
        if mention.kind in kinds:
            groups[(mention.kind, mention.value)].append(mention)
    if not groups:
        return []
    rows = []
    for (kind, value), mine in sorted(groups.items(), key=lambda item: (kinds.index(item[0][0]), item[0][1]))[:ROWS]:
        first = mine[0]
        meant = first.target or ", ".join(f"{one.id} {one.name}" for one in first.candidates[:4]) or "not in our knowledge"
        if not first.target and len(first.candidates) > 1:
            meant = f"ambiguous: {meant}"
        according = f" (according to {', '.join(first.according_to[:3])})" if first.according_to else ""
        rows.append(
            row(
                show(value, 100),
                kind.value,
                show(meant + according, 160),
                line(f"{len(mine)} times" if len(mine) > 1 else "once", notes=notes(one.id for one in mine[:2])),
            )
        )
    return [table("Vulnerabilities and names", {"Name": 30, "Kind": 16, "Known as": 38, "Mentioned": 16}, rows, of=len(groups))]
