"""Who is accused, laid out by level: a group lies within its agency, its state, those tied to it, and its territory. A claim
about the wider one bears on all within it; a claim about a place never becomes one about the state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from indicia.knowledge.resolve import names_of
from indicia.records import Hypothesis, Level, Saying, stable_id
from indicia.weigh.known import Known, tree_of

__all__ = ["Node", "lay_nodes"]


@dataclass(frozen=True, slots=True)
class Node:
    """An accused, what it lies within (with the probability that this is so), and the sayings about it."""

    hypothesis: Hypothesis
    within: dict[str, float] = field(default_factory=dict)
    sayings: frozenset[Saying] = frozenset()


def lay_nodes(sayings: Sequence[Saying], known: Known) -> dict[str, Node]:
    """One node per accused, by hypothesis id, in the order of first mention."""
    if not sayings:
        return {}
    tree = tree_of(known)
    names = names_of(known)
    states = {state.code: state.name for state in known.states}
    nodes: dict[str, Node] = {}

    def within_state(code: str | None, sure: float = 1.0) -> dict[str, float]:
        return {f"{kind}:{code}": sure for kind in ("state", "tied", "place")} if code else {}

    for saying in sayings:
        code, level = saying.state, saying.level
        within: dict[str, float] = {}
        group = names.group(saying.accused)
        agency = names.agency(saying.accused)
        if level is Level.PLACE:
            at = f"place:{code or saying.accused}"
            name = f"the territory of {states.get(code or '', saying.accused)}"
            hypothesis = Hypothesis(id=at, name=name, level=level, state=code)
        elif level is Level.STATE and code:
            at, within = f"state:{code}", {f"tied:{code}": 1.0, f"place:{code}": 1.0}
            hypothesis = Hypothesis(id=at, name=states.get(code, saying.accused), level=level, state=code)
        elif level is Level.AGENCY or (agency is not None and group is None and level is not Level.STATE):
            home = (agency.state if agency else None) or code
            at, within = f"agency:{agency.id if agency else saying.accused}", within_state(home)
            name = agency.name if agency else saying.accused
            hypothesis = Hypothesis(id=at, name=name, level=Level.AGENCY, state=home)
        elif group is not None and group in tree.groups:
            at, hypothesis = group, tree.groups[group]
            for above, sure in tree.chain(group):
                within[above.id] = sure
                if above.level is Level.STATE:
                    within |= {f"tied:{above.state}": sure, f"place:{above.state}": sure}
            if code and f"state:{code}" not in within:
                within |= within_state(code)
        elif code and level in {Level.GROUP, None}:
            # "China-linked hackers" name no group that we know: whoever they are, a named group of that state may be meant.
            at = f"tied:{code}"
            name = f"an actor tied to {states.get(code, code)}"
            hypothesis = Hypothesis(id=at, name=name, level=Level.GROUP, state=code)
        else:
            at, within = stable_id("accused", saying.accused), within_state(code)
            hypothesis = Hypothesis(id=at, name=saying.accused, level=level, state=code)
        before = nodes.get(at)
        nodes[at] = Node(hypothesis, within, (before.sayings if before else frozenset()) | {saying})
    return nodes
