"""The field's words, each in a sentence or two, for people who meet them here for the first time."""

from __future__ import annotations

import msgspec

from indicia.records import Assessment, Judgement
from indicia.view.wording import called

WORDS: dict[str, str] = {
    "case": "Everything about one affair: texts, claims, what was found in logs, the weighing and the advice. It is one file.",
    "claim": "One source takes a stance towards one accused, in one sentence of a text. The sentence is always kept with it.",
    "source": "Who speaks: a government, a company, an official. When a paper quotes a minister, the minister is the source.",
    "stance": "What the source does with the accusation: accuses, endorses, denies, questions it, or declines to name anyone.",
    "accused": "Whom the claim is about, and no more than the words say. “From the territory of …” is a place, not the state.",
    "deed": "Somebody did it: carried it out, directed it or enabled it. A tie says nothing about that.",
    "tie": "Whom somebody belongs to: part of a state, working for it, linked to it. It has its own firmness.",
    "prominence": "Whether a text makes the claim itself, reports who made it, or says it in passing.",
    "level": "What kind of party is accused, from the weakest to the strongest: place, operator, group, agency, state.",
    "firmness": "How surely the source says it, from confirmed to hedged. A flat statement has no such word.",
    "channel": "The kind of act that carries the claim: a technical report, a political statement, an indictment, a sanction.",
    "basis": "The grounds that the source gives: technical, intelligence, legal, political, or none stated.",
    "origin": "The first utterance behind copies. Ten papers that quote one speech are one origin and count once.",
    "stated": "A text that was read says it.",
    "known": "Our tables say it; none of these texts does.",
    "concluded": "The program infers it from what is stated, known and seen.",
    "technique": "A way of attacking, numbered in MITRE ATT&CK, such as T1190: exploiting a server that faces the internet.",
    "indicator": "Something you can look for: an address, a domain, a file's hash.",
    "sighting": "A rule or an indicator that matched a record in a log, with the file and the line.",
    "chain": "Sightings that belong together by what they share, such as a client address or a request id, in order of time.",
    "outcome": "Whether the log shows that it worked. A request answered with “not found” is an attempt.",
    "reach": "The time that the logs cover, and their gaps. They cannot show what happened outside it.",
    "observed": "Evidence from traces: techniques, tools, victims. It is weighed apart from what people said.",
    "said": "Evidence from claims: who named whom. It rests on trust in the speakers.",
    "hypothesis": "A candidate for who did it, at a level. “An actor not in our knowledge” is always one of them.",
    "posterior": "How probable a hypothesis is after the evidence. The prior is what it was before.",
    "decisive": "The smallest set of items without which the verdict would change.",
    "deciban": "The weight of an item: +10 makes the odds ten times as great, −10 a tenth.",
    "reliability": "How far the source can be trusted, A (completely) to E (not), F (cannot be judged). The Admiralty code.",
    "credibility": "How far this one item can be believed, 1 (confirmed by others) to 5 (improbable), 6 (cannot be judged).",
    "likelihood": "How probable something is, in the seven bands of ICD 203, from almost no chance to almost certain.",
    "confidence": "How good the grounds for a judgement are. It is not likelihood, and the two are never merged.",
    "measure": "Something to do: contain, patch, mitigate, detect, hunt, report. Each says which finding calls for it.",
    "TLP": "Traffic Light Protocol 2.0: who may see something. The whole carries the strictest marking of its parts.",
    "judgement": "What a person decided about a record. It is kept beside the machine's own, with author and time.",
    "STIX": "The standard format of threat intelligence, read by OpenCTI and many others.",
    "MISP": "A platform for sharing indicators, and its format of events.",
    "Navigator": "MITRE's viewer for ATT&CK; the layer colours the techniques in the case.",
}


# What an assessment comes to, in as few words as a card has room for.
def leaders(assessment: Assessment) -> str:
    """Whom the evidence points to, several joined by "or"; empty where the grounds are insufficient."""
    names = called(assessment)
    return " or ".join(names[id] for id in assessment.leaders if id in names)


# What a person decided, in words: what they did, and what of it is more than a yes or no.
DEEDS = {
    "confirm": "confirmed it",
    "reject": "rejected it",
    "correct": "corrected it",
    "regrade": "graded it",
    "add": "added it",
    "note": "commented",
    "star": "starred it, or removed the star",
    "done": "marked it as done, or undid that",
    "hypothesis": "kept a hypothesis",
}
UNSAID = {"tie_state", "incident_id"}  # ids beside the words that were typed
_SAID_IN_WORDS = {"correct", "regrade"}


def deed(one: Judgement) -> str:
    """What somebody did: what follows their name."""
    return DEEDS.get(one.action, one.action)


def details(one: Judgement) -> str:
    """The fields that were corrected, or the grades that were given; empty for everything else.

    >>> details(Judgement(id="", subject="", action="regrade", author="", time="", value='{"reliability":"B","weight":0}'))
    'reliability: B, weight: 0'
    """
    if one.action not in _SAID_IN_WORDS:
        return ""
    try:
        fields = msgspec.json.decode(one.value, type=dict[str, str | int | float])
    except (msgspec.MsgspecError, UnicodeError):
        return one.value
    return ", ".join(f"{name.replace('_', ' ')}: {value}" for name, value in fields.items() if name not in UNSAID)
