"""The field's words, each in a sentence or two, for people who meet them here for the first time."""

from __future__ import annotations

__all__ = ["WORDS"]

WORDS: dict[str, str] = {
    "case": "Everything about one affair: texts, claims, what was found in logs, the weighing and the advice. It is one file.",
    "claim": "One source takes a stance toward one accused, in one sentence of a text. The sentence is always kept with it.",
    "source": "Who speaks: a government, a company, an official. When a paper quotes a minister, the minister is the source.",
    "stance": "What the source does with the accusation: accuses, endorses, denies, questions it, or declines to name anyone.",
    "accused": "Whom the claim is about, no more than the words say. “From the territory of …” names a place, not the state.",
    "deed": "That somebody did it: carried it out, directed it or enabled it. A tie says nothing of that.",
    "tie": "Where somebody is said to belong: part of a state, working for it, tied to it. It is as firm as its own words.",
    "prominence": "Whether a text makes the claim itself, reports who made it, or says it in passing.",
    "level": "What kind of party is accused, from the weakest to the strongest: place, operator, group, agency, state.",
    "firmness": "How surely it was said, from confirmed to hedged. A flat statement has no such word. This is not likelihood.",
    "channel": "The kind of act that carries the claim: a technical report, a political statement, an indictment, a sanction.",
    "basis": "The grounds that the source gives: technical, intelligence, legal, political, or none stated.",
    "origin": "The first utterance behind copies. Ten papers that quote one speech are one origin and count once.",
    "technique": "A way of attacking, numbered in MITRE ATT&CK, such as T1190: exploiting a server that faces the internet.",
    "indicator": "A trace that can be looked for: an address, a domain, a file's hash.",
    "sighting": "A rule or an indicator that matched a record in a log, with the file and the line.",
    "chain": "Sightings that belong together by what they share, such as a client address or a request id, in order of time.",
    "outcome": "Whether the log shows that it worked. A request that was answered with “not found” is an attempt.",
    "reach": "From when to when the logs go, and the holes in them. What happened outside of that cannot be seen.",
    "observed": "Evidence from traces: techniques, tools, victims. It is weighed apart from what people said.",
    "said": "Evidence from claims: who named whom. It rests on trust in the speakers.",
    "hypothesis": "A candidate for who did it, at a level. “An actor not in our knowledge” is always one of them.",
    "posterior": "How probable a hypothesis is after the evidence. The prior is what it was before.",
    "decisive": "The smallest set of items without which the verdict would change.",
    "deciban": "The weight of an item: +10 makes the odds ten times as great, −10 a tenth.",
    "reliability": "How far the source can be trusted, A (completely) to E (not), F (cannot be judged). The Admiralty code.",
    "credibility": "How far this one item can be believed, 1 (confirmed by others) to 5 (improbable), 6 (cannot be judged).",
    "likelihood": "How probable the thing is, in the seven bands of ICD 203, from almost no chance to almost certain.",
    "confidence": "How good the grounds for a judgement are. It is another axis than likelihood, and the two are never merged.",
    "measure": "Something to do: contain, patch, mitigate, detect, hunt, report. Each says which finding calls for it.",
    "TLP": "Traffic Light Protocol 2.0: who may see a thing. The strictest marking of the parts marks the whole.",
    "judgement": "What a person decided about a record. It is kept beside the machine's own, with author and time.",
    "STIX": "The standard format of threat intelligence, read by OpenCTI and many others.",
    "MISP": "A platform for sharing indicators, and its format of events.",
    "Navigator": "MITRE's viewer for ATT&CK; the layer colours the techniques of the case.",
}
