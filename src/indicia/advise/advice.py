"""All the advice on a case: each kind of measure asked, and what they give put in order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, islice

import msgspec

from indicia.advise import hunts, patches, prevention, response, seeing, words
from indicia.advise.facts import Facts, Knows
from indicia.advise.kinds import ALWAYS, kinds_of, platforms_of, products_of, tells_an_attack, texts_of, with_places
from indicia.advise.needs import ACCUSING, Need, incidents_of, needs_of
from indicia.advise.order import FIRST, NEVER, Precedence, ordered
from indicia.advise.words import listed
from indicia.affairs.main import main_affair
from indicia.records import Advice, Case, Context, CoverageStep, Measure, MentionKind, Rank, RuleText

# The advice in one paragraph, for those who decide.
FEW = 5


def paragraph(
    needs: Sequence[Need],
    measures: Sequence[Measure],
    curve: Sequence[CoverageStep],
    base: float,
    gaps: Sequence[str],
    compromised: bool,
    odd: Sequence[str],
    kinds: Sequence[str] = (),
    organisations: Sequence[str] = (),
) -> str:
    """What the case calls for (`kinds` of attack by name), what a few measures bring, what stays open. `base` is the share
    covered already, in [0, 1]; `organisations` say what we are."""
    if not needs:
        text = "No techniques and no flaws were found, so there is nothing specific to advise"
        if measures:
            text += f" beyond what is due in every case{f' and what {listed(kinds)} call for' if kinds else ''}"
        return _with_odd(f"{text}; give texts that describe the attack, or logs.", odd)
    known = [need.id for need in needs if need.rank is Rank.KNOWN]
    told = [need for need in needs if need.rank is not Rank.KNOWN]
    flaws = sum(need.is_flaw for need in told)
    counts = [(rank, sum(need.rank is rank for need in told)) for rank in Rank]
    parts = []
    if told:
        called = [_many(count, word) for count, word in ((len(told) - flaws, "technique"), (flaws, "flaw")) if count]
        parts.append(
            f"{' and '.join(called)} {'call' if len(told) > 1 else 'calls'} for action "
            f"({', '.join(f'{count} {rank.value}' for rank, count in counts if count)})."
        )
    if known:
        parts.append(
            f"Not stated in the texts, but known about this affair from our table: {_many(len(known), 'flaw')} "
            f"({', '.join(sorted(known)[:FEW])})."
        )
    if compromised:
        parts.insert(
            0, "A compromise was seen: contain it first, in the order given, and preserve the evidence before any change."
        )
    if organisations:
        parts.append(f"The order is that for {listed(organisations)}.")
    if base:
        parts.append(f"What is in place covers {_percent(base)} of their weight.")
    if curve:
        few = curve[:FEW]
        by_id = {one.id: one for one in measures}
        names = [by_id[step.measure].title for step in few]
        more = (
            f"{len(few)} more measures bring"
            if base and len(few) > 1
            else f"{_many(len(few), 'measure')} {'bring' if len(few) > 1 else 'brings'}"
        )
        parts.append(f"{more} the coverage to {_percent(few[-1].covered)}: {'; '.join(names)}.")
        decide = [ours.manage for step in few if (ours := words.measures().get(_mitigation(by_id[step.measure])))]
        if decide:
            parts.append(f"To decide: {' '.join(decide[:3])}")
    if gaps:
        parts.append(f"{_many(len(gaps), 'gap')} {'stay open and are' if len(gaps) > 1 else 'stays open and is'} listed.")
    return _with_odd(" ".join(parts), odd)


def _mitigation(measure: Measure) -> str:
    return measure.source.removeprefix("ATT&CK ").removeprefix("Indicia ").split(" ")[0]


def _percent(share: float) -> str:
    return f"{share * 100:.0f}%"


def _with_odd(text: str, odd: Sequence[str]) -> str:
    return f"{text} Not understood in the profile: {', '.join(odd)}." if odd else text


def _many(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"


# What tells an attack where no technique does.
LEFT_BEHIND = frozenset({MentionKind.INDICATOR, MentionKind.SOFTWARE, MentionKind.ACTOR})


def advise(
    case: Case,
    knowledge: Knows,
    *,
    have: Iterable[str] | None = None,
    platforms: Iterable[str] = (),
    rules: Mapping[str, str] | None = None,
) -> Advice:
    """Measures for a case in the order in which to take them.

    Containment first when a compromise was sighted, then patches, mitigations and logs by what each adds, then hunts and
    detections by the weight of their technique, then reporting duties. `have` are words of a profile (`known_words()`; None:
    those that the case keeps); what they put in place is marked and counted as covered. `platforms` (ATT&CK's words) narrow the
    log sources; not given, they are inferred where the case tells. `rules` maps the name of a Sigma rule file to its text
    (None: the rules that come with the program and those that the case keeps); those that fit the case become queries to run
    now. Pure: same case and knowledge, same advice. Words of `have` that say what the organisation is (`small`, `energy`) add
    what it needs, and put off what it cannot do soon.
    """
    facts = Facts(knowledge)
    needs, unknown = needs_of(case, facts)
    given = tuple(case.have if have is None else have)
    present, odd = words.in_place(given)
    ours = words.organisations_given(given)
    incidents = [facts.incidents[key] for key, _ in incidents_of(case, main_affair(case)) if key in facts.incidents]
    texts = texts_of(case)
    kinds, whole = kinds_of(texts, needs), _whole(case, needs)
    on = frozenset(platforms) or with_places(platforms_of(case, texts, needs, facts), kinds)
    if rules is None:
        rules = hunts.packed() | {rule.name: rule.text for rule in case.rules}
    fitting = hunts.fitting(rules, needs)
    if case.documents:  # who gives ids alone tells no products
        fitting = hunts.in_place(fitting, on, (*texts, *products_of(needs, facts), *_formats(case)))
    candidates = [
        *patches.patches(needs, facts, incidents, _seen_with(case, facts)),
        *prevention.prevention(needs, facts, (*kinds, *ours), on, whole),
        *seeing.switches(needs, facts, on | ALWAYS, kinds, whole),
    ]
    candidates = [msgspec.structs.replace(one, in_place=True) if one.id in present else one for one in candidates]
    main, curve, base = ordered(
        candidates,
        needs,
        prevention.breadth(facts),
        Precedence(
            few=_first(case, needs),
            lead=prevention.lead(kinds),
            kind=prevention.called_for((*ours, *kinds)),
            particular=frozenset(prevention.ids_of(words.own())),
            after=prevention.put_after(kinds, on),
            then=prevention.ids_of(words.floor().then),
            late=min((one.late for one in ours if one.late), default=NEVER),
            floor=prevention.ids_of(words.floor().every),
        ),
    )
    main = prevention.with_specifics(main)
    gaps = _gaps(needs, unknown, facts)
    contain = response.containment(case)
    measures: tuple[Measure, ...] = (
        *contain,
        *main,
        *hunts.queries(fitting, needs),
        *seeing.detections(needs, facts, on | ALWAYS, hunts.rules_by_technique(fitting)),
        *response.reporting(case),
    )
    return Advice(
        measures=measures,
        curve=curve,
        gaps=gaps,
        summary=paragraph(
            needs, main, curve, base, gaps, bool(contain), odd, [kind.name for kind in kinds], [one.name for one in ours]
        ),
    )


def fitting_rules(case: Case, knowledge: Knows, rules: Mapping[str, str]) -> tuple[RuleText, ...]:
    """Those of `rules` (name of the file -> text) that fit what a case calls for, to be kept in it."""
    needs, _ = needs_of(case, Facts(knowledge))
    return tuple(RuleText(name=rule.file, text=rule.text) for rule in hunts.fitting(rules, needs))


def _first(case: Case, needs: Iterable[Need]) -> int:
    """How many measures of this case alone come first. Sightings, and ids that a person gave, tell them; what is read from a
    text does not: advisories ask for what is due in every case before they ask for what is particular."""
    return FIRST if not case.documents or any(need.rank is Rank.SEEN for need in needs) else 0


def _whole(case: Case, needs: Sequence[Need]) -> tuple[str, ...]:
    """What speaks for the case as a whole: its heaviest needs, else accusations on the main affair, and software, actors and
    indicators that were found, and texts that speak of an attack in general. Empty where none is told."""
    if needs:
        return tuple(reason for need in needs[:6] for reason in need.reasons[:2])
    accused = (claim.id for claim in main_affair(case).on if claim.stance in ACCUSING)
    left = (one.id for one in case.mentions if one.kind in LEFT_BEHIND and one.context is Context.STATED)
    telling = (document.id for document in case.documents if tells_an_attack(document.text))
    return tuple(islice(chain(accused, left, telling), 6))


def _formats(case: Case) -> list[str]:
    """The formats of its logs that show something."""
    return sorted({one.event.format for one in case.hunt.sightings}) if case.hunt else []


def _seen_with(case: Case, facts: Facts) -> dict[str, tuple[str, ...]]:
    """For each flaw, the techniques of the sightings that name it."""
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for sighting in case.hunt.sightings if case.hunt else ():
        rows = [row.id for value in sighting.techniques if (row := facts.technique(value))]
        for cve in sighting.vulnerabilities:
            found[cve.upper()].update(dict.fromkeys(rows))
    return {cve: tuple(rows) for cve, rows in found.items()}


def _gaps(needs: Iterable[Need], unknown: Iterable[str], facts: Facts) -> tuple[str, ...]:
    """What nothing covers, said plainly: no mitigation, no detection, no patch, or no such technique."""
    gaps = []
    for need in needs:
        if need.is_flaw:
            if need.id not in facts.kev:
                gaps.append(f"{need.id}: not in CISA's catalogue of exploited vulnerabilities; no patch is known here")
            continue
        mitigations = {row.id for row in facts.by_technique.get(need.id, ())}
        seen = bool(facts.detections.get(need.id))
        if not mitigations - prevention.NO_PREVENTION:
            why = "happens outside our network" if "M1056" in mitigations else "no mitigation"
            gaps.append(f"{need.id} {need.name}: {why}{'' if seen else ', no detection'} in ATT&CK {facts.version}")
        elif not seen:
            gaps.append(f"{need.id} {need.name}: no detection in ATT&CK {facts.version}")
    gaps += [f"{value}: ATT&CK {facts.version} knows no such technique" for value in unknown]
    return tuple(gaps)
