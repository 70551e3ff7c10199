"""Did it happen to us? On page one the verdict with its worst trace; in the annex the stages of the chain."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from indicia.records import Case, Chain, HuntVerdict, Outcome, RuleLevel, Sighting, Stage
from indicia.share.brief.blocks import (
    AnyBlock,
    Box,
    Fold,
    Heading,
    Para,
    Section,
    Step,
    Steps,
    Table,
    note,
    para,
    row,
    table,
    warn,
)
from indicia.view.judgements import reach_words, without_reach
from indicia.view.language import foreign, noted, tell
from indicia.view.lines import Bit, line
from indicia.view.notes import Notes, moment
from indicia.view.translated import reach_words as translated_reach
from indicia.view.translated import reason_words, unread_words
from indicia.view.wording import is_public, many, sentence

TONES = {
    HuntVerdict.COMPROMISE: ("Yes: compromise", "bad"),
    HuntVerdict.LIKELY: ("Probably: several traces of a compromise", "bad"),
    HuntVerdict.SIGNS: ("Perhaps: signs of compromise", "bad"),
    HuntVerdict.LOOK: ("Unclear: something to look at", "warn"),
    HuntVerdict.ATTEMPT: ("Attempts only", "warn"),
    HuntVerdict.NOT_SEEN: ("Not seen, as far as the logs reach", "good"),
    HuntVerdict.CANNOT_JUDGE: ("Cannot be judged by these logs", "quiet"),
    HuntVerdict.NO_LOGS: ("Not known: no logs", "quiet"),
}


def ours(case: Case, notes: Notes) -> Box:
    hunt, show = case.hunt, notes.index.show
    title = tell("Did it happen to us?")
    if is_public(case):
        told = note(tell("This public version leaves out what our own logs show."))
        return Box(id="ours", title=title, lead=tell("Not included here"), tone="quiet", blocks=(told,))
    if hunt is None or hunt.verdict is HuntVerdict.NO_LOGS:
        advice = tell(
            "Add your logs with --logs, as far back as you keep them: those of the systems that the texts name, of what "
            "faces the internet, and Windows event logs."
        )
        warning = warn(advice)
        return Box(id="ours", title=title, lead=tell("Not known: no logs"), tone="quiet", blocks=(warning,), more="measures")
    lead, tone = TONES[hunt.verdict]
    reason = (reason_words(hunt) if foreign() else "") or without_reach(hunt.reason)
    covered = f"{translated_reach(hunt)}{unread_words(hunt)}" if foreign() else f"{reach_words(hunt)}{_unread(case)}"
    worked = tuple(one.id for one in hunt.sightings if one.outcome is Outcome.SUCCESS)
    blocks = (
        para(sentence(show(notes.index.local(reason), 400)), notes=notes(worked[:3])),
        note(covered),
    )
    return Box(id="ours", title=title, lead=tell(lead), tone=tone, blocks=blocks, more="hunt")


def stages(case: Case, notes: Notes) -> tuple[AnyBlock, ...]:
    """The annex: what happened on each host that was broken into, stage by stage; without one, in the first chain."""
    chains = sorted(case.hunt.chains if case.hunt else (), key=lambda chain: chain.outcome is not Outcome.SUCCESS)
    first = [chain for chain in chains if chain.outcome is Outcome.SUCCESS][:2] or chains[:1]
    blocks: list[AnyBlock] = []
    for chain in first:
        mine = [notes.index.sightings[key] for key in chain.sightings if key in notes.index.sightings]
        blocks.append(_steps(chain.host, chain.stages, mine, notes))
    return tuple(blocks)


def _unread(case: Case) -> str:
    hunt = case.hunt
    if hunt is None:
        return ""
    skipped = sum(one.skipped for one in hunt.files)
    unknown = sum(not one.events and not one.format for one in hunt.files)
    rules = sum(one.skipped is not None for one in hunt.rules)
    parts = [
        text
        for count, text in (
            (skipped, f"{many(skipped, 'unreadable record')}"),
            (unknown, f"{many(unknown, 'file')} of unknown format"),
            (rules, f"{many(rules, 'rule')} that could not run"),
        )
        if count
    ]
    return f" Not covered: {', '.join(parts)}." if parts else ""


def _steps(host: str, stages: Sequence[Stage], mine: Sequence[Sighting], notes: Notes) -> Steps:
    show = notes.index.show
    found = []
    for stage in stages:
        if stage is Stage.OTHER and len(stages) > 1:
            continue
        # What tells most: success, then a rule rather than an indicator, then the first.
        best = min(
            (one for one in mine if one.stage is stage),
            key=lambda one: (one.outcome is not Outcome.SUCCESS, one.indicator is not None, moment(one), one.id),
            default=None,
        )
        found.append((moment(best) if best else "~", stage, best))
    items = []
    for at, stage, best in sorted(found, key=lambda row: row[0]):
        state = "missing" if best is None else "done" if best.outcome is Outcome.SUCCESS else "tried"
        detail = line(f"{at[11:19]} {show(best.title, 90)}", notes=notes((best.id,))) if best else line("no line of its own")
        items.append(Step(name=stage.value, state=state, detail=detail))
    day = f", {moment(mine[0])[:10]}" if mine else ""
    return Steps(title=f"What happened on {notes.index.host(host)}{day} (times in UTC)", items=tuple(items))


# What the logs show: chains, sightings by rule and machine, the first lines of each, files with their reach, rules.
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
            return Section(id="hunt", title=title, blocks=(note(left),))
        text = "No logs were given. The measures say which logs would answer the question, and how to switch them on."
        return Section(id="hunt", title=title, blocks=(warn(text),))
    blocks: list[AnyBlock] = list(stages(case, notes))
    for chain in hunt.chains[:20]:
        told = _chain(chain, notes)
        if chain.outcome is Outcome.SUCCESS or len(hunt.chains) == 1:
            blocks += told
        else:
            blocks.append(Fold(summary=_stages(chain, notes), blocks=told))
    if len(hunt.chains) > 20:
        blocks.append(note(f"{len(hunt.chains) - 20} more chains are in the JSON form."))
    if hunt.sightings:
        blocks += [Heading(text="Sightings by rule and machine"), _groups(hunt.sightings, notes)]
        loose = Fold(
            summary=f"The log lines ({many(len(hunt.sightings), 'sighting')})",
            blocks=(_lines("Log lines", hunt.sightings, notes, shown=LINES),),
        )
        blocks.append(loose)
    else:
        blocks.append(para("No rule and no indicator matched."))
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
        para(show(sentence(chain.summary), 900), joined, notes=notes(one.id for one in mine[:3])),
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
            row(
                moment(one).removesuffix(" UTC"),
                one.stage.value,
                line(show(one.title, 110), notes=notes((one.id,))),
                one.outcome.value,
                str(len(group)),
                Bit(text=show(notes.index.log_line(one), 220), look="code"),
                tone="bad" if one.outcome is Outcome.SUCCESS else "quiet" if one.outcome is Outcome.ATTEMPT else "",
            )
        )
    return table(
        caption,
        {"First (UTC)": 13, "Stage": 11, "What matched": 27, "Outcome": 9, "Times": 6, "Line": 34},
        rows,
        shown=16,
        of=len(kinds),
    )


def _lines(caption: str, mine: tuple[Sighting, ...] | list[Sighting], notes: Notes, *, shown: int) -> Table:
    show = notes.index.show
    rows = tuple(
        row(
            moment(one).removesuffix(" UTC"),
            show(one.title, 90),
            one.outcome.value,
            show(notes.index.local(str(one.event.place)), 80),
            Bit(text=show(notes.index.log_line(one), 260), look="code"),
            id=f"line-{one.id}" if caption == "Log lines" else "",
            tone="bad" if one.outcome is Outcome.SUCCESS else "quiet" if one.outcome is Outcome.ATTEMPT else "",
        )
        for one in mine[:LINES]
    )
    return table(
        caption,
        {"Time (UTC)": 13, "What matched": 20, "Outcome": 9, "Where": 18, "Line": 40},
        rows,
        shown=shown,
        of=len(mine),
        elsewhere="the JSON form and `indicia hunt --jsonl`",
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
            row(
                line(
                    show(title, 100),
                    notes=notes((next((one.id for one in mine if one.outcome is Outcome.SUCCESS), mine[0].id),)),
                ),
                notes.index.host(host),
                level.value,
                str(len(mine)),
                str(worked),
                moment(mine[0]).removesuffix(" UTC"),
                show(techniques, 90),
                tone="bad" if worked else "",
            )
        )
    return table(
        "Sightings by rule and machine",
        {"What matched": 28, "Machine": 17, "Level": 9, "Times": 7, "Worked": 9, "First (UTC)": 16, "Techniques": 14},
        rows,
        shown=12,
        of=len(ordered),
    )


def _files(case: Case, notes: Notes) -> Table:
    show = notes.index.show
    files = sorted(case.hunt.files, key=lambda one: (bool(one.events), one.file)) if case.hunt else []
    rows = []
    for one in files[:FILES]:
        reach = f"{one.oldest:%Y-%m-%d %H:%M} to {one.newest:%Y-%m-%d %H:%M}" if one.oldest and one.newest else "\u2013"
        gaps = "; ".join(f"{gap.start:%Y-%m-%d %H:%M} to {gap.end:%m-%d %H:%M}" for gap in one.gaps[:3])
        rows.append(
            row(
                show(notes.index.local(one.file), 100),
                show(one.format, 30) or "not known",
                str(one.events),
                str(one.skipped),
                reach,
                gaps or "none" if one.events else "\u2013",
                tone="" if one.events and not one.skipped else "warn",
            )
        )
    return table(
        "Files",
        {"File": 30, "Format": 10, "Events": 9, "Not readable": 10, "Reach (UTC)": 25, "Gaps": 16},
        rows,
        shown=12,
        of=len(files),
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
    return note(text)
