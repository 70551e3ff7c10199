"""Victims as evidence: how much likelier a group that is known to attack such victims attacks them than any other group.

Lists of victims are lists of what was reported, so a twentieth of the victims may be anybody's. Fitted on 63 public texts, each
on one group (docs/weighing.md). Countries count once and sectors once, shared among those that the text names by how often it
does: they travel together. They say nothing of an actor whom nobody knows yet, and no verdict rests on them (`legs.py`).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from indicia.knowledge.tables import Actor
from indicia.records import Context, Document, Evidence, Mention, MentionKind
from indicia.weigh.features import is_victim
from indicia.weigh.known import Known
from indicia.weigh.profiles import Floats

_ANYBODY = 0.05  # share of a group's victims that are not of those it is known for
_DECIBAN = 10.0


def victim_weights(items: Sequence[Evidence], hypotheses: Sequence[str], known: Known, prior: Floats) -> Floats:
    """[item, hypothesis] in decibans against the mean of the groups under `prior` (probabilities); 0 for items that are no
    victims and for actors whose victims are not known."""
    result = np.zeros((len(items), len(hypotheses)))
    kinds: dict[str, list[int]] = defaultdict(list)
    for at, item in enumerate(items):
        if is_victim(item.feature):
            kinds[item.feature.partition(":")[0]].append(at)
    actors = [actor for actor in known.actors if actor.group] if kinds else []
    column = {hypothesis: at for at, hypothesis in enumerate(hypotheses)}
    for kind, rows in kinds.items():
        listed = [(column[actor.group], names) for actor in actors if actor.group in column and (names := _listed(actor, kind))]
        weight = float(prior[[of_group for of_group, _ in listed]].sum())
        told = {at: max(1, len(items[at].traces)) for at in rows}
        for at in rows:
            value = items[at].feature.partition(":")[2]
            common = float(prior[[of_group for of_group, names in listed if value in names]].sum()) / weight if weight else 0.0
            share = _DECIBAN * told[at] / sum(told.values())
            hit, missed = (share * np.log10(_likely(one) / _likely(common)) for one in (1.0, 0.0))
            for of_group, names in listed:
                result[at, of_group] = hit if value in names else missed
    return result


def _listed(actor: Actor, kind: str) -> tuple[str, ...]:
    return actor.victims if kind == "victim-country" else actor.sectors


def _likely(own: float) -> float:
    return _ANYBODY + (1 - _ANYBODY) * own


# Whom a text says were targeted: the states and sectors that it names behind a word for an attack, in the same sentence.
#
# Only what is attacked, not who attacks: the state that an actor is linked to or where a server stands is no victim. A
# technical report seldom accuses anybody in a sentence of its own, so the victims of its claims are not all that it tells.
_KINDS = {MentionKind.STATE: "victim-country", MentionKind.SECTOR: "victim-sector"}
_FAR = 240  # characters before a mention in which the word for the attack stands
_SENTENCE = re.compile(r"[.!?;]\s|\n|\s[-•*]\s")
_ATTACK = re.compile(
    r"\b(?:target(?:s|ed|ing)?|victims?|aim(?:s|ed|ing)? at|against|attack(?:s|ed|ing)? (?:on|in)|compromis(?:es|ed|ing)|"
    r"infect(?:s|ed|ing)|breach(?:es|ed|ing)|affect(?:s|ed|ing)|impact(?:s|ed|ing)|focus(?:es|ed|ing)? on|interest in|"
    r"intrusions? (?:at|in|into))\b",
    re.IGNORECASE,
)
_FROM = re.compile(
    r"\b(?:(?:linked|tied|attributed|aligned|connected) (?:to|with)|on behalf of|according to|hosted (?:in|on)|"
    r"registered (?:in|to)|originat\w+ (?:in|from)|uploaded from|submitted from|servers? in|by|from)\s+(?:the\s+)?$",
    re.IGNORECASE,
)
_ATTACKER = re.compile(
    r"(?:['’]s)?[-\s]*(?:state[- ])?(?:linked|based|nexus|aligned|sponsored|backed|affiliated|speaking|language|origin|actors?|"
    r"hack\w+|threat|apts?|espionage|cyber\w*|intelligence)\b",
    re.IGNORECASE,
)
# "Accusations against China", "sanctions against Iran": what is against somebody is no attack.
_CHARGE = re.compile(
    r"\b(?:accusations?|allegations?|charges?|claims?|evidence|proof|cases?|complaints?|sanctions?|measures?|indictments?|"
    r"warnings?|statements?|action|retaliation|protests?|suspicions?|campaigning)\s(?:[\w’'-]+\s){0,3}?against\s"
    r"(?:[\w,’'-]+\s){0,6}$",
    re.IGNORECASE,
)
# Words that are a sector in a list of sectors and something else in a report on malware.
_WIDE = frozenset(
    {"development", "engineering", "infrastructure", "intelligence", "it", "payment", "port", "research", "researcher"}
    | {"researchers", "software", "trade", "utility"}
)


def targeted(mentions: Iterable[Mention], documents: Iterable[Document]) -> Iterator[tuple[str, Mention]]:
    """`victim-country:NO` or `victim-sector:finance`, and the mention that says so."""
    texts = {document.id: document.text for document in documents}
    for mention in mentions:
        kind, text = _KINDS.get(mention.kind), texts.get(mention.span.document)
        if kind and text and mention.target and mention.context is Context.STATED and _is_hit(mention, text):
            yield f"{kind}:{mention.target}", mention


def _is_hit(mention: Mention, text: str) -> bool:
    span = mention.span
    if mention.kind is MentionKind.SECTOR and span.text.casefold() in _WIDE:
        return False
    before = _SENTENCE.split(text[max(0, span.start - _FAR) : span.start])[-1]
    if _CHARGE.search(before):
        return False
    return bool(_ATTACK.search(before)) and not _FROM.search(before) and not _ATTACKER.match(text, span.end)
