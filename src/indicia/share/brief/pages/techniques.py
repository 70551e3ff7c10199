"""The techniques of a case: the matrix in ATT&CK's order, and where each one comes from; its indicators likewise."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from indicia.records import Case, Context, Measure, Mention, MentionKind, Outcome, Rank, Told
from indicia.share.brief.blocks import AnyBlock, Fold, Picture, Section, note, row, table, warn
from indicia.view.drawing import HEAT, Cell, Drawing, fit, width_of
from indicia.view.inert import clip, defang, visible
from indicia.view.language import noted
from indicia.view.lines import Bit, line
from indicia.view.notes import Notes
from indicia.view.wording import many
from indicia.view.words import TONES, typical


# What a brief needs of knowledge: names of techniques and tactics, and the order of the matrix.
class BriefKnowledge:
    """A view of `knowledge.attack`. Ids that ATT&CK does not have give None, so that the page can say so."""

    def __init__(self, knowledge: Any) -> None:
        attack = knowledge.attack
        self._attack = attack
        self.version: str = attack.version
        self.tactics: tuple[tuple[str, str], ...] = tuple(
            (row.shortname, row.name) for row in sorted(attack.tactics, key=lambda row: row.order)
        )
        self._names = dict(self.tactics)
        self._order = {short: index for index, (short, _) in enumerate(self.tactics)}

    def technique_id(self, value: str) -> str | None:
        """The live id behind `value`, or None."""
        row = self._attack.technique(value)
        return row.id if row else None

    def technique_name(self, value: str) -> str:
        row = self._attack.technique(value)
        return row.name if row else value

    def name(self, value: str) -> str:
        """`Name (id)` of anything that ATT&CK has, else `value`."""
        found = self._attack.name(value) if value[:1] in {"T", "S", "G", "C", "M"} else None
        return f"{found} ({value})" if found else value

    def tactics_of(self, value: str) -> tuple[str, ...]:
        """Shortnames, in the matrix' order."""
        row = self._attack.technique(value)
        return tuple(sorted(row.tactics, key=lambda short: self._order.get(short, 99))) if row else ()

    def tactic_name(self, short: str) -> str:
        return self._names.get(short, short)

    def position(self, value: str) -> int:
        """Place of the technique's first tactic in the matrix."""
        return min((self._order.get(short, 99) for short in self.tactics_of(value)), default=99)


# The techniques of a case in ATT&CK's own order, shaded by how sure they are: seen, stated, typical of the accused.
def matrix(cells: tuple[Cell, ...], tactics: tuple[tuple[str, str], ...]) -> Picture | None:
    """`tactics` are (shortname, name) in ATT&CK's order; those without a technique of the case are left out and named below."""
    columns = [(name, [cell for cell in cells if short in cell.tactics]) for short, name in tactics]
    used = [
        (name, sorted(column, key=lambda cell: (list(HEAT).index(cell.heat), cell.id))) for name, column in columns if column
    ]
    if not used:
        return None
    empty = [name for name, column in columns if not column]
    gap, high = 4.0, 48.0
    wide = max(92.0, min(150.0, (1000 - gap * len(used)) / len(used)))
    tall = max(len(column) for _, column in used)
    drawing = Drawing(max(480.0, (wide + gap) * len(used) + 2), 0)
    for index, (name, column) in enumerate(used):
        x = index * (wide + gap) + 1
        _wrapped(drawing, x + 2, 14, name, wide - 4, size=11, fill="ink", bold=True)
        for place, cell in enumerate(column):
            y = 38 + place * (high + gap)
            fill, ink, dash, _ = HEAT[cell.heat]
            drawing.rect(x, y, wide, high, fill, stroke="rule", round_=3, dash=dash)
            drawing.text(x + 6, y + 14, cell.id, size=11, fill=ink, bold=True)
            if cell.count > 1:
                drawing.text(x + wide - 6, y + 14, f"\u00d7{cell.count}", size=10, fill=ink, anchor="end")
            _wrapped(drawing, x + 6, y + 28, cell.name, wide - 10, size=10, fill=ink, bold=False)
    y = 38 + tall * (high + gap) + 10
    x = 1.0
    present = {cell.heat for _, column in used for cell in column}
    for heat in (heat for heat in HEAT if heat in present):
        fill, _, dash, meaning = HEAT[heat]
        if x + 34 + width_of(meaning, 11) > drawing.width:
            x, y = 1.0, y + 20
        drawing.rect(x, y, 14, 14, fill, stroke="rule", round_=2, dash=dash)
        drawing.text(x + 20, y + 11.5, meaning, size=11)
        x += 34 + width_of(meaning, 11)
    if empty:
        drawing.text(1, y + 32, f"Nothing in: {', '.join(empty)}.", size=10.5, fill="quiet", most=drawing.width - 4)
    drawing.height = y + (44 if empty else 22)
    title = "Techniques in ATT&CK's order"
    alt = f"{title}. " + ". ".join(
        f"{name}: {', '.join(f'{cell.id} {HEAT[cell.heat][3]}' for cell in column[:40])}" for name, column in used
    )
    return Picture(name="matrix", svg=drawing.svg("matrix", title, alt), title=title, alt=alt, size="wide")


