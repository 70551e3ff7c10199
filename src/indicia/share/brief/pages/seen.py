"""What the logs show: chains, sightings by rule and machine, the first lines of each, files with their reach, rules."""

from __future__ import annotations

from collections import defaultdict

from indicia.records import Case, Chain, HuntVerdict, Outcome, RuleLevel, Sighting, Stage
from indicia.share.brief.blocks import AnyBlock, Fold, Heading, Para, Row, Section, Table
from indicia.share.brief.pages.ours import stages
from indicia.view.language import noted
from indicia.view.lines import Bit, line
from indicia.view.notes import Notes, moment
from indicia.view.wording import is_public, many, sentence

LINES = 120  # log lines in the brief; the rest are counted
GROUPS = 60
FILES = 60
LEVELS = list(RuleLevel)


def hunt_section(case: Case, notes: Notes) -> Section:
    """One section on our own logs; it says so when there were none."""
    hunt = case.hunt
    title = noted("What our logs show")
    if hunt is None or hunt.verdict is HuntVerdict.NO_LOGS:
        if is_public(case):
            left = "This public version leaves out what our own logs show."
            return Section(id="hunt", title=title, blocks=(Para(text=line(left), role="note"),))
        text = "No logs were given. The measures say which logs would answer the question, and how to switch them on."
        return Section(id="hunt", title=title, blocks=(Para(text=line(text), role="warn"),))
    blocks: list[AnyBlock] = list(stages(case, notes))
    for chain in hunt.chains[:20]:
        told = _chain(chain, notes)
        if chain.outcome is Outcome.SUCCESS or len(hunt.chains) == 1:
            blocks += told
        else:
            blocks.append(Fold(summary=_stages(chain, notes), blocks=told))
    if len(hunt.chains) > 20:
        blocks.append(Para(text=line(f"{len(hunt.chains) - 20} more chains are in the JSON form."), role="note"))
    if hunt.sightings:
        blocks += [Heading(text="Sightings by rule and machine"), _groups(hunt.sightings, notes)]
        loose = Fold(
            summary=f"The log lines ({many(len(hunt.sightings), 'sighting')})",
            blocks=(_lines("Log lines", hunt.sightings, notes, shown=LINES),),
        )
        blocks.append(loose)
    else:
        blocks.append(Para(text=line("No rule and no indicator matched.")))
    blocks += [Fold(summary="The log files, and how far each reaches", blocks=(_files(case, notes),))]
    blocks.append(_rules(case, notes))
    return Section(id="hunt", title=title, blocks=tuple(blocks))


def _stages(chain: Chain, notes: Notes) -> str:
    """`exch01: probe → exploit`, in the order of an intrusion."""
    told = [stage for stage in chain.stages if stage is not Stage.OTHER or len(chain.stages) == 1]
    return f"{notes.index.host(chain.host)}: " + " \u2192 ".join(stage.value for stage in Stage if stage in told)


def _chain(chain: Chain, notes: Notes) -> tuple[AnyBlock, ...]:
    show = notes.index.show
    mine = [notes.index.sightings[key] for key in chain.sightings if key in notes.index.sightings]
    keys = ", ".join(f"{name} {value}" for name, value in chain.keys[:6])
    joined = f" Linked by {show(keys, 200)}." if keys else ""
    return (
        Heading(text=_stages(chain, notes), id=chain.id),
        Para(text=line(show(sentence(chain.summary), 900), joined, notes=notes(one.id for one in mine[:3]))),
        _story(f"On {notes.index.host(chain.host)}: the first line of each kind", mine, notes),
    )


def _story(caption: str, mine: list[Sighting], notes: Notes) -> Table:
    """The first line of each kind of sighting, in time order, with how often it came."""
    show = notes.index.show
    kinds: dict[tuple[str, str], list[Sighting]] = defaultdict(list)
    for one in mine:
        kinds[(one.title, one.outcome.value)].append(one)
    rows = []
    for group in list(kinds.values())[:GROUPS]:
        one = group[0]
        rows.append(
            Row(
                cells=(
                    line(moment(one).removesuffix(" UTC")),
                    line(one.stage.value),
                    line(show(one.title, 110), notes=notes((one.id,))),
                    line(one.outcome.value),
                    line(str(len(group))),
                    line(Bit(text=show(notes.index.log_line(one), 220), look="code")),
                ),
                tone="bad" if one.outcome is Outcome.SUCCESS else "quiet" if one.outcome is Outcome.ATTEMPT else "",
            )
        )
    return Table(
        caption=caption,
        head=("First (UTC)", "Stage", "What matched", "Outcome", "Times", "Line"),
        rows=tuple(rows),
        shown=16,
        left_out=max(0, len(kinds) - GROUPS),
        elsewhere="the JSON form",
        widths=(13, 11, 27, 9, 6, 34),
    )


