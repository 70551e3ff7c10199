"""Cases made by hand for tests of advice and of the brief: the Exchange affair as records, a big one, a hostile one, an empty
one.

The texts re-tell public facts in our own words and are test sentences, not evidence. Addresses are documentation addresses.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from indicia.case import Changes, Store
from indicia.records import (
    About,
    Accused,
    AccusedType,
    Affair,
    AffairRow,
    Assessment,
    Basis,
    Block,
    Case,
    Chain,
    Channel,
    Claim,
    Confidence,
    Context,
    Deed,
    Document,
    Event,
    Evidence,
    EvidenceKind,
    Firmness,
    Gap,
    Ground,
    Hunt,
    HuntVerdict,
    Hypothesis,
    Level,
    Likelihood,
    LogFile,
    Mention,
    MentionKind,
    Motive,
    Outcome,
    Party,
    Place,
    Posterior,
    Problem,
    RuleLevel,
    RuleRun,
    Severity,
    Shift,
    Sighting,
    Source,
    SourceType,
    Span,
    Stage,
    Stance,
    Tie,
    TieKind,
    Tlp,
    Verdict,
    Versions,
    Weighing,
    Weight,
    stable_id,
)

NEWS = """Brussels and London both pointed to China on Monday. The European Union said that harmful cyber activity against its \
institutions could be linked to Chinese hacking groups. Its foreign policy chief Josep Borrell said the intrusions were \
"conducted from the territory of China".

The Microsoft Exchange attack "by Chinese state-backed groups" follows a known pattern, Foreign Secretary Dominic Raab said.

A senior administration official said in Washington with a high degree of confidence that hackers affiliated with the \
Ministry of State Security were behind the Microsoft Exchange attack. NATO acknowledged the statements of its allies.

In March, Microsoft had blamed HAFNIUM, a state-sponsored group operating from China, for the Exchange attack with high \
confidence. Private researchers had attributed the hack to Chinese cyber spies within days.

A spokesperson of the Chinese Foreign Ministry rejected the charge that China stood behind the Exchange attack and called it \
groundless. The parliament of one affected country declined to name a culprit.
"""

ADVISORY = """Protecting Exchange servers

The intruders exploited public-facing Exchange servers through CVE-2021-26855 and wrote files through CVE-2021-27065. They \
left web shells in the directories of the mail server and ran commands in PowerShell. They dumped the memory of LSASS, packed \
mailboxes with an archive tool and moved data out over the web shell. They leased virtual private servers for the purpose.