def _wrapped(drawing: Drawing, x: float, y: float, text: str, width: float, *, size: float, fill: str, bold: bool) -> None:
    """At most two lines."""
    first = ""
    words = text.split()
    while words and width_of(f"{first} {words[0]}".strip(), size, bold=bold) <= width:
        first = f"{first} {words.pop(0)}".strip()
    lines = [first or fit(words.pop(0), width, size, bold=bold), fit(" ".join(words), width, size, bold=bold) if words else ""]
    for index, one in enumerate(part for part in lines if part):
        drawing.text(x, y + index * (size + 2), one, size=size, fill=fill, bold=bold)


ROWS = 300
BEST = (Outcome.SUCCESS, Outcome.UNKNOWN, Outcome.ATTEMPT)


class _Found:
    def __init__(self, rank: Rank) -> None:
        self.rank = rank
        self.traces: list[str] = []
        self.count = 0
        self.outcome = Outcome.ATTEMPT


def technique_section(case: Case, notes: Notes, known: BriefKnowledge, *, full: bool) -> Section:
    """Seen and stated techniques; those that the accused are only known for are counted, and listed where it is `full`."""
    title = noted("Techniques")
    found, unknown = _gather(case, known)
    usual = _usual(case, known, found, full=full)
    if not found:
        nothing = warn(
            "No technique was found in the texts or in the logs. Advisories and technical reports name them; news seldom does."
        )
        return Section(id="techniques", title=title, blocks=(nothing, *usual))
    cells = tuple(
        Cell(
            id=key,
            name=known.technique_name(key),
            tactics=known.tactics_of(key),
            rank=one.rank,
            count=max(1, one.count),
            outcome=one.outcome,
        )
        for key, one in sorted(found.items())
    )
    heat = {cell.id: cell.heat for cell in cells}
    blocks: list[AnyBlock] = []
    picture = matrix(cells, known.tactics)
    if picture:
        blocks.append(picture)
    answers = _answers(case)
    rows = []
    order = sorted(found, key=lambda key: (list(Rank).index(found[key].rank), known.position(key), key))
    for key in order[:ROWS]:
        one = found[key]
        rows.append(
            row(
                line(Bit(text=key, look="strong"), f" {known.technique_name(key)}"),
                ", ".join(known.tactic_name(short) for short in known.tactics_of(key)),
                line(HEAT[heat[key]][3], notes=notes(one.traces[:4])),
                answers.get(key, "nothing: see the gaps"),
                id=f"technique-{key}",
                tone="bad" if heat[key] == "worked" else "",
            )
        )
    whole = table(
        "Techniques, where they come from, and what answers them",
        {"Technique": 32, "Tactic": 20, "How it is known": 22, "Answered by": 26},
        rows,
        shown=ROWS,
        of=len(order),
    )
    blocks.append(Fold(summary=f"The techniques as a table ({len(found)} rows)", blocks=(whole,)) if len(found) > 10 else whole)
    other = [one for one in case.mentions if one.kind is MentionKind.TECHNIQUE and one.context is not Context.STATED]
    if other:
        show = notes.index.show
        text = "Named in the texts and not counted as used: " + ", ".join(
            f"{show(one.value, 40)} ({one.context.value})" for one in other[:12]
        )
        blocks.append(
            note(text + (f" and {len(other) - 12} more." if len(other) > 12 else "."), notes=notes(one.id for one in other[:4]))
        )
    if unknown:
        text = f"Not in ATT&CK {known.version}: {', '.join(notes.index.show(one, 40) for one in unknown[:12])}."
        blocks.append(warn(text))
    blocks += usual
    return Section(id="techniques", title=title, blocks=tuple(blocks))


