"""What was said and what was observed, side by side: by state, by group; whether they agree, contradict each other, or one of
the two is silent. It says what stands beside what, a contradiction first, and changes no weight."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from indicia.knowledge.articles import capital, the
from indicia.records import (
    Accord,
    Assessment,
    Compared,
    Evidence,
    EvidenceKind,
    Hypothesis,
    Level,
    NamedBy,
    Saying,
    Stance,
    Verdict,
)
from indicia.weigh.accused import Layout, lay_nodes
from indicia.weigh.kin import kin_of
from indicia.weigh.known import UNKNOWN, Known, Tree, tree_of
from indicia.weigh.model import grounds_of
from indicia.weigh.words import listed

__all__ = ["agreement", "compared"]

_FOR = frozenset({Stance.ACCUSES, Stance.ENDORSES})
_AGAINST = frozenset({Stance.DENIES, Stance.QUESTIONS, Stance.WITHDRAWS})
_CLEARED = {Stance.DENIES: "denies it", Stance.QUESTIONS: "doubts it", Stance.WITHDRAWS: "withdraws it"}

_BY = 5  # speakers that a list names
Sides = dict[str, dict[str, str]]  # id -> by whom, and through whom where it is only known, not said


def compared(evidence: Sequence[Evidence], observed: Assessment, known: Known) -> tuple[Compared, ...]:
    """The row of states and the row of groups; those on which there is nothing at all are left out."""
    sayings = [item.said for item in evidence if item.said and item.weight and not item.said.beside]
    layout, tree = lay_nodes(sayings, known), tree_of(known)
    traces = _traces(evidence, observed, tree, known)
    rows = []
    for level, places in ((Level.STATE, _states), (Level.GROUP, _groups)):
        said, credit, cleared, seen = Sides(), Sides(), Sides(), Sides()
        for saying in sorted(layout.named, key=lambda one: (one.source, one.accused, one.stance)):
            side = said if saying.stance in _FOR else credit if saying.stance is Stance.CLAIMS else cleared
            for at, through in places(saying, layout, tree).items():
                by = f"{the(saying.source)} {_CLEARED[saying.stance]}" if saying.stance in _AGAINST else saying.source
                whom = side.setdefault(at, {})
                whom[by] = through if by not in whom else min(whom[by], through)  # who says so itself needs no table
        for at, tools in traces.items():
            for place in _of_observed(at, level, tree):
                seen.setdefault(place, {}).update(tools)
        if said or credit or cleared or seen:
            names = _names(layout, tree, known)
            row = Compared(
                level=level,
                said=_named(said, names),
                credit=_named(credit, names),
                cleared=_named(cleared, names),
                observed=_named(seen, names),
                split=_is_split(said, level, known),
            )
            rows.append(msgspec.structs.replace(row, standing=_standing(said, seen, known)))
    return tuple(rows)


def _states(saying: Saying, layout: Layout, tree: Tree) -> dict[str, str]:
    """The states that a saying names, itself or through somebody whom our tables tie to one: what is known is told apart."""
    named = {at: "" for at in layout.named[saying] if at.startswith(("state:", "tied:"))}
    own = {at.partition(":")[2] for at in named}
    named = {at: "" for at in named if at.startswith("state:") or f"state:{at.partition(':')[2]}" not in named}
    for at in layout.named[saying]:
        for above, _ in tree.chain(at):
            code = above.id.partition(":")[2]
            if above.level is Level.STATE and code not in own or above.id.startswith("type:"):
                named.setdefault(above.id, layout.nodes[at].hypothesis.name)
    return named


def _groups(saying: Saying, layout: Layout, tree: Tree) -> dict[str, str]:
    """The groups, agencies and others below a state that a saying names."""
    return {at: "" for at in layout.named[saying] if not at.startswith(("state:", "tied:", "place:"))}


def _of_observed(at: str, level: Level, tree: Tree) -> Iterable[str]:
    if level is Level.GROUP:
        return (at,) if at in tree.groups else ()
    return (at,) if at in tree.above else [up.id for up, _ in tree.chain(at) if up.level is not Level.AGENCY]


def _traces(evidence: Sequence[Evidence], observed: Assessment, tree: Tree, known: Known) -> Sides:
    """Whom what was observed points to: those whom the verdict names, else whose alone software that was seen is known to be,
    a group's or one state's."""
    if observed.verdict is not Verdict.INSUFFICIENT:
        return {at: {f"the verdict: {observed.verdict.value}": ""} for at in observed.leaders}
    profiles = grounds_of(known).profiles
    relations, found = profiles.relations, Sides()
    for item in evidence:
        column = relations.column.get(item.feature)
        if item.kind is not EvidenceKind.OBSERVED or not item.weight or column is None or column < len(relations.techniques):
            continue
        users = [relations.groups[row] for row in profiles.uses[:, column].nonzero()[0]]
        tops = {chain[-1][0].id if (chain := tree.chain(user)) else "" for user in users}
        # What criminals sell, a state's groups may have bought: their software speaks against no state.
        if not relations.is_tool[column] and len(tops) == 1 and (top := tops.pop()).startswith("state:"):
            found.setdefault(users[0] if len(users) == 1 else top, {})[relations.names[item.feature]] = ""
    return found


def _names(layout: Layout, tree: Tree, known: Known) -> Mapping[str, str]:
    own: dict[str, Hypothesis] = {**tree.groups, **tree.above, UNKNOWN.id: UNKNOWN}
    names = {f"state:{state.code}": state.name for state in known.states} | {at: one.name for at, one in own.items()}
    return names | {at: node.hypothesis.name for at, node in layout.nodes.items()}


def _named(sides: Sides, names: Mapping[str, str]) -> tuple[NamedBy, ...]:
    return tuple(NamedBy(id=at, name=names.get(at, at), by=_by_whom(by)) for at, by in sorted(sides.items()))


def _by_whom(by: Mapping[str, str]) -> tuple[str, ...]:
    """Those who say so, and those who only name somebody whom our tables tie to it, together for each."""
    told = [name for name, through in by.items() if not through]
    for group in dict.fromkeys(through for through in by.values() if through):
        speakers = [name for name, through in by.items() if through == group]
        told.append(f"{listed(_first(speakers))}, through {group}, by our tables")
    return tuple(_first(told))


def _first(names: list[str]) -> list[str]:
    return names if len(names) <= _BY + 1 else [*names[:_BY], f"{len(names) - _BY} more"]


def _alike(level_ids: Iterable[str]) -> set[str]:
    """Somebody tied to a state is no other than the state, for this."""
    return {at.replace("tied:", "state:") for at in level_ids}


def _standing(said: Sides, seen: Sides, known: Known) -> Accord:
    ours, theirs = _alike(said), _alike(seen)
    if not ours or not theirs:
        return Accord.SILENT
    kin = {one.id for at in ours for one in kin_of(known).get(at, ())}
    wider = {
        up.id for at in theirs for up, _ in tree_of(known).chain(at)
    }  # who accuses the agency does not contradict its group
    if (ours | kin) & (theirs | wider):
        return Accord.AGREE
    groups = tree_of(known).groups
    # "North Korea's leaders" are no group that another could stand against.
    comparable = all(at.startswith(("state:", "type:")) for at in ours) or any(at in groups for at in ours)
    return Accord.CONTRADICT if comparable else Accord.SILENT


def _is_split(said: Sides, level: Level, known: Known) -> bool:
    """Whether speakers name states that exclude each other, each its own."""
    if level is not Level.STATE:
        return False
    by_state: dict[str, set[str]] = {}
    for at, by in said.items():
        by_state.setdefault(at.replace("tied:", "state:"), set()).update(by)
    return len(by_state) > 1 and len(set.union(*by_state.values())) > 1 and not set.intersection(*by_state.values())


def agreement(rows: Sequence[Compared], observed: Assessment, said: Assessment) -> str:
    """How the two stand to each other, a contradiction first."""
    by_level = {row.level: row for row in rows}
    states, groups = by_level.get(Level.STATE), by_level.get(Level.GROUP)
    told = []
    if states and states.standing is Accord.CONTRADICT:
        told.append(f"What was said and what was observed contradict each other: {_against(states)}.")
    if states and states.split:
        ids = {one.id for one in states.said}
        apart = [one for one in states.said if one.id.replace("tied:", "state:") not in ids - {one.id}]
        sides = [f"{the(one.name)} (according to {_by(one)})" for one in apart]
        told.append(f"The statements contradict one another: {' against '.join(sides)}.")
    if groups and groups.standing is Accord.CONTRADICT and not told:
        also = " They agree on the state." if states and states.standing is Accord.AGREE else ""
        told.append(f"What was said and what was observed contradict each other: {_against(groups)}.{also}")
    agreed = [row for row in (states, groups) if row and row.standing is Accord.AGREE]
    if agreed and not told:
        on = "; ".join(dict.fromkeys(_shared(row) for row in agreed))
        told.append(f"What was said and what was observed agree: {on}; observed was {_observed(agreed[-1])}.")
    return " ".join(told) or _silent(observed, said, [row for row in (groups, states) if row])


def _voiced(rows: Sequence[Compared]) -> str:
    """Who names whom, takes credit or disputes it, each at the nearest level: `Poland names the GRU; on
    Russia: Russia denies it`."""
    said = next((row.said for row in rows if row.said), ())
    credit = next((row.credit for row in rows if row.credit), ())
    cleared = next((row.cleared for row in rows if row.cleared), ())
    parts = [f"{_by(one)} {'names' if len(one.by) == 1 else 'name'} {the(one.name)}" for one in said]
    parts += [f"{one.name} takes credit" for one in credit]
    parts += [f"on {the(one.name)}: {listed(one.by)}" for one in cleared]
    return "; ".join(parts)


def _bracketed(text: str) -> str:
    return f" ({text})" if text else ""


def _against(row: Compared) -> str:
    said = listed([f"{the(one.name)} (according to {_by(one)})" for one in row.said])
    return f"said is {said}; observed was {_observed(row)}"


def _shared(row: Compared) -> str:
    shared = {one.id.replace("tied:", "state:") for one in row.said}
    names = [one.name for one in row.observed if one.id in shared] or [one.name for one in row.said]
    return f"{listed([the(name) for name in names])}, which {_by(*row.said)} named"


def _observed(row: Compared) -> str:
    parts = []
    for one in row.observed:
        if all(by.startswith("the verdict") for by in one.by):
            parts.append(f"{the(one.name)}, by the verdict")
        else:
            parts.append(f"software known of {the(one.name)} alone ({listed(one.by)})")
    return listed(parts)


def _by(*named: NamedBy) -> str:
    return listed([the(by) for by in dict.fromkeys(by for one in named for by in one.by)])


def _silent(observed: Assessment, said: Assessment, rows: Sequence[Compared]) -> str:
    """What there is where the two cannot be compared. `rows`: the nearer level first."""
    claims = _bracketed(_voiced(rows))
    traces = _bracketed(next((_observed(row) for row in rows if row.observed), ""))
    if said.verdict is Verdict.INSUFFICIENT and observed.verdict is Verdict.INSUFFICIENT:
        return f"Neither the statements{claims} nor the observations{traces} support an attribution."
    if said.verdict is Verdict.INSUFFICIENT:
        return f"The observations stand alone: too little was said to compare them with{claims}."
    names = " or ".join(one.name for one in said.fits if one.id in said.leaders) or "nobody"
    if observed.verdict is Verdict.INSUFFICIENT:
        return f"The statements point to {the(names)}; the observations alone neither confirm nor contradict that."
    ours = " or ".join(
        one.hypothesis.name for one in (*observed.posteriors, *observed.levels) if one.hypothesis.id in observed.leaders
    )
    return capital(f"the statements point to {the(names)}, the observations to {the(ours)}; we cannot tell whether they agree.")
