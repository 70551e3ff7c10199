"""The hunt: chains with their stages, sightings down to the log line, rules that ran or could not, and how far logs reach."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.responses import Response

from indicia.records import Chain, Outcome, RuleLevel, RuleRun, Sighting, Stage
from indicia.share.redact import marking_of
from indicia.view.drawing import Drawing
from indicia.view.moments import day_of
from indicia.web.cases.shelf import Held
from indicia.web.cases.sightings import FACETS, SORTS, Filtered
from indicia.web.pages.filters import Filter, chips, facet_of, refang
from indicia.web.shown.render import Ask, Page, as_csv, paged

# How many of a thing there were on each day, as bars; a bar leads to its day, or to its weeks where there are many.
BARS = 70  # at most; more days are told in groups of the same length
STEPS = (1, 2, 7, 14, 30, 91, 365, 3650, 36500)


def days_picture(days: Mapping[str, int], link: Callable[[str, str], str]) -> Markup:
    """`days` maps ISO days to counts, `link` gives the address of a range. Empty when there are fewer than two days."""
    if len(days) < 2:
        return Markup("")
    low, high = date.fromisoformat(min(days)), date.fromisoformat(max(days))
    span = (high - low).days + 1
    step = next(step for step in STEPS if span / step <= BARS) if span <= BARS * STEPS[-1] else span
    groups: dict[int, int] = defaultdict(int)
    for day, count in days.items():
        groups[(date.fromisoformat(day) - low).days // step] += count
    most = max(groups.values())
    width, height, foot = 960.0, 96.0, 20.0
    bars = -(-span // step)
    each = width / bars
    canvas = Drawing(width, height)
    canvas.line(0, height - foot, width, height - foot)
    for number, count in sorted(groups.items()):
        start = low + timedelta(days=number * step)
        end = min(high, start + timedelta(days=step - 1))
        tall = max(2.0, (height - foot - 16) * count / most)
        words = f"{count:,} on {start}" if start == end else f"{count:,} from {start} to {end}"
        canvas.begin(link(start.isoformat(), end.isoformat()), words, mark="bar-link")
        canvas.rect(number * each, 0, max(each - 1, 1), height - foot, "none")
        canvas.rect(number * each, height - foot - tall, max(each - 2, 1), tall, "blue", round_=1)
        canvas.end()
    canvas.text(0, height - 5, low.isoformat(), size=11, fill="quiet")
    canvas.text(width, height - 5, high.isoformat(), size=11, fill="quiet", anchor="end")
    canvas.text(width / 2, 11, f"at most {most:,} in {_length(step)}", size=11, fill="quiet", anchor="middle")
    return Markup(canvas.linked("days", "Sightings over time"))


def _length(step: int) -> str:
    return {1: "a day", 7: "a week", 14: "two weeks", 30: "30 days", 91: "a quarter", 365: "a year"}.get(step, f"{step} days")


HEADINGS = {name: name.capitalize() for name in FACETS}
CHAINS, IN_FULL = 12, 3  # on a page, and of the first page those that stand open
OF_STAGE, OF_FOLDED = 4, 1  # sightings of a stage that are shown with a chain that stands open, and with one that is folded
PER_PAGE = 50


def hunt(ask: Ask) -> Page:
    """Chains first, then the sightings that the filters leave."""
    held = ask.held
    found = held.case.hunt
    if found is None:
        return Page("hunt_empty.html.j2", "Hunt", {"verdict": "no logs"})
    left, filters, bad = _found(ask)
    page = paged(range(len(left)), ask.number("page"), PER_PAGE)
    rows = held.sightings.read(left.places[list(page.rows)])
    chain = next((one for one in found.chains if one.id == ask.one("chain")), None)
    worst = held.sightings.worst_by_chain
    chains = paged(worst_first(found.chains, worst), ask.number("chains"), CHAINS)
    in_full = IN_FULL if chains.page == 1 else 0
    stages = _stages(held, chains.rows[:in_full], OF_STAGE) | _stages(held, chains.rows[in_full:], OF_FOLDED)
    data: dict[str, Any] = {
        "verdict": found.verdict.value,
        "reason": found.reason,
        "chains": [_chain(one) | {"worst": worst.get(one.id)} for one in chains.rows],
        "chains_total": chains.total,
        "sightings": rows,
        **page.place,
        "of": len(held.sightings),
        "filters": {one.name: one.value for one in filters},
        "facets": left.facets,
        "days": left.days,
    }
    view = {
        "standing": held.standing,
        "stages": stages,
        "line": line_of,
        "ran": sum(one.skipped is None for one in found.rules),
        "fired": sum(one.matches > 0 for one in found.rules),
        "could_not": sum(one.skipped is not None for one in found.rules),
        "files": len(found.files),
        "chain": chain,
        "in_full": in_full,
        "chain_page": chains.page,
        "chain_pages": chains.pages,
        "sought": found.indicators_sought,
        "chips": chips(ask, filters),
        "rail": [facet_of(ask, name, HEADINGS[name], left.facets[name]) for name in FACETS],
        "bad": bad,
        "sort": ask.one("sort", "time"),
        "picture": days_picture(left.days, lambda since, until: ask.link(since=since, until=until) + "#sightings"),
    }
    return Page("hunt.html.j2", "Hunt", data, view)


def _found(ask: Ask) -> tuple[Filtered, list[Filter], list[str]]:
    """What the address asks for, its filters, and dates that are none."""
    held = ask.held
    wanted = {name: text for name in FACETS if (text := ask.one(name))}
    filters = [Filter(name, HEADINGS[name], text) for name, text in wanted.items()]
    words, since, until, chain_id = ask.one("q"), ask.one("since"), ask.one("until"), ask.one("chain")
    bad = [text for text in (since, until) if text and day_of(text) is None]
    low, high = day_of(since) if since else None, day_of(until) if until else None
    if chain_id and held.sightings.has("chain", chain_id):
        wanted["chain"] = chain_id
        filters.append(Filter("chain", "Chain", chain_id, shown=_chain_name(held, chain_id)))
    filters += [Filter(*row) for row in (("q", "Words", words), ("since", "From", since), ("until", "To", until)) if row[2]]
    among = None
    if ask.one("starred"):
        starred = [subject for subject in held.standing.by_subject if held.standing.is_starred(subject)]
        among = list(held.store.places_of(starred).values())
        filters.append(Filter("starred", "Starred", "1", shown="yes"))
    sort = ask.one("sort", "time")
    left = held.sightings.find(
        wanted,
        among=among,
        since=low[0] if low else None,
        until=high[1] if high else None,
        words=refang(words),
        inside=bool(ask.one("inside")),
        sort=sort.removeprefix("-") if sort.removeprefix("-") in SORTS else "time",
        descending=sort.startswith("-"),
    )
    return left, filters, bad


def _chain_name(held: Held, id: str) -> str:
    chain = next((one for one in (held.case.hunt.chains if held.case.hunt else ()) if one.id == id), None)
    return f"{chain.host}, {chain.start:%Y-%m-%d %H:%M}" if chain and chain.start else id


def line_of(one: Sighting) -> str:
    """The fields that matched, as `field=value`."""
    return "; ".join(f"{name}={value[:300]}" for name, value in one.matched[:6])


def _chain(one: Chain) -> dict[str, Any]:
    return {
        "id": one.id,
        "host": one.host,
        "start": one.start,
        "end": one.end,
        "stages": [stage.value for stage in one.stages],
        "outcome": one.outcome.value,
        "summary": one.summary,
        "keys": [list(key) for key in one.keys[:30]],
        "sightings": len(one.sightings),
    }


def worst_first(chains: Sequence[Chain], worst: Mapping[str, str]) -> list[Chain]:
    """What worked before what was tried, the highest level of a rule first, else as the hunt has them."""
    levels = [one.value for one in reversed(RuleLevel)]
    outcomes = (Outcome.SUCCESS, Outcome.UNKNOWN, Outcome.ATTEMPT)
    return sorted(chains, key=lambda one: (outcomes.index(one.outcome), levels.index(worst.get(one.id, levels[-1]))))


def _stages(held: Held, chains: Iterable[Chain], most: int) -> dict[str, list[dict[str, Any]]]:
    """For each chain its stages in order: how many sightings, whether one succeeded, and the first `most`."""
    columns = held.sightings.columns
    stage_of, outcome_of = columns.names["stage"], columns.names["outcome"]
    found: dict[str, list[dict[str, Any]]] = {}
    for chain in chains:
        left = held.sightings.find({"chain": chain.id}).places
        places: dict[str, list[int]] = {}
        worked: Counter[str] = Counter()
        for place in left.tolist():
            stage = stage_of[columns.codes["stage"][place]]
            places.setdefault(stage, []).append(place)
            worked[stage] += outcome_of[columns.codes["outcome"][place]] == "success"
        order = [stage.value for stage in Stage if stage.value in places]
        firsts = [place for stage in order for place in places[stage][:most]]
        records = dict(zip(firsts, held.sightings.read(firsts), strict=False))
        found[chain.id] = [
            {
                "stage": stage,
                "count": len(places[stage]),
                "worked": worked[stage],
                "first": [records[place] for place in places[stage][:most] if place in records],
            }
            for stage in order
        ]
    return found


def sighting(ask: Ask) -> Page:
    """One sighting with all fields of its log record. Raises: HTTPException 404."""
    held = ask.held
    id = ask.id
    one = held.sightings.by_id([id]).get(id)
    if one is None:
        raise HTTPException(404, "There is no such sighting in this case.")
    chains = [chain for chain in held.case.hunt.chains if id in chain.sightings] if held.case.hunt else []
    rule = next((run for run in held.case.hunt.rules if run.id == one.rule), None) if held.case.hunt else None
    data = {
        "sighting": one,
        "chains": [chain.id for chain in chains],
        "judgements": held.standing.of(one.id),
        "before": None,
        "after": None,
    }
    for chain in chains[:1]:
        at = chain.sightings.index(id)
        data["before"] = chain.sightings[at - 1] if at else None
        data["after"] = chain.sightings[at + 1] if at + 1 < len(chain.sightings) else None
    return Page("sighting.html.j2", one.title, data, {"standing": held.standing, "rule": rule, "chain": chains[:1]})


CELLS: dict[str, Callable[[Sighting], object]] = {
    "time": lambda one: one.event.time.isoformat() if one.event.time else "",
    "host": lambda one: one.event.host,
    "level": lambda one: one.level.value,
    "rule_title": lambda one: one.title,
    "stage": lambda one: one.stage.value,
    "outcome": lambda one: one.outcome.value,
    "techniques": lambda one: " ".join(one.techniques),
    "indicator": lambda one: one.indicator or "",
    "matched": lambda one: line_of(one),
    "place": lambda one: str(one.event.place),
    "rule": lambda one: one.rule,
    "id": lambda one: one.id,
}


def cells_of(one: Sighting) -> tuple[object, ...]:
    """A sighting as a row of `CELLS`."""
    return tuple(cell(one) for cell in CELLS.values())


def sightings_csv(ask: Ask) -> Response:
    """The sightings that the filters leave, all of them, as a table."""
    held = ask.held
    if held.case.hunt is None:
        raise HTTPException(404, "There are no logs in this case.")
    rows = map(cells_of, held.sightings.each(_found(ask)[0].places))
    return as_csv(f"{held.slug}-sightings.csv", tuple(CELLS), rows, marking_of(held.case))


def rules(ask: Ask) -> Page:
    """Rules: those that fired, those that ran, those that could not and why."""
    found = ask.held.case.hunt
    every = list(found.rules) if found else []
    states = Counter(_state(one) for one in every)
    state, level, words = ask.one("state"), ask.one("level"), ask.one("q").casefold()
    mine = [
        one
        for one in every
        if (not state or _state(one) == state)
        and (not level or one.level.value == level)
        and (not words or words in one.title.casefold() or words in one.id.casefold())
    ]
    mine.sort(key=lambda one: (-one.matches, one.skipped is None, one.title))
    page = paged(mine, ask.number("page"))
    data = {
        "rules": page.rows,
        **page.place,
        "state": state,
        "states": {"fired": states["fired"], "silent": states["silent"], "skipped": states["skipped"]},
    }
    levels = [one.value for one in RuleLevel]
    return Page("rules.html.j2", "Rules", data, {"levels": levels, "level": level, "of": len(every)})


def _state(one: RuleRun) -> str:
    return "skipped" if one.skipped is not None else "fired" if one.matches else "silent"


def reach(ask: Ask) -> Page:
    """Log files: from when to when, holes, and what could not be read; those with a hole or a fault first."""
    found = ask.held.case.hunt
    files = sorted(found.files, key=lambda one: not (one.skipped or one.gaps or not one.format)) if found else []
    page = paged(files, ask.number("page"))
    data = {
        "files": page.rows,
        **page.place,
        "problems": found.problems[:200] if found else (),
    }
    odd = [one for one in files if one.skipped or one.gaps or not one.format]
    bounds = [(one.oldest, one.newest) for one in (found.files if found else ()) if one.oldest and one.newest]
    view = {
        "oldest": min((low for low, _ in bounds), default=None),
        "newest": max((high for _, high in bounds), default=None),
        "odd": f"Files with gaps, errors or an unknown format come first: {len(odd)} of {len(files)}." if odd else "",
    }
    return Page("reach.html.j2", "How far the logs reach", data, view)
