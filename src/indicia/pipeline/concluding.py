"""What follows from the texts and sightings of a case: affairs, both assessments, advice."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from indicia.advise.advice import advise, fitting_rules
from indicia.affairs.joining import join_affairs
from indicia.affairs.origins import led_back
from indicia.knowledge import Knowledge
from indicia.records import Case, Judgement, those_counted
from indicia.weigh.assess import weigh
from indicia.weigh.gather import gather

__all__ = ["conclude", "drawn_anew"]


def conclude(case: Case, knowledge: Knowledge, judgements: Sequence[Judgement] = (), *, joined: bool = False) -> Case:
    """The case with what follows from its texts, sightings and what is in place made anew: affairs, both assessments, advice.

    The one place that draws conclusions: for a new case, one that people judged (their `judgements` of evidence are laid over
    it), and what an audience may see. Claims that are still to be checked stand beside them. `joined`: its affairs hold these
    very claims already.
    """
    claims = those_counted(case.claims, judgements)
    affairs = case.affairs if joined else join_affairs(claims, case.documents, knowledge)
    evidence = gather(claims, case.mentions, case.hunt, case.documents, knowledge, affairs)
    weighing = weigh(evidence, knowledge, judgements=judgements)
    case = msgspec.structs.replace(case, affairs=affairs, weighing=weighing)
    return msgspec.structs.replace(case, advice=advise(case, knowledge))


def drawn_anew(left: Case, whole: Case, knowledge: Knowledge) -> Case:
    """What is left of a case with everything that follows from it, and nothing that followed from the rest: who repeats whom,
    which of the user's rules fit, affairs, weighing, advice."""
    left = msgspec.structs.replace(left, claims=led_back(left.claims, left.documents), have=whole.have, rules=())
    rules = fitting_rules(left, knowledge, {rule.name: rule.text for rule in whole.rules}) if whole.rules else ()
    return conclude(msgspec.structs.replace(left, rules=rules), knowledge)
