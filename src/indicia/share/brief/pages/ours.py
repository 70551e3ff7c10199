"""Did it happen to us? On page one the verdict with its worst trace; in the annex the stages of the chain."""

from __future__ import annotations

from collections.abc import Sequence

from indicia.records import Case, HuntVerdict, Outcome, Sighting, Stage
from indicia.share.brief.blocks import AnyBlock, Box, Para, Step, Steps
from indicia.view.judgements import reach_words, without_reach
from indicia.view.language import foreign, tell
from indicia.view.lines import line
from indicia.view.notes import Notes, moment
from indicia.view.translated import reach_words as translated_reach
from indicia.view.translated import reason_words, unread_words
from indicia.view.wording import is_public, many, sentence

__all__ = ["ours", "stages"]

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
        told = Para(text=line(tell("This public version leaves out what our own logs show.")), role="note")
        return Box(id="ours", title=title, lead=tell("Not included here"), tone="quiet", blocks=(told,))
    if hunt is None or hunt.verdict is HuntVerdict.NO_LOGS:
        advice = tell(
            "Add your logs with --logs, as far back as you keep them: those of the systems that the texts name, of what "
            "faces the internet, and Windows event logs."
        )
        warning = Para(text=line(advice), role="warn")
        return Box(id="ours", title=title, lead=tell("Not known: no logs"), tone="quiet", blocks=(warning,), more="measures")
    lead, tone = TONES[hunt.verdict]
    reason = (reason_words(hunt) if foreign() else "") or without_reach(hunt.reason)
    covered = f"{translated_reach(hunt)}{unread_words(hunt)}" if foreign() else f"{reach_words(hunt)}{_unread(case)}"
    worked = tuple(one.id for one in hunt.sightings if one.outcome is Outcome.SUCCESS)
    blocks = (
        Para(text=line(sentence(show(notes.index.local(reason), 400)), notes=notes(worked[:3]))),
        Para(text=line(covered), role="note"),
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
