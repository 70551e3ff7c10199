"""What a campaign used, hit and left behind, as the texts say: `uses`, `targets` and `indicates`.

A text on one affair tells of that affair's techniques: they are tied to the campaign that its claims are about, and to none
where it tells of several alike.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from indicia.affairs.main import main_affair
from indicia.records import Case, Context, Document, Mention, MentionKind, Prominence, Stance, Tlp
from indicia.share.stix.findings import Indicators, vulnerability
from indicia.share.stix.objects import Objects, attack_reference
from indicia.share.stix.parties import Campaigns, country, identity
from indicia.share.stix.times import moments_of_claims, stamp
from indicia.view.words import source_words

__all__ = ["conduct_objects"]

_SOFTWARE = {"tool": "tool", "malware": "malware", "ransomware": "malware"}


def conduct_objects(case: Case, objects: Objects, campaigns: Campaigns, indicators: Indicators) -> list[str]:
    """Adds what the texts state of techniques, software, vulnerabilities and victims. Returns the ids, each once."""
    about = _campaigns_of_texts(case, campaigns)
    documents = {document.id: document for document in case.documents}
    added: list[str] = []
    for mention in case.mentions:
        document = documents.get(mention.span.document)
        if document is not None and mention.context is Context.STATED:
            added += _stated(mention, document, about.get(document.id), objects, indicators)
    return list(dict.fromkeys([*added, *_targets(case, objects, campaigns)]))


def _campaigns_of_texts(case: Case, campaigns: Campaigns) -> dict[str, str]:
    """The campaign that each text is about: that of more than half of what it claims, else, where it claims nothing, that of
    the case's main affair."""
    counts: dict[str, Counter[str | None]] = defaultdict(Counter)
    markings = {document.id: document.marking for document in case.documents}
    for claim in case.claims:
        if claim.prominence is not Prominence.BACKGROUND:
            place = claim.quote.document
            counts[place][campaigns.of(claim, markings.get(place, case.marking))] += 1
    main = main_affair(case).affair
    found = {}
    for document in case.documents:
        count = counts.get(document.id)
        if count is None:
            campaign = campaigns.of_affair(main, document.marking) if main else None
        else:
            (campaign, most), *_ = count.most_common(1)
            campaign = campaign if 2 * most > count.total() else None
        if campaign is not None:
            found[document.id] = campaign
    return found


def _stated(
    mention: Mention, document: Document, campaign: str | None, objects: Objects, indicators: Indicators
) -> Iterator[str]:
    """The thing that a text states, and its relation to the campaign that the text is about."""
    made = _thing(mention, document, objects, indicators)
    if made is None:
        return
    kind, thing = made
    yield thing
    if campaign is None:
        return
    ends = (thing, kind, campaign) if kind == "indicates" else (campaign, kind, thing)
    known = mention.target if mention.target and objects.knowledge.attack.stix_id(mention.target) else None
    where = document.title or document.file_name
    when = stamp(document.published)
    yield objects.relate(
        *ends,
        document.id,
        marking=document.marking,
        created=when,
        modified=when,
        description=f"{mention.value}, stated in {where}: “{mention.span.text}”",
        external_references=[attack_reference(known)] if known else None,
    )


def _thing(mention: Mention, document: Document, objects: Objects, indicators: Indicators) -> tuple[str, str] | None:
    """(relation to the campaign, the object's id); None for what STIX does not say of a campaign."""
    if mention.kind is MentionKind.TECHNIQUE:
        technique = objects.refer(mention.target or mention.value)
        return ("uses", technique) if technique else None
    if mention.kind is MentionKind.VULNERABILITY:
        flaw = vulnerability(mention.value, objects, document.marking)
        return ("targets", flaw) if flaw else None
    if mention.kind is MentionKind.SOFTWARE and mention.type in _SOFTWARE:
        return "uses", _software(mention, document, objects)
    if mention.kind is MentionKind.INDICATOR:
        found = indicators.add(mention.type, mention.value, document.marking)
        return ("indicates", found) if found else None
    return None


def _software(mention: Mention, document: Document, objects: Objects) -> str:
    """Software as ATT&CK's own object, else by its name."""
    theirs = objects.refer(mention.target) if mention.target and mention.target[:1] == "S" else None
    if theirs is not None:
        return theirs
    known = objects.knowledge.malware.get(mention.target) if mention.target else None
    name, kind = (known.name if known else mention.value), _SOFTWARE[mention.type]
    marking = Tlp.CLEAR if known else document.marking
    if kind == "tool":
        return objects.named("tool", name, marking=marking, name=name)
    return objects.named("malware", name, marking=marking, name=name, is_family=True)


def _targets(case: Case, objects: Objects, campaigns: Campaigns) -> Iterator[str]:
    """Who was hit, as those say who accuse somebody of it."""
    markings = {document.id: document.marking for document in case.documents}
    moments = moments_of_claims(case)
    for claim in case.claims:
        marking = markings.get(claim.quote.document, case.marking)
        campaign = campaigns.of(claim, marking) if claim.stance is Stance.ACCUSES else None
        if campaign is None:
            continue
        victims = [(identity(objects, " ".join(span.text.split()), "organization", marking)) for span in claim.victims]
        victims += [identity(objects, sector, "class", marking) for sector in claim.sectors]
        victims += [place for code in claim.victim_countries if (place := country(objects, code))]
        who = source_words(claim) if claim.source.party else "a source that is not named"
        for victim in dict.fromkeys(victims):
            yield victim
            yield objects.relate(
                campaign,
                "targets",
                victim,
                claim.id,
                marking=marking,
                created=moments[claim.id],
                start_time=moments[claim.id],
                description=f"Said by {who}: “{claim.quote.text}”",
            )