def _usual(case: Case, known: BriefKnowledge, found: dict[str, _Found], *, full: bool) -> list[AnyBlock]:
    """What the accused are known to do, which neither the texts nor our logs say: apart, and folded."""
    keys = {key for value in typical(case) if (key := known.technique_id(value)) and key not in found}
    if not keys:
        return []
    count = f"{many(len(keys), 'more technique')} that the accused are known for"
    if not full:
        text = f"Left out: {count}. No text that was read states them and no log shows them; the full brief lists them."
        return [note(text)]
    answers = _answers(case)
    rows = tuple(
        row(
            line(Bit(text=key, look="strong"), f" {known.technique_name(key)}"),
            ", ".join(known.tactic_name(short) for short in known.tactics_of(key)),
            Bit(text=Told.KNOWN.value, look=f"tag-{TONES[Told.KNOWN]}"),
            answers.get(key, "nothing: see the gaps"),
            tone="quiet",
        )
        for key in sorted(keys, key=lambda key: (known.position(key), key))
    )
    whole = table(
        "Known about the accused from our tables; no text states it and no log shows it",
        {"Technique": 32, "Tactic": 20, "How it is known": 22, "Answered by": 26},
        rows[:ROWS],
        shown=ROWS,
        of=len(rows),
    )
    return [Fold(summary=f"{count}, neither stated nor seen here", blocks=(whole,))]


def _gather(case: Case, known: BriefKnowledge) -> tuple[dict[str, _Found], list[str]]:
    found: dict[str, _Found] = {}
    unknown: dict[str, None] = {}

    def add(value: str, rank: Rank, trace: str, outcome: Outcome = Outcome.UNKNOWN) -> None:
        key = known.technique_id(value)
        if key is None:
            unknown[value] = None
            return
        one = found.setdefault(key, _Found(rank))
        if list(Rank).index(rank) < list(Rank).index(one.rank):
            one.rank, one.traces, one.count, one.outcome = rank, [], 0, Outcome.ATTEMPT
        if one.rank is rank:
            one.count += 1
            one.outcome = min(one.outcome, outcome, key=BEST.index)
            if len(one.traces) < 8:
                one.traces.append(trace)

    for sighting in case.hunt.sightings if case.hunt else ():
        for value in sighting.techniques:
            add(value, Rank.SEEN, sighting.id, sighting.outcome)
    for mention in case.mentions:
        if mention.kind is MentionKind.TECHNIQUE and mention.context is Context.STATED:
            add(mention.target or mention.value, Rank.STATED, mention.id)
    return found, list(unknown)


def _answers(case: Case) -> dict[str, str]:
    """For each technique the first measures that act on it, by short names."""
    found: dict[str, list[str]] = {}
    for measure in case.advice.measures if case.advice else ():
        for value in measure.covers:
            names = found.setdefault(value, [])
            if len(names) < 3:
                names.append(_short(measure))
    return {key: ", ".join(dict.fromkeys(names)) for key, names in found.items()}


def _short(measure: Measure) -> str:
    if measure.source.startswith("ATT&CK M"):
        return measure.source.removeprefix("ATT&CK ")
    return {"patch": "patch", "detect": "detection", "hunt": "hunt"}.get(measure.kind.value, f"log: {measure.title}")


# Indicators, vulnerabilities and names that the texts hold, defanged for people; machine forms hold them as they are.
MOST_VALUES = 300


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
        for (type_, value), mine in sorted(groups.items(), key=lambda item: (item[0][1] not in met, item[0]))[:MOST_VALUES]:
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
    for (kind, value), mine in sorted(groups.items(), key=lambda item: (kinds.index(item[0][0]), item[0][1]))[:MOST_VALUES]:
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
