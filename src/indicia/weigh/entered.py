"""Evidence that people enter: what analysts attribute by and no text or log tells in ATT&CK's terms.

The kinds are those of published practice, each with where it stands: the Diamond Model (Caltagirone, Pendergast and Betz 2013),
MICTIC (Steffens 2020), Unit 42's attribution framework (2025). The strength is a likelihood ratio in words: how much likelier
the item is if the one it fits did it than if somebody else did. The words are Jeffreys' (1961), whose grades are half-decades;
each counts as the middle of its own. How far the source and the item are to be believed is another matter, graded apart after
the Admiralty code (NATO AJP-2.1), and takes away from it.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import log10

import numpy as np

from indicia.errors import UsageError
from indicia.records import Entered, EnteredKind, Evidence, EvidenceKind, Strength, stable_id
from indicia.weigh.grades import checked
from indicia.weigh.known import UNKNOWN, Known, Tree, tree_of
from indicia.weigh.model import DECIBAN
from indicia.weigh.profiles import Floats
from indicia.weigh.sponsors import Sponsors

__all__ = ["PRACTICE", "RATIOS", "entered_evidence", "entered_weights", "hypothesis_named"]

# kind -> what to ask, and where published practice has it
PRACTICE = {
    EnteredKind.INFRASTRUCTURE: (
        "servers, domains or certificates that somebody has used before",
        "Diamond Model: infrastructure; MICTIC: infrastructure; Unit 42",
    ),
    EnteredKind.REGISTRATION: (
        "who registered, paid for or hosted it, and from where",
        "Diamond Model: infrastructure; MICTIC: infrastructure",
    ),
    EnteredKind.CODE: (
        "code, builders or configuration shared with known software",
        "Diamond Model: capability; MICTIC: malware; Unit 42: code similarity",
    ),
    EnteredKind.TRADECRAFT: (
        "habits of operators, order of steps, typing",
        "Diamond Model: capability; MICTIC: control; Unit 42",
    ),
    EnteredKind.VICTIMS: ("who was chosen, and who profits from the choice", "Diamond Model: victim; Unit 42: victimology"),
    EnteredKind.HOURS: ("when they work, pause and keep holidays", "MICTIC: control"),
    EnteredKind.LANGUAGE: ("language, keyboard, encodings, time zone of build", "MICTIC: malware; Unit 42"),
    EnteredKind.MISTAKE: ("a slip: an account, an address, a path", "MICTIC: control; Unit 42: operational security"),
    EnteredKind.SOURCE: ("somebody with access says so", "MICTIC: intelligence; Diamond Model: adversary"),
    EnteredKind.MOTIVE: ("who wanted it done", "MICTIC: cui bono; Diamond Model: socio-political axis"),
}
RATIOS = {Strength.WEAK: 2.0, Strength.SUBSTANTIAL: 5.6, Strength.STRONG: 18.0, Strength.VERY_STRONG: 56.0}


def hypothesis_named(text: str, knowledge: Known) -> str:
    """The id of whom a name or an id means: a group, an agency, a state (`KP`, `North Korea`), a type, or `unknown`.

    Raises: UsageError where it means nobody that is weighed, or several, naming them.
    """
    from indicia.knowledge.resolve import names_of

    tree, text = tree_of(knowledge), text.strip()
    every = {**tree.groups, **tree.above, UNKNOWN.id: UNKNOWN}
    if text in every:
        return text
    found = {at for at, one in every.items() if one.name.casefold() == text.casefold() or at == f"state:{text.upper()}"}
    found |= {f"state:{state.code}" for state in knowledge.states if text.casefold() in {n.casefold() for n in state.names}}
    found &= set(every)
    if not found and (group := names_of(knowledge).group(text)) in tree.groups:
        found = {str(group)}
    if not found and (agency := names_of(knowledge).agency(text)) and f"agency:{agency.id}" in every:
        found = {f"agency:{agency.id}"}
    if len(found) != 1:
        several = f": {', '.join(sorted(found))}" if found else ""
        raise UsageError(
            f"{text!r} is {'more than one' if found else 'nobody'} that can be weighed{several}",
            hint="give a group (G0032 or Lazarus Group), a state (KP or North Korea), type:criminal, or unknown",
        )
    return found.pop()


def entered_evidence(entered: Entered, grade: str, note: str, knowledge: Known) -> Evidence:
    """An item of evidence from what a person entered. Raises: UsageError on a grade that there is not, or nobody to fit."""
    if not entered.fits:
        raise UsageError("nobody is named whom the evidence fits")
    if len(grade) != 2 or not grade[1].isdigit():
        raise UsageError(f"no grade {grade!r}", hint="reliability A to F of the source and credibility 1 to 6, such as B2")
    tree = tree_of(knowledge)
    names = [(tree.groups.get(at) or tree.above.get(at) or UNKNOWN).name for at in entered.fits]
    verb = "speaks against" if entered.against else "fits"
    item = Evidence(
        id=stable_id("evidence", "entered", entered.kind, *entered.fits, entered.author, entered.time, note, entered.sha256),
        kind=EvidenceKind.OBSERVED,
        feature=f"entered:{entered.kind.value.replace(' ', '-')}",
        label=f"{entered.kind.value} {verb} {' or '.join(names)} ({entered.strength.value})",
        origin=entered.author,
        reliability=grade[0].upper(),
        credibility=int(grade[1]),
        note=note,
        entered=entered,
    )
    return checked(item, "the evidence")


def entered_weights(items: Sequence[Evidence], sponsors: Sponsors, tree: Tree, prior: Floats) -> Floats:
    """[item, hypothesis] in decibans of what people entered, 0 for all other items. `prior` in logs.

    Whom an item fits gains its ratio; so does an unknown actor, as far as it may be one of the state or type that the item fits
    (`Sponsors`)."""
    hypotheses = sponsors.model.hypotheses
    result = np.zeros((len(items), len(hypotheses)))
    share = dict(zip(sponsors.classes, sponsors.posterior(np.exp(prior)).tolist(), strict=True))
    for at, item in enumerate(items):
        if item.entered is None:
            continue
        decibans = 10 * log10(RATIOS[item.entered.strength]) * (-1 if item.entered.against else 1)
        fits = set(item.entered.fits)
        for column, group in enumerate(hypotheses):
            if group in fits or any(up.id in fits for up, _ in tree.chain(group)):
                result[at, column] = decibans
        if UNKNOWN.id not in fits:
            of_unknown = min(1.0, sum(share.get(one, 0.0) for one in fits))
            ratio = 10 ** (decibans / 10)
            result[at, -1] = DECIBAN * np.log(of_unknown * ratio + 1 - of_unknown)
    return result