Requests came from 198.51.100.23 and from update.mail-cdn.example. The shell discover.aspx had the SHA-256 \
2b6f1ebb2b6f1ebb2b6f1ebb2b6f1ebb2b6f1ebb2b6f1ebb2b6f1ebb2b6f1ebb.
"""


def document(name: str, text: str, *, title: str, published: str, publisher: str, marking: Tlp = Tlp.CLEAR) -> Document:
    blocks, at = [], 0
    for part in text.split("\n\n"):
        start = text.index(part, at)
        blocks.append(Block(start=start, end=start + len(part), path=f"paragraph {len(blocks) + 1}"))
        at = start + len(part)
    return Document(
        id=stable_id("document", name, text),
        name=name,
        text=text,
        sha256=hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest(),
        title=title,
        published=published,
        publisher=publisher,
        marking=marking,
        blocks=tuple(blocks),
    )


def document_of(case: Case, claim: Claim) -> Document:
    """The document that a claim is from."""
    return next(one for one in case.documents if one.id == claim.quote.document)


def find(doc: Document, words: str, after: int = 0) -> Span:
    start = doc.text.index(words, after)
    return doc.span(start, start + len(words))


def sentence(doc: Document, words: str) -> Span:
    """The sentence that begins with `words`."""
    start = doc.text.index(words)
    ends = [found + 1 for stop in (". ", ".\n", '." ') if (found := doc.text.find(stop, start)) >= 0]
    return doc.span(start, min(ends, default=len(doc.text)))


def said_with(claim: Claim, **how: Any) -> Claim:
    """The claim, its proposition said as surely as `how` tells."""
    if claim.deed is not None:
        return msgspec.structs.replace(claim, deed=msgspec.structs.replace(claim.deed, **how))
    assert claim.tie is not None
    return msgspec.structs.replace(claim, tie=msgspec.structs.replace(claim.tie, **how))


def about(claim: Claim, id: str | None, name: str | None) -> Claim:
    """The claim, on another incident, or on none that is told."""
    return msgspec.structs.replace(claim, incidents=(About(name=name or "", id=id),) if name or id else ())


def claim(
    doc: Document,
    begins: str,
    who: tuple[str, str, SourceType, str | None] | None,
    stance: Stance,
    whom: tuple[str, str, AccusedType, Level, str | None] | None,
    act: str | None = None,
    *,
    firmness: Firmness = Firmness.NONE,
    cue: str | None = None,
    basis: Basis = Basis.NONE_STATED,
    date: str | None = "2021-07-19",
    confidence: Confidence | None = None,
    likelihood: Likelihood | None = None,
    motives: tuple[Motive, ...] = (),
    channel: Channel = Channel.POLITICAL_STATEMENT,
    origin: str | None = None,
) -> Claim:
    quote = sentence(doc, begins)

    def inside(words: str) -> Span:
        return find(doc, words, quote.start)

    placed = whom is not None and whom[3] is Level.PLACE
    said: dict[str, Any] = {
        "firmness": firmness,
        "cue": inside(cue) if cue else None,
        "confidence": confidence,
        "likelihood": likelihood,
    }
    return Claim(
        id=stable_id("claim", doc.id, quote.start, who and who[1], stance, whom and whom[1]),
        quote=quote,
        source=Source(type=who[2], party=Party(span=inside(who[0]), canonical=who[1]), state=who[3])
        if who
        else Source(type=SourceType.MEDIA),
        stance=stance,
        accused=Accused(type=whom[2], level=whom[3], party=Party(span=inside(whom[0]), canonical=whom[1]), state_said=whom[4])
        if whom
        else Accused(type=AccusedType.UNKNOWN),
        act=inside(act) if act else None,
        deed=None if placed or whom is None else Deed(**said),
        tie=Tie(kind=TieKind.LOCATED, to=whom[1], state=whom[4], **said) if placed and whom else None,
        incidents=(About(name="Microsoft Exchange hack", id="exchange-2021"),),
        grounds=(Ground(basis=basis),) if basis is not Basis.NONE_STATED else (),
        date=date,
        motives=motives,
        channel=channel,
        origin=origin,
    )


CHINA = ("China", "China", AccusedType.STATE, Level.STATE, "CN")
GOV, INT = SourceType.GOVERNMENT, SourceType.INTERNATIONAL


def news() -> tuple[Document, tuple[Claim, ...]]:
    doc = document(
        "news-2021-07-19.txt", NEWS, title="Allies point to Beijing", published="2021-07-19", publisher="Example News"
    )
    groups = ("Chinese hacking groups", "Chinese hacking groups", AccusedType.GROUP, Level.GROUP, "CN")
    first = claim(doc, "Brussels", ("Brussels", "European Union", INT, None), Stance.ACCUSES, CHINA)
    return doc, (
        first,
        claim(doc, "Brussels", ("London", "United Kingdom", GOV, "GB"), Stance.ACCUSES, CHINA),
        claim(
            doc,
            "The European Union said",
            ("The European Union", "European Union", INT, None),
            Stance.ACCUSES,
            groups,
            "harmful cyber activity",
            firmness=Firmness.HEDGED,
            cue="could be linked",
        ),
        claim(
            doc,
            "Its foreign policy chief",
            ("Josep Borrell", "European Union", INT, None),
            Stance.ACCUSES,
            ("the territory of China", "China", AccusedType.STATE, Level.PLACE, "CN"),
            "the intrusions",
        ),
        claim(
            doc,
            "The Microsoft Exchange attack",
            ("Dominic Raab", "United Kingdom", GOV, "GB"),
            Stance.ACCUSES,
            ("Chinese state-backed groups", "Chinese state-backed groups", AccusedType.GROUP, Level.GROUP, "CN"),
            "The Microsoft Exchange attack",
        ),
        claim(
            doc,
            "A senior administration official",
            ("A senior administration official", "United States", SourceType.ANONYMOUS, "US"),
            Stance.ACCUSES,
            ("the Ministry of State Security", "Ministry of State Security", AccusedType.AGENCY, Level.AGENCY, "CN"),
            "the Microsoft Exchange attack",
            firmness=Firmness.HIGH,
            cue="a high degree of confidence",
            confidence=Confidence.HIGH,
            channel=Channel.ANONYMOUS_MEDIA,
        ),
        claim(doc, "NATO acknowledged", ("NATO", "NATO", INT, None), Stance.ENDORSES, None),
        claim(
            doc,
            "In March, Microsoft",
            ("Microsoft", "Microsoft", SourceType.COMPANY, "US"),
            Stance.ACCUSES,
            ("HAFNIUM", "HAFNIUM", AccusedType.GROUP, Level.GROUP, "CN"),
            "the Exchange attack",
            firmness=Firmness.HIGH,
            cue="high confidence",
            confidence=Confidence.HIGH,
            basis=Basis.TECHNICAL,
            date="2021-03",
            channel=Channel.TECHNICAL_REPORT,
        ),
        claim(
            doc,
            "Private researchers",
            ("Private researchers", "private researchers", SourceType.COMPANY, None),
            Stance.ACCUSES,
            ("Chinese cyber spies", "Chinese cyber spies", AccusedType.GROUP, Level.GROUP, "CN"),
            "the hack",
            date="2021-03",
            motives=(Motive.ESPIONAGE,),
            channel=Channel.TECHNICAL_REPORT,
        ),
        claim(
            doc,
            "A spokesperson of the Chinese",
            ("A spokesperson of the Chinese Foreign Ministry", "China", GOV, "CN"),
            Stance.DENIES,
            CHINA,
            "the Exchange attack",
        ),
        claim(
            doc,
            "The parliament of one",
            ("The parliament of one affected country", "parliament of one affected country", GOV, None),
            Stance.DECLINES,
            None,
        ),
    )


def advisory() -> tuple[Document, tuple[Mention, ...]]:
    doc = document(
        "advisory.txt", ADVISORY, title="Protecting Exchange servers", published="2021-07-19", publisher="Example agency"
    )

    def mention(kind: MentionKind, words: str, value: str, type_: str = "", target: str | None = None) -> Mention:
        span = find(doc, words)
        return Mention(
            id=stable_id("mention", doc.id, kind, value, span.start),
            kind=kind,
            value=value,
            span=span,
            type=type_,
            target=target,
        )

    technique = MentionKind.TECHNIQUE
    return doc, (
        mention(technique, "exploited public-facing Exchange servers", "T1190", target="T1190"),
        mention(MentionKind.VULNERABILITY, "CVE-2021-26855", "CVE-2021-26855", target="CVE-2021-26855"),
        mention(MentionKind.VULNERABILITY, "CVE-2021-27065", "CVE-2021-27065", target="CVE-2021-27065"),
        mention(technique, "left web shells", "T1505.003", target="T1505.003"),
        mention(technique, "ran commands in PowerShell", "T1059.001", target="T1059.001"),
        mention(technique, "dumped the memory of LSASS", "T1003.001", target="T1003.001"),
        mention(technique, "packed mailboxes with an archive tool", "T1560.001", target="T1560.001"),
        mention(technique, "leased virtual private servers", "T1583.003", target="T1583.003"),
        mention(MentionKind.INDICATOR, "198.51.100.23", "198.51.100.23", "ipv4-addr"),
        mention(MentionKind.INDICATOR, "update.mail-cdn.example", "update.mail-cdn.example", "domain-name"),
        mention(
            MentionKind.INDICATOR,
            "2b6f1ebb2b6f1ebb2b6f1ebb2b6f1ebb2b6f1ebb2b6f1ebb2b6f1ebb2b6f1ebb",
            "2b6f1ebb" * 8,
            "file-sha256",
        ),
    )


def sighting(
    seconds: int,
    position: int,
    title: str,
    stage: Stage,
    outcome: Outcome,
    techniques: tuple[str, ...],
    *,
    cves: tuple[str, ...] = (),
    level: RuleLevel = RuleLevel.HIGH,
    file: str = "HttpProxy_2021030306-1.LOG",
    format_: str = "httpproxy",
    fields: dict[str, str] | None = None,
    rule: str | None = None,
) -> Sighting:
    time = datetime(2021, 3, 3, 6, 49, 50, tzinfo=UTC) + timedelta(seconds=seconds)
    fields = fields or {
        "ClientIpAddress": "198.51.100.23",
        "UrlStem": "/ecp/y.js",
        "HttpStatus": "200",
        "UserAgent": "python-requests/2.25.1",
    }
    return Sighting(
        id=stable_id("sighting", file, position, title),
        rule=rule or stable_id("rule", title),
        title=title,
        level=level,
        event=Event(
            place=Place(file=file, position=position),
            format=format_,
            time=time,
            time_text=time.isoformat(),
            host="EXCH01",
            fields=fields,
        ),
        matched=tuple(sorted(fields.items()))[:2],
        techniques=techniques,
        vulnerabilities=cves,
        stage=stage,
        outcome=outcome,
    )


def hunt() -> Hunt:
    ssrf = ("T1190",)
    found = (
        sighting(0, 118, "Probe of Autodiscover", Stage.PROBE, Outcome.ATTEMPT, ssrf, level=RuleLevel.LOW),
        sighting(8, 121, "Server-side request forgery in ECP", Stage.EXPLOIT, Outcome.SUCCESS, ssrf, cves=("CVE-2021-26855",)),
        sighting(
            18,
            122,
            "Reset of the OAB virtual directory",
            Stage.EXPLOIT,
            Outcome.SUCCESS,
            ssrf,
            cves=("CVE-2021-27065",),
            level=RuleLevel.CRITICAL,
        ),
        sighting(
            21,
            9,
            "Script in the OAB address",
            Stage.WEB_SHELL,
            Outcome.SUCCESS,
            ("T1505.003",),
            level=RuleLevel.CRITICAL,
            file="ECPServer20210303-1.LOG",
            format_="ecp",
            fields={"S:CMD": "Set-OabVirtualDirectory.ExternalUrl='http://f/<script>inert</script>'", "S:ACTID": "aa02"},
        ),
        sighting(
            310,
            4410,
            "Visit to a known shell name",
            Stage.EXECUTION,
            Outcome.SUCCESS,
            ("T1505.003",),
            file="u_ex210303.log",
            format_="iis",
            fields={"cs-uri-stem": "/aspnet_client/discover.aspx", "sc-status": "200", "c-ip": "198.51.100.23"},
        ),
        sighting(
            640,
            77,
            "Memory dump of LSASS",
            Stage.CREDENTIALS,
            Outcome.SUCCESS,
            ("T1003.001",),
            level=RuleLevel.CRITICAL,
            file="sysmon.jsonl",
            format_="jsonl",
            fields={"Image": "C:\\Windows\\Temp\\procdump.exe", "CommandLine": "procdump -ma lsass.exe out.dmp"},
        ),
    )
    oldest, newest = datetime(2021, 3, 1, tzinfo=UTC), datetime(2021, 3, 4, tzinfo=UTC)
    return Hunt(
        verdict=HuntVerdict.COMPROMISE,
        reason="one chain on EXCH01 leads from the exploit over a web shell to credential access, each step with success",
        sightings=found,
        chains=(
            Chain(
                id=stable_id("chain", "EXCH01"),
                host="EXCH01",
                start=found[0].event.time,
                end=found[-1].event.time,
                stages=(Stage.PROBE, Stage.EXPLOIT, Stage.WEB_SHELL, Stage.EXECUTION, Stage.CREDENTIALS),
                sightings=tuple(one.id for one in found),
                keys=(("client", "198.51.100.23"), ("canary", "Xh3kQ0aa9Uu")),
                outcome=Outcome.SUCCESS,
                summary="from the first probe to the memory dump in 11 minutes",
            ),
        ),
        files=(
            LogFile(
                file="HttpProxy_2021030306-1.LOG",
                format="httpproxy",
                bytes=4_000_000,
                events=5120,
                oldest=oldest,
                newest=newest,
            ),
            LogFile(
                file="ECPServer20210303-1.LOG", format="ecp", bytes=90_000, events=240, skipped=2, oldest=oldest, newest=newest
            ),
            LogFile(
                file="u_ex210303.log",
                format="iis",
                bytes=9_000_000,
                events=31_000,
                oldest=oldest,
                newest=newest,
                gaps=(Gap(start=oldest + timedelta(hours=30), end=oldest + timedelta(hours=33)),),
            ),
            LogFile(file="sysmon.jsonl", format="jsonl", bytes=70_000, events=400, oldest=oldest, newest=newest),
            LogFile(file="notes.docx", format=""),
        ),
        rules=(
            RuleRun(id="r-1", title="Server-side request forgery in ECP", level=RuleLevel.HIGH, matches=1),
            RuleRun(id="r-2", title="OAB generator download", level=RuleLevel.HIGH),
            RuleRun(id="r-3", title="Odd rule", level=RuleLevel.LOW, skipped="unknown modifier 'contain'"),
        ),
        problems=(
            Problem(where="ECPServer20210303-1.LOG:88", what="the line is cut", count=2),
            Problem(where="notes.docx", what="not a log format that is known", severity=Severity.FAILED),
        ),
        indicators_sought=3,
    )


def weighing(claims: tuple[Claim, ...], sightings: tuple[Sighting, ...]) -> Weighing:
    state = Hypothesis(id="state:CN", name="China", level=Level.STATE, state="CN")
    hafnium = Hypothesis(
        id="G0125",
        name="HAFNIUM",
        level=Level.GROUP,
        state="CN",
        parent="state:CN",
        according_to=("Microsoft",),
        mapping_doubt=0.05,
    )
    leviathan = Hypothesis(id="G0065", name="Leviathan", level=Level.GROUP, state="CN", parent="state:CN")
    by_title = {one.title: one.id for one in sightings}
    evidence = (
        Evidence(
            id="evidence-1",
            kind=EvidenceKind.OBSERVED,
            feature="T1190",
            label="exploit of a public-facing server, seen in the logs",
            origin="logs",
            traces=(by_title["Server-side request forgery in ECP"],) if by_title else (),
            reliability="A",
            credibility=1,
        ),
        Evidence(
            id="evidence-2",
            kind=EvidenceKind.OBSERVED,
            feature="T1505.003",
            label="web shell, seen in the logs",
            origin="logs",
            traces=(by_title["Script in the OAB address"],) if by_title else (),
            reliability="A",
            credibility=1,
        ),
        Evidence(
            id="evidence-3",
            kind=EvidenceKind.SAID,
            feature="G0125",
            label="Microsoft names HAFNIUM with high confidence",
            origin="Microsoft",
            traces=(claims[7].id,),
            reliability="B",
            credibility=2,
        ),
        Evidence(
            id="evidence-4",
            kind=EvidenceKind.SAID,
            feature="state:CN",
            label="the United Kingdom names China",
            origin="United Kingdom",
            traces=(claims[1].id,),
            reliability="B",
            credibility=2,
        ),
        Evidence(
            id="evidence-5",
            kind=EvidenceKind.SAID,
            feature="state:CN",
            label="China denies",
            origin="China",
            traces=(claims[9].id,),
            reliability="D",
            credibility=4,
        ),
    )
    observed = Assessment(
        kind=EvidenceKind.OBSERVED,
        verdict=Verdict.INSUFFICIENT,
        statement="What was observed does not tell who did it: the techniques fit 23 known groups.",
        fits=(hafnium, leviathan),
        weights=(
            Weight(evidence="evidence-1", hypothesis="G0125", decibans=0.6),
            Weight(evidence="evidence-1", hypothesis="G0065", decibans=0.4),
            Weight(evidence="evidence-2", hypothesis="G0125", decibans=2.1),
            Weight(evidence="evidence-2", hypothesis="G0065", decibans=1.8),
        ),
        missing=("malware that only one group uses", "infrastructure that was seen in another case"),
        telling=(("S0020", 0.8), ("T1583.003", 0.2)),
        base_rates=("T1190 with T1505.003 fits 23 groups",),
        method="naive Bayes over ATT&CK groups with a class for unknown actors",
    )
    said = Assessment(
        kind=EvidenceKind.SAID,
        verdict=Verdict.NAMED,
        statement="According to those who spoke, it is likely that HAFNIUM did it.",
        leaders=("G0125",),
        likelihood=Likelihood.LIKELY,
        confidence=Confidence.MODERATE,
        levels=(
            Posterior(hypothesis=state, probability=0.86, prior=0.4),
            Posterior(hypothesis=hafnium, probability=0.74, prior=0.2),
        ),
        fits=(state, hafnium),
        weights=(
            Weight(evidence="evidence-3", hypothesis="G0125", decibans=7.5),
            Weight(evidence="evidence-4", hypothesis="G0125", decibans=4.2),
            Weight(evidence="evidence-4", hypothesis="G0065", decibans=4.2),
            Weight(evidence="evidence-5", hypothesis="G0125", decibans=-1.1),
        ),
        decisive=("evidence-3",),
        missing=("a statement of the grounds by a government",),
        method="pooled statements, one per independent origin",
    )
    return Weighing(
        evidence=evidence,
        observed=observed,
        said=said,
        agreement="What was said names an actor; what was observed neither supports nor contradicts it.",
    )


VERSIONS = Versions(
    indicia="0.1.0", knowledge=(("ATT&CK enterprise", "18.1"), ("CISA KEV", "2026.11.20"), ("Incidents", "2026-11-24"))
)


def exchange_case(*, logs: bool = True) -> Case:
    """The affair of July 2021: one news text, one advisory, and (unless `logs` is False) a hunt that found the intrusion."""
    text, claims = news()
    paper, mentions = advisory()
    found = hunt() if logs else None
    negated = find(paper, "for the purpose")
    return Case(
        name="Microsoft Exchange 2021",
        versions=VERSIONS,
        documents=(text, paper),
        claims=claims,
        mentions=(
            *mentions,
            Mention(
                id=stable_id("mention", "negated"),
                kind=MentionKind.TECHNIQUE,
                value="T1566.001",
                target="T1566.001",
                span=negated,
                context=Context.NEGATED,
                reason="the text says that no mail was sent",
            ),
        ),
        affairs=(
            Affair(
                incident_id="exchange-2021",
                name="Microsoft Exchange hack",
                rows=tuple(
                    AffairRow(
                        source=name,
                        claims=tuple(one.id for one in claims if one.source.party and one.source.party.canonical == name),
                    )
                    for name in ("Microsoft", "European Union", "United Kingdom", "United States", "NATO", "China")
                ),
                shifts=(Shift(earlier=claims[2].id, later=claims[3].id, kind="refines", note="from groups to a place"),),
                origins=6,
                first_detected="2021-01",
                first_private="2021-03",
                first_official="2021-07-19",
            ),
        ),
        hunt=found,
        weighing=weighing(claims, found.sightings if found else ()),
        problems=(
            Problem(where="old-memo.doc", what="the format is not known", severity=Severity.FAILED, hint="save it as PDF"),
        ),
        marking=Tlp.GREEN,
    )


def empty_case() -> Case:
    """A case in which nothing was read and no logs were given."""
    return Case(name="Nothing yet", versions=VERSIONS)


def big_case(*, claims: int = 500, techniques: tuple[str, ...] = (), sightings: int = 10_000) -> Case:
    """Many records of every kind, for speed and for folding."""
    base = exchange_case()
    text, first = base.documents[0], base.claims
    many = tuple(
        Claim(
            **{field: getattr(first[n % len(first)], field) for field in Claim.__struct_fields__}
            | {"id": stable_id("claim", n)}
        )
        for n in range(claims)
    )
    paper = base.documents[1]
    span = find(paper, "left web shells")
    mentions = base.mentions + tuple(
        Mention(id=stable_id("mention", one), kind=MentionKind.TECHNIQUE, value=one, target=one, span=span)
        for one in techniques
    )
    assert base.hunt is not None
    seen = tuple(
        sighting(
            n, n + 1, f"Rule {n % 40}", list(Stage)[n % 15], list(Outcome)[n % 3], techniques[n % 50 : n % 50 + 1] or ("T1190",)
        )
        for n in range(sightings)
    )
    chain = base.hunt.chains[0]
    hunted = Hunt(
        **{field: getattr(base.hunt, field) for field in Hunt.__struct_fields__}
        | {
            "sightings": seen,
            "chains": (
                Chain(
                    **{field: getattr(chain, field) for field in Chain.__struct_fields__}
                    | {"sightings": tuple(one.id for one in seen[:300])}
                ),
            ),
        }
    )
    return Case(
        name="Big",
        versions=VERSIONS,
        documents=(text, paper),
        claims=many,
        mentions=mentions,
        affairs=base.affairs,
        hunt=hunted,
        weighing=base.weighing,
        problems=base.problems,
    )


NASTY = (
    '<script>alert(1)</script><img src=x onerror=alert(2)> \x1b[31mred\x1b[0m =cmd|"/c calc"!A1 '
    "\u202egnp.exe\u2066 | `x` [y](javascript:z) {{7*7}} #panic() *b* _i_ \x00 &amp; \u200b"
)


def hostile_case() -> Case:
    """A case with hostile text in every field that takes free text."""
    text = f"{NASTY} said that {NASTY} did it.\n\nIndicator {NASTY}"
    doc = document(NASTY, text, title=NASTY, published=NASTY, publisher=NASTY, marking=Tlp.AMBER)
    span = doc.span(0, len(NASTY))
    party = Party(span=span, canonical=NASTY)
    nasty_claim = Claim(
        id="claim-1",
        quote=doc.span(0, len(text.split(chr(10))[0])),
        source=Source(type=SourceType.GOVERNMENT, party=party, state="XX", body=NASTY, via=(span,)),
        stance=Stance.ACCUSES,
        accused=Accused(
            type=AccusedType.GROUP, level=Level.GROUP, party=party, state_said="XX", according_to=(NASTY,), category=NASTY
        ),
        act=span,
        deed=Deed(firmness=Firmness.HIGH, cue=span),
        tie=Tie(kind=TieKind.LINKED, to=NASTY, state=NASTY, words=span, cue=span),
        not_accused=party,
        incidents=(About(name=NASTY, id=NASTY),),
        grounds=(Ground(basis=Basis.TECHNICAL, cue=span),),
        date=NASTY,
        date_text=span,
        victims=(span,),
        sectors=(NASTY,),
        victim_countries=(NASTY,),
        cues=(NASTY,),
    )
    seen = sighting(
        0,
        1,
        NASTY,
        Stage.EXPLOIT,
        Outcome.SUCCESS,
        ("T1190", NASTY),
        cves=(NASTY,),
        file=NASTY,
        fields={NASTY: NASTY},
        rule=NASTY,
    )
    found = hunt()
    hypothesis = Hypothesis(id=NASTY, name=NASTY, level=Level.GROUP, according_to=(NASTY,))
    item = Evidence(id="e", kind=EvidenceKind.SAID, feature=NASTY, label=NASTY, origin=NASTY, traces=("claim-1",), note=NASTY)
    assessment = Assessment(
        kind=EvidenceKind.SAID,
        verdict=Verdict.NAMED,
        statement=NASTY,
        leaders=(NASTY,),
        levels=(Posterior(hypothesis=hypothesis, probability=0.9, prior=0.1),),
        weights=(Weight(evidence="e", hypothesis=NASTY, decibans=9.0),),
        decisive=("e",),
        missing=(NASTY,),
        telling=((NASTY, 1.0),),
        base_rates=(NASTY,),
        method=NASTY,
    )
    problem = Problem(where=NASTY, what=NASTY, hint=NASTY)
    return Case(
        name=NASTY,
        versions=Versions(indicia=NASTY, knowledge=((NASTY, NASTY),)),
        documents=(doc,),
        claims=(nasty_claim,),
        mentions=(
            Mention(id="m-1", kind=MentionKind.INDICATOR, value=NASTY, span=span, type=NASTY, reason=NASTY),
            Mention(id="m-2", kind=MentionKind.TECHNIQUE, value=NASTY, span=span),
            Mention(id="m-3", kind=MentionKind.VULNERABILITY, value=NASTY, span=span),
        ),
        affairs=(
            Affair(
                incident_id=NASTY,
                name=NASTY,
                rows=(AffairRow(source=NASTY, claims=("claim-1",), endorses=(NASTY,), denied_by=(NASTY,)),),
                first_detected=NASTY,
                first_private=NASTY,
                first_official=NASTY,
            ),
        ),
        hunt=Hunt(
            verdict=HuntVerdict.COMPROMISE,
            reason=NASTY,
            sightings=(seen,),
            chains=(
                Chain(
                    id="c",
                    host=NASTY,
                    start=seen.event.time,
                    end=seen.event.time,
                    stages=(Stage.EXPLOIT,),
                    sightings=(seen.id,),
                    keys=((NASTY, NASTY),),
                    summary=NASTY,
                ),
            ),
            files=(LogFile(file=NASTY, format=NASTY, events=1), *found.files[:1]),
            rules=(RuleRun(id=NASTY, title=NASTY, level=RuleLevel.LOW, skipped=NASTY),),
            problems=(problem,),
        ),
        weighing=Weighing(evidence=(item,), observed=assessment, said=assessment, agreement=NASTY),
        problems=(problem,),
    )


SMALL = """London said on 19 July 2021 that it was highly likely that China was behind the Exchange attack. The requests \
came from 198.51.100.23 and left web shells. Beijing denied it.
"""


def small_case() -> Case:
    """One text with an accusation and its denial, one technique, one address, one sighting: its outputs can be read."""
    doc = document("statement.txt", SMALL, title="A statement", published="2021-07-19", publisher="Example News")
    accuses = claim(
        doc,
        "London said",
        ("London", "United Kingdom", GOV, "GB"),
        Stance.ACCUSES,
        CHINA,
        "the Exchange attack",
        firmness=Firmness.HIGH,
        cue="highly likely",
        likelihood=Likelihood.VERY_LIKELY,
    )
    denies = claim(doc, "Beijing denied", ("Beijing", "China", GOV, "CN"), Stance.DENIES, None)
    mentions = (
        Mention(
            id=stable_id("mention", doc.id, "T1505.003"),
            kind=MentionKind.TECHNIQUE,
            value="T1505.003",
            target="T1505.003",
            span=find(doc, "left web shells"),
        ),
        Mention(
            id=stable_id("mention", doc.id, "198.51.100.23"),
            kind=MentionKind.INDICATOR,
            value="198.51.100.23",
            type="ipv4-addr",
            span=find(doc, "198.51.100.23"),
        ),
    )
    seen = hunt()
    shell = seen.sightings[3]
    chain = msgspec.structs.replace(
        seen.chains[0],
        start=shell.event.time,
        end=shell.event.time,
        stages=(shell.stage,),
        sightings=(shell.id,),
        keys=(),
        summary="one step",
    )
    found = msgspec.structs.replace(
        seen, sightings=(shell,), chains=(chain,), files=seen.files[1:2], rules=seen.rules[2:], problems=seen.problems[:1]
    )
    row = AffairRow(source="United Kingdom", claims=(accuses.id,))
    return Case(
        name="A small case",
        versions=VERSIONS,
        documents=(doc,),
        claims=(accuses, denies),
        mentions=mentions,
        affairs=(
            Affair(
                incident_id="exchange-2021",
                name="Microsoft Exchange hack",
                rows=(row, AffairRow(source="China", claims=(denies.id,))),
                shifts=(Shift(earlier=accuses.id, later=denies.id, kind="answers", note="denied on the same day"),),
                origins=2,
                first_official="2021-07-19",
            ),
        ),
        hunt=found,
        weighing=small_weighing(accuses, shell),
        problems=(
            Problem(where="old-memo.doc", what="the format is not known", severity=Severity.FAILED, hint="save it as PDF"),
        ),
        marking=Tlp.GREEN,
    )


def small_weighing(accuses: Claim, shell: Sighting) -> Weighing:
    china = Hypothesis(id="state:CN", name="China", level=Level.STATE, state="CN")
    observed = Evidence(
        id="evidence-1", kind=EvidenceKind.OBSERVED, feature="T1505.003", label="web shell", origin="logs", traces=(shell.id,)
    )
    said = Evidence(
        id="evidence-2",
        kind=EvidenceKind.SAID,
        feature="state:CN",
        label="the United Kingdom names China",
        origin="United Kingdom",
        traces=(accuses.id,),
        reliability="B",
        credibility=2,
    )
    return Weighing(
        evidence=(observed, said),
        observed=Assessment(
            kind=EvidenceKind.OBSERVED,
            verdict=Verdict.INSUFFICIENT,
            statement="What was observed does not tell who did it.",
            prior_only=True,
            missing=("malware that only one group uses",),
            base_rates=("T1505.003 fits 23 groups",),
        ),
        said=Assessment(
            kind=EvidenceKind.SAID,
            verdict=Verdict.NAMED,
            statement="According to those who spoke, it is very likely that China did it.",
            leaders=("state:CN",),
            likelihood=Likelihood.VERY_LIKELY,
            confidence=Confidence.MODERATE,
            levels=(Posterior(hypothesis=china, probability=0.8, prior=0.3),),
            weights=(Weight(evidence="evidence-2", hypothesis="state:CN", decibans=9.5),),
            decisive=("evidence-2",),
        ),
        agreement="What was said names an actor; what was observed neither supports nor contradicts it.",
    )


def keep(store: Store, case: Case, *, author: str, time: str, what: str) -> Changes:
    """Makes a case what the store holds, whatever it held, and says what that changed."""
    return store.merge(lambda _: case, author=author, time=time, what=what).changes