def _lines(caption: str, mine: tuple[Sighting, ...] | list[Sighting], notes: Notes, *, shown: int) -> Table:
    show = notes.index.show
    rows = tuple(
        Row(
            id=f"line-{one.id}" if caption == "Log lines" else "",
            cells=(
                line(moment(one).removesuffix(" UTC")),
                line(show(one.title, 90)),
                line(one.outcome.value),
                line(show(notes.index.local(str(one.event.place)), 80)),
                line(Bit(text=show(notes.index.log_line(one), 260), look="code")),
            ),
            tone="bad" if one.outcome is Outcome.SUCCESS else "quiet" if one.outcome is Outcome.ATTEMPT else "",
        )
        for one in mine[:LINES]
    )
    return Table(
        caption=caption,
        head=("Time (UTC)", "What matched", "Outcome", "Where", "Line"),
        rows=rows,
        shown=shown,
        left_out=max(0, len(mine) - LINES),
        elsewhere="the JSON form and `indicia hunt --jsonl`",
        widths=(13, 20, 9, 18, 40),
    )


def _groups(sightings: tuple[Sighting, ...], notes: Notes) -> Table:
    show = notes.index.show
    groups: dict[tuple[str, str], list[Sighting]] = defaultdict(list)
    for one in sightings:
        groups[(one.title, one.event.host)].append(one)
    rows = []
    ordered = sorted(
        groups.items(), key=lambda item: (-max(LEVELS.index(one.level) for one in item[1]), -len(item[1]), item[0])
    )
    for (title, host), mine in ordered[:GROUPS]:
        worked = sum(one.outcome is Outcome.SUCCESS for one in mine)
        level = max((one.level for one in mine), key=LEVELS.index)
        techniques = ", ".join(sorted({value for one in mine for value in one.techniques})[:6])
        rows.append(
            Row(
                cells=(
                    line(
                        show(title, 100),
                        notes=notes((next((one.id for one in mine if one.outcome is Outcome.SUCCESS), mine[0].id),)),
                    ),
                    line(notes.index.host(host)),
                    line(level.value),
                    line(str(len(mine))),
                    line(str(worked)),
                    line(moment(mine[0]).removesuffix(" UTC")),
                    line(show(techniques, 90)),
                ),
                tone="bad" if worked else "",
            )
        )
    return Table(
        caption="Sightings by rule and machine",
        head=("What matched", "Machine", "Level", "Times", "Worked", "First (UTC)", "Techniques"),
        rows=tuple(rows),
        shown=12,
        left_out=max(0, len(ordered) - GROUPS),
        elsewhere="the JSON form",
        widths=(28, 17, 9, 7, 9, 16, 14),
    )


def _files(case: Case, notes: Notes) -> Table:
    show = notes.index.show
    files = sorted(case.hunt.files, key=lambda one: (bool(one.events), one.file)) if case.hunt else []
    rows = []
    for one in files[:FILES]:
        reach = f"{one.oldest:%Y-%m-%d %H:%M} to {one.newest:%Y-%m-%d %H:%M}" if one.oldest and one.newest else "\u2013"
        gaps = "; ".join(f"{gap.start:%Y-%m-%d %H:%M} to {gap.end:%m-%d %H:%M}" for gap in one.gaps[:3])
        rows.append(
            Row(
                cells=(
                    line(show(notes.index.local(one.file), 100)),
                    line(show(one.format, 30) or "not known"),
                    line(str(one.events)),
                    line(str(one.skipped)),
                    line(reach),
                    line(gaps or "none" if one.events else "\u2013"),
                ),
                tone="" if one.events and not one.skipped else "warn",
            )
        )
    return Table(
        caption="Files",
        head=("File", "Format", "Events", "Not readable", "Reach (UTC)", "Gaps"),
        rows=tuple(rows),
        shown=12,
        left_out=max(0, len(files) - FILES),
        elsewhere="the JSON form",
        widths=(30, 10, 9, 10, 25, 16),
    )


def _rules(case: Case, notes: Notes) -> Para:
    rules = case.hunt.rules if case.hunt else ()
    idle = sum(one.skipped is not None for one in rules)
    matched = sum(one.matches > 0 for one in rules)
    sought = case.hunt.indicators_sought if case.hunt else 0
    text = (
        f"{many(len(rules), 'rule')}: {matched} matched, {len(rules) - matched - idle} ran without a match, {idle} "
        f"could not run. {many(sought, 'indicator')} looked for."
    )
    return Para(text=line(text), role="note")
