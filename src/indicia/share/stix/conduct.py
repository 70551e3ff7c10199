"""What a campaign used and left behind, as the texts say: `uses`, `targets` of flaws, and `indicates`.

A text on one campaign tells of that campaign's techniques: they are tied to it, and to none where the text tells of several.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from indicia.affairs.main import main_affair
from indicia.affairs.stories import heading
from indicia.records import Case, Context, Document, Mention, MentionKind, Prominence, Tlp
from indicia.share.stix.findings import Indicators, vulnerability
from indicia.share.stix.ids import stamp
from indicia.share.stix.objects import Objects, attack_reference
from indicia.share.stix.parties import Campaigns, identity

_SOFTWARE = {"tool": "tool", "malware": "malware", "ransomware": "malware"}


def conduct_objects(case: Case, objects: Objects, campaigns: Campaigns, indicators: Indicators) -> list[str]:
    """Adds what the texts state of techniques, software and vulnerabilities. Returns the ids, each once."""
    about = _campaigns_of_texts(case, campaigns)
    documents = {document.id: document for document in case.documents}
    added: list[str] = []
    for mention in case.mentions:
        document = documents.get(mention.span.document)
        if document is not None and mention.context is Context.STATED:
            added += _stated(mention, document, about.get(document.id), objects, indicators)
    return list(dict.fromkeys(added))


def _campaigns_of_texts(case: Case, campaigns: Campaigns) -> dict[str, str]:
    """The campaign that each text is about: the only one that its claims tell of, else, of a text of the main story that claims
    nothing, that of the case's main affair."""
    told: dict[str, set[str | None]] = defaultdict(set)
    for claim in case.claims:
        if claim.prominence is not Prominence.BACKGROUND:
            told[claim.quote.document].add(campaigns.of(claim))
    main = main_affair(case)
    on_it = {campaign for claim in main.on if (campaign := campaigns.of(claim))}
    found = {}
    for document in case.documents:
        own = told.get(document.id)
        if own is None and document.id in main.story.documents:
            own = set(on_it)
        only = (own or set()) - {None}
        if len(only) == 1:
            found[document.id] = str(next(iter(only)))
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
    where = heading(document) or document.file_name
    when = stamp(document.published)
    yield objects.relate(
        *ends,
        objects.key(document.id),
        marking=document.marking,
        created=when,
        description=f"{mention.value}, stated in {where}: “{mention.span.text}”",
        created_by_ref=identity(objects, document.publisher, "organization", document.marking) if document.publisher else None,
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
