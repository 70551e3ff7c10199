"""Claims in MISP: an attribute for each, with its words; notes that tell it whole; opinions of who answers.

Analyst data (notes and opinions, MISP 2.4.193 and later) is what MISP has for who says what of something. Converters to STIX
keep it, while an attribute of text becomes an object that nobody else knows.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from typing import Any

from indicia.affairs.identity import claim_keys, document_keys, key_of
from indicia.affairs.origins import target_of
from indicia.knowledge import Knowledge
from indicia.knowledge.resolve import names_of
from indicia.records import AccusedType, Case, Claim, Confidence, Deed, Likelihood, Stance, Tie, Tlp, to_check
from indicia.share.redact import marking_of_texts
from indicia.share.stix.ids import SDO_NAMESPACE, moments_of_claims
from indicia.share.stix.told import headline, told
from indicia.view.words import firmness_words, known_state, propositions, source_words

REVIEW = 'workflow:todo="review"'  # of a claim that was read with too little certainty
_CONFIDENCE = {Confidence.LOW: "low", Confidence.MODERATE: "moderate", Confidence.HIGH: "high"}
_LIKELIHOOD = {
    Likelihood.ALMOST_NO_CHANCE: "almost-no-chance",
    Likelihood.VERY_UNLIKELY: "very-unlikely",
    Likelihood.UNLIKELY: "unlikely",
    Likelihood.ROUGHLY_EVEN: "roughly-even-chance",
    Likelihood.LIKELY: "likely",
    Likelihood.VERY_LIKELY: "very-likely",
    Likelihood.ALMOST_CERTAIN: "almost-certain",
}


class Numbers:
    """The numbers of what an event holds, of the affair that it is about: MISP takes no attribute whose number another has."""

    def __init__(self, case: Case, knowledge: Knowledge) -> None:
        self._key = (key_of(case, knowledge), marking_of_texts(case).value)
        self._known_by = {**claim_keys(case), **document_keys(case.documents)}

    def of(self, kind: str, *parts: object) -> str:
        """The number of a part; a claim or a text is given by its id."""
        return misp_uuid(kind, *self._key, *(self._known_by.get(str(part), part) for part in parts))


def misp_uuid(*parts: object) -> str:
    return str(uuid.uuid5(SDO_NAMESPACE, "\x1f".join(("misp", *map(str, parts)))))


_OPINIONS = {Stance.ENDORSES: 75, Stance.DECLINES: 50, Stance.QUESTIONS: 25, Stance.WITHDRAWS: 0, Stance.DENIES: 0}  # of 100


def claim_attributes(case: Case, knowledge: Knowledge, numbers: Numbers) -> list[dict[str, Any]]:
    """One attribute for each claim, with the opinions of those who answer it."""
    markings = {document.id: case.counts_as(document) for document in case.documents}
    opinions = _opinions(case, numbers)
    doubtful = {claim.id for claim in to_check(case.claims, ())}
    return [
        {
            "uuid": numbers.of("claim", claim.id),
            "type": "text",
            "category": "Attribution",
            "value": claim.quote.text,
            "to_ids": False,
            "comment": _claim_comment(claim),
            "distribution": "5",
            "Tag": [
                *({"name": name} for name in _claim_tags(claim, markings.get(claim.quote.document), knowledge)),
                *([{"name": REVIEW}] if claim.id in doubtful else []),
            ],
            **({"Opinion": opinions[claim.id]} if claim.id in opinions else {}),
        }
        for claim in case.claims
    ]


def claim_notes(case: Case, event: str, numbers: Numbers) -> list[dict[str, Any]]:
    """One note on the event for each claim, in the name of its source."""
    moments = moments_of_claims(case)
    documents = {document.id: document for document in case.documents}
    doubtful = {claim.id for claim in to_check(case.claims, ())}
    return [
        {
            "note": told(claim, documents.get(claim.quote.document), doubtful=claim.id in doubtful),
            "language": "en",
            **_analyst(numbers.of("note", claim.id), claim, moments[claim.id], event, "Event"),
        }
        for claim in case.claims
    ]


def _opinions(case: Case, numbers: Numbers) -> dict[str, list[dict[str, Any]]]:
    """By the accusing claim: what those say of it who endorse, doubt, deny or decline on the same affair."""
    affairs = {claim: affair.name for affair in case.affairs for row in affair.rows for claim in row.claims}
    moments = moments_of_claims(case)

    def affair(claim: Claim) -> str | None:
        return affairs.get(claim.id) or claim.incident_id or claim.incident

    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    accusing = [claim for claim in case.claims if claim.stance is Stance.ACCUSES]
    for answer in case.claims:
        if answer.stance not in _OPINIONS:
            continue
        charges = [claim for claim in accusing if affair(claim) == affair(answer)]
        same = [claim for claim in charges if target_of(answer) and target_of(claim) == target_of(answer)]
        for charge in same or charges:
            told_of = numbers.of("opinion", answer.id, charge.id)
            found[charge.id].append(
                {
                    "opinion": _OPINIONS[answer.stance],
                    "comment": f"{headline(answer)}: “{answer.quote.text}”",
                    **_analyst(told_of, answer, moments[answer.id], numbers.of("claim", charge.id), "Attribute"),
                }
            )
    return found


def _analyst(id: str, claim: Claim, moment: str, about: str, kind: str) -> dict[str, Any]:
    """The fields that all analyst data has."""
    when = f"{moment[:10]} {moment[11:19]}"
    return {
        "uuid": id,
        "object_uuid": about,
        "object_type": kind,
        "authors": source_words(claim) if claim.source.party else "not named",
        "created": when,
        "modified": when,
        "distribution": "5",
    }


def _claim_comment(claim: Claim) -> str:
    """Who says what, the deed and the tie each with how firmly."""
    source = claim.source.party.canonical if claim.source.party else "not named"
    said = "; ".join(f"{words} ({firmness_words(how)})" for words, how in propositions(claim))
    grounds = ", ".join(ground.basis.value for ground in claim.grounds) or claim.basis.value
    return "; ".join(
        filter(None, (f"{source} {said}", f"stance: {claim.stance.value}", f"basis: {grounds}", known_state(claim)))
    )


def _claim_tags(claim: Claim, marking: Tlp | None, knowledge: Knowledge) -> list[str]:
    """Its document's marking, its confidence and likelihood, and the actor in the galaxy, as this claim alone says."""
    tags = [f"tlp:{marking.value}"] if marking else []
    tags += [tag] if (tag := _actor_tag(claim, knowledge)) else []
    # MISP's words for how sure do not say of what: they are those of the deed, else of the tie; tags of our own tell both.
    said = claim.said
    if said.confidence:
        tags.append(f'estimative-language:confidence-in-analytic-judgment="{_CONFIDENCE[said.confidence]}"')
    if said.likelihood:
        tags.append(f'estimative-language:likelihood-probability="{_LIKELIHOOD[said.likelihood]}"')
    tags += [*_said_tags("deed", claim.deed), *_said_tags("tie", claim.tie)]
    return tags


def _said_tags(part: str, said: Deed | Tie | None) -> list[str]:
    if said is None:
        return []
    found = [f'indicia:{part}="{said.kind.value}"', f'indicia:{part}-firmness="{said.firmness.value}"']
    found += [f'indicia:{part}-likelihood="{said.likelihood.value}"'] if said.likelihood else []
    return found + ([f'indicia:{part}-confidence="{said.confidence.value}"'] if said.confidence else [])


_NAMING = frozenset({Stance.ACCUSES, Stance.ENDORSES, Stance.CLAIMS})


def _actor_tag(claim: Claim, knowledge: Knowledge) -> str | None:
    """The galaxy tag of the group that the claim accuses, on the claim and not on the event: it is alleged, and by whom."""
    party = claim.accused.party
    if party is None or claim.accused.type is not AccusedType.GROUP or claim.stance not in _NAMING:
        return None
    named = names_of(knowledge).group(party.canonical)
    group = knowledge.attack.group(named) if named else None
    return f'misp-galaxy:mitre-intrusion-set="{group.name} - {group.id}"' if group else None
