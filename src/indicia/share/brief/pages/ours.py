"""Page one: did it happen to us? The verdict of the hunt, how far the logs reach, the stages of the chain."""

from __future__ import annotations

from collections.abc import Sequence

from indicia.records import Case, HuntVerdict, Outcome, RuleLevel, Sighting, Stage
from indicia.share.brief.blocks import AnyBlock, Box, Fold, Para, Step, Steps
from indicia.view.judgements import reach_words, without_reach
from indicia.view.leaving import is_public
from indicia.view.lines import Bit, line
from indicia.view.notes import Notes, moment
from indicia.view.wording import many, sentence

__all__ = ["ours"]

TONES = {
    HuntVerdict.COMPROMISE: ("Yes: compromise", "bad"),
    HuntVerdict.LIKELY: ("Likely: several traces of a compromise", "bad"),
    HuntVerdict.SIGNS: ("Perhaps: signs of compromise", "bad"),
    HuntVerdict.LOOK: ("Not known: something to look at", "warn"),
    HuntVerdict.ATTEMPT: ("Attempts only", "warn"),
    HuntVerdict.NOT_SEEN: ("Not seen, as far as the logs reach", "good"),
    HuntVerdict.NO_LOGS: ("Not known: no logs", "quiet"),
}


def ours(case: Case, notes: Notes) -> Box:
    hunt, show = case.hunt, notes.index.show
    title = "Did it happen to us?"
    if is_public(case):
        told = Para(text=line("What our own logs show is left out of this public version."), role="note")
        return Box(id="ours", title=title, lead="Not told here", tone="quiet", blocks=(told,), wide=True)
    if hunt is None or hunt.verdict is HuntVerdict.NO_LOGS:
        advice = (
            "Give the folder of your logs with --logs. Most telling here: the logs of the servers named in the "
            "texts (for Exchange its Logging "
            "folder, IIS logs of both sites, and the Windows event logs), as far back as they are kept."
        )
        warning = Para(text=line(advice), role="warn")
        return Box(id="ours", title=title, lead="Not known: no logs", tone="quiet", blocks=(warning,), wide=True)
    lead, tone = TONES[hunt.verdict]
    worked = tuple(one.id for one in hunt.sightings if one.outcome is Outcome.SUCCESS)
    blocks: list[AnyBlock] = [
        Para(text=line(sentence(show(notes.index.local(without_reach(hunt.reason)), 500)), notes=notes(worked[:3]))),
        Para(text=line(reach_words(hunt), _unread(case)), role="note"),
    ]
    chains = sorted(hunt.chains, key=lambda chain: chain.outcome is not Outcome.SUCCESS)
    first = [chain for chain in chains if chain.outcome is Outcome.SUCCESS][:2] or chains[:1]
    steps: list[AnyBlock] = []
    for chain in first:
        mine = [notes.index.sightings[key] for key in chain.sightings if key in notes.index.sightings]
        steps.append(_steps(chain.host, chain.stages, mine, notes))
    if len(chains) > len(first):
        rest = len(chains) - len(first)
        steps.append(
            Para(
                text=line(
                    f"{many(rest, 'more chain')} of sightings, none more serious, {'is' if rest == 1 else 'are'} told under ",
                    Bit(text="What our logs show", href="#hunt"),
                    ".",
                ),
                role="note",
            )
        )
    if steps:
        blocks.append(Fold(summary="What happened, stage by stage", blocks=tuple(steps)))
    return Box(id="ours", title=title, lead=lead, tone=tone, blocks=tuple(blocks), wide=True)


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
            (skipped, f"{many(skipped, 'record')} could not be read"),
            (unknown, f"{many(unknown, 'file')} of no known format"),
            (rules, f"{many(rules, 'rule')} could not run"),
        )
        if count
    ]
    return f" Not looked at: {', '.join(parts)}; see Limits." if parts else ""


def _steps(host: str, stages: Sequence[Stage], mine: Sequence[Sighting], notes: Notes) -> Steps:
    show = notes.index.show
    items = []
    for stage in stages:
        if stage is Stage.OTHER and len(stages) > 1:
            continue
        # What tells most: success, then a rule rather than an indicator, then the highest level, then the first.
        found = sorted(
            (one for one in mine if one.stage is stage),
            key=lambda one: (one.outcome is not Outcome.SUCCESS, one.indicator is not None, -list(RuleLevel).index(one.level)),
        )
        best = found[0] if found else None
        state = "missing" if best is None else "done" if best.outcome is Outcome.SUCCESS else "tried"
        detail = (
            line(f"{moment(best)[11:19]} {show(best.title, 90)}", notes=notes((best.id,)))
            if best
            else line("no line of its own")
        )
        items.append(Step(name=stage.value, state=state, detail=detail))
    day = f", {moment(mine[0])[:10]}" if mine else ""
    return Steps(title=f"What happened on {show(host, 60)}{day} (times in UTC)", items=tuple(items))
