"""Who is accused, laid out by level: a group lies within its agency and what that is a part of, its state, those tied to it,
and its territory. A claim about the wider one bears on all within it; a claim about a place never becomes one about the state.

What is known of a name (that a group is said to belong to a state) only carries a claim down, from the state to the group. Up
it goes by what is said: a claim on a group is one on the state where its own source says that the group works for it or closer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import msgspec

from indicia.knowledge.resolve import names_of
from indicia.records import Hypothesis, Level, Saying, Stance, Tied, TieKind, stable_id
from indicia.weigh.kin import kin_of
from indicia.weigh.known import Known, Tree, larger_than, tree_of

_SAYING = frozenset({Stance.ACCUSES, Stance.ENDORSES, Stance.CLAIMS})


@dataclass(frozen=True, slots=True)
class Node:
    """An accused, and what it lies within, with the probability that this is so. `unit` is the same for an agency and the one
    group that it is: two depths of one accused. `kin` are the ids of those that may be the same."""

    hypothesis: Hypothesis
    within: dict[str, float] = field(default_factory=dict)
    unit: str = ""
    kin: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Layout:
    """The nodes by id, in the order of first mention; whom each saying names; whom it is said of by that, itself and wider,
    with the tie that it rests on where it does; and what is said of the ties of those accused."""

    nodes: dict[str, Node]
    named: dict[Saying, frozenset[str]]
    said_of: dict[Saying, dict[str, Tied | None]]
    ties: tuple[tuple[str, Saying], ...] = ()  # (node, who says so)

    def nested(self, one: str, other: str) -> bool:
        """Whether both may be true of one deed: they are or may be the same, or one lies within the other."""
        a, b = self.nodes[one], self.nodes[other]
        return one == other or a.unit == b.unit or one in b.within or other in a.within or one in b.kin


def lay_nodes(sayings: Sequence[Saying], known: Known) -> Layout:
    """All who are accused, and what is said of whom. Sayings of a tie alone accuse nobody of the deed, but for a place: "from
    the territory of China" is all that is said of the deed then."""
    maker = _Maker(known)
    nodes: dict[str, Node] = {}
    own: dict[Saying, str] = {}
    for saying in dict.fromkeys(one for one in sayings if one.deed or one.level is Level.PLACE):
        own[saying] = _add(nodes, maker.node(saying))
    ties = [
        (at, saying)
        for saying in dict.fromkeys(sayings)
        if saying.tie and saying.level not in {Level.PLACE, Level.STATE} and saying.stance in _SAYING
        if (at := maker.node(saying).hypothesis.id) in nodes
    ]
    for at, saying in ties:  # who ties a group to a state says so of the group, whoever accuses it
        if saying.tie and saying.tie.state:
            wider = (_state_and_wider if saying.tie.kind.binds else _tied_and_wider)(saying.tie.state)
            nodes[at].within.update({above: 1.0 for above in wider if above not in nodes[at].within and above != at})
    said_of: dict[Saying, dict[str, Tied | None]] = {}
    for saying, at in own.items():
        said_of[saying] = {at: None}
        if saying.level is Level.AGENCY:
            wider_ones = [*maker.larger(saying.accused), *([maker.state(saying.state)] if saying.state else ())]
            said_of[saying] |= {_add(nodes, above): None for above in wider_ones}
        for tied_to, teller in ties:
            if tied_to == at and teller.tie and speaker(teller) == speaker(saying):
                for above in maker.tied_to(teller.tie):
                    said_of[saying].setdefault(_add(nodes, above), teller.tie)
    _call_as_said(nodes, own)
    named = {saying: frozenset(of) for saying, of in said_of.items()}
    for wider_too in said_of.values():
        for at, tie in list(wider_too.items()):
            for other, node in nodes.items():
                if _follows(at, other) or node.unit == nodes[at].unit:
                    wider_too.setdefault(other, tie)
    return Layout(nodes, named, said_of, tuple(ties))


def _call_as_said(nodes: dict[str, Node], own: Mapping[Saying, str]) -> None:
    """Groups by the name that the speakers use, ours behind it: who accuses APT31 does not say "ZIRCONIUM"."""
    said: dict[str, dict[str, str]] = defaultdict(dict)
    for saying, at in own.items():
        said[at].setdefault(saying.accused.casefold(), saying.accused)
    for at, names in said.items():
        hypothesis = nodes[at].hypothesis
        ours = hypothesis.name.casefold()
        others = [name for key, name in sorted(names.items()) if key not in ours and ours not in key]
        if hypothesis.level is Level.GROUP and others and not at.startswith("tied:"):
            first, *rest = (*others, hypothesis.name) if len(others) == len(names) else (hypothesis.name, *others)
            called = msgspec.structs.replace(hypothesis, name=f"{first} ({', '.join(rest)})")
            nodes[at] = replace(nodes[at], hypothesis=called)


def speaker(saying: Saying) -> str:
    """Who speaks, as far as voices are told apart."""
    return saying.voice or saying.source.casefold()


def _add(nodes: dict[str, Node], node: Node) -> str:
    before = nodes.setdefault(node.hypothesis.id, node)
    before.within.update({above: sure for above, sure in node.within.items() if above not in before.within})
    return node.hypothesis.id


def _state_and_wider(code: str) -> tuple[str, ...]:
    return f"state:{code}", *_tied_and_wider(code)


def _tied_and_wider(code: str) -> tuple[str, ...]:
    return f"tied:{code}", f"place:{code}"


def _follows(at: str, above: str) -> bool:
    """Whether the wider follows from the narrower by the words alone: what a state did, somebody tied to it did."""
    kind, _, code = at.partition(":")
    return kind in {"state", "tied"} and above in {f"tied:{code}", f"place:{code}"}


class _Maker:
    """Makes nodes of sayings."""

    def __init__(self, known: Known) -> None:
        self._names = names_of(known)
        self._tree: Tree = tree_of(known)
        self._states = {state.code: state.name for state in known.states}
        self._agencies = {agency.id: agency for agency in known.agencies}
        groups_of: dict[str, list[str]] = {}  # those of its units too: the FSB is not the one group that no centre of it has
        for group in self._tree.groups:
            for above, _ in self._tree.chain(group):
                if above.level is Level.AGENCY:
                    groups_of.setdefault(above.id, []).append(group)
        self._kin = kin_of(known)
        self._one = {agency: groups[0] for agency, groups in groups_of.items() if len(groups) == 1}

    def node(self, saying: Saying) -> Node:
        """Whom a saying names."""
        code, level = saying.state, saying.level
        group = self._names.group(saying.accused)
        agency = self._names.agency(saying.accused)
        if level is Level.PLACE:
            at = f"place:{code or saying.accused}"
            name = f"the territory of {self._states.get(code or '', saying.accused)}"
            return Node(Hypothesis(id=at, name=name, level=level, state=code), unit=at)
        if level is Level.STATE and code:
            return self.state(code, saying.accused)
        if level is Level.AGENCY or (agency is not None and group is None and level is not Level.STATE):
            return self._agency(agency.id if agency else saying.accused, saying.accused, code)
        if group is not None and group in self._tree.groups:
            within: dict[str, float] = {}
            for above, sure in self._tree.chain(group):
                within[above.id] = sure
                if above.level is Level.STATE and above.state:
                    within |= dict.fromkeys(_tied_and_wider(above.state), sure)
            if code:
                within |= {above: 1.0 for above in _tied_and_wider(code) if above not in within}
            return Node(self._tree.groups[group], within, group, self._kin_of(group))
        actor = self._names.actor(saying.accused)
        if actor is not None and level in {Level.GROUP, None}:
            named = Hypothesis(id=actor.id, name=actor.name, level=Level.GROUP, state=code)
            return Node(named, dict.fromkeys(_tied_and_wider(code), 1.0) if code else {}, actor.id, self._kin_of(actor.id))
        if code and level in {Level.GROUP, None}:
            # "China-linked hackers" name no group that we know: whoever they are, a named group of that state may be meant.
            return self._tied(code)
        at = stable_id("accused", saying.accused)
        hypothesis = Hypothesis(id=at, name=saying.accused, level=level, state=code)
        return Node(hypothesis, dict.fromkeys(_tied_and_wider(code), 1.0) if code else {}, unit=at)

    def _kin_of(self, actor: str) -> frozenset[str]:
        return frozenset(one.id for one in self._kin.get(actor, ()))

    def tied_to(self, tie: Tied) -> Iterable[Node]:
        """Whom a saying names by a tie: the state and its agency where the accused works for it or closer, else one tied to
        it."""
        if tie.state is None:
            return
        if tie.kind.binds:
            agency = self._names.agency(tie.to)
            if agency is not None and agency.state == tie.state:
                yield self._agency(agency.id, tie.to, tie.state)
                yield from self.larger(tie.to)
            yield self.state(tie.state)
        elif tie.kind is TieKind.LINKED:
            yield self._tied(tie.state)

    def larger(self, accused: str) -> Iterable[Node]:
        """The services that an agency is a part of: who names Unit 74455 names the GRU."""
        agency = self._names.agency(accused)
        for one in larger_than(agency, self._agencies) if agency else ():
            yield self._agency(one.id, one.name, one.state)

    def state(self, code: str, name: str = "") -> Node:
        at = f"state:{code}"
        hypothesis = Hypothesis(id=at, name=self._states.get(code, name or code), level=Level.STATE, state=code)
        return Node(hypothesis, dict.fromkeys(_tied_and_wider(code), 1.0), unit=at)

    def _tied(self, code: str) -> Node:
        at = f"tied:{code}"
        hypothesis = Hypothesis(id=at, name=f"an actor tied to {self._states.get(code, code)}", level=Level.GROUP, state=code)
        return Node(hypothesis, {f"place:{code}": 1.0}, unit=at)

    def _agency(self, id: str, name: str, code: str | None) -> Node:
        agency = self._names.agency(id)
        home = (agency.state if agency else None) or code
        at = f"agency:{agency.id if agency else id}"
        hypothesis = Hypothesis(id=at, name=agency.name if agency else name, level=Level.AGENCY, state=home)
        larger = larger_than(agency, self._agencies) if agency else ()
        within = {f"agency:{one.id}": 1.0 for one in larger} | dict.fromkeys(_state_and_wider(home) if home else (), 1.0)
        return Node(hypothesis, within, unit=self._one.get(at, at))
