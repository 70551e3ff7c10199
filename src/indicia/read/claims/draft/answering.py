"""Answers to an accusation: denying and endorsing it."""

from __future__ import annotations

from collections.abc import Iterator

from indicia.read.claims.draft.draft import ANSWERED, Draft
from indicia.read.claims.draft.speech import NOMINALS, Speech, speaker_of
from indicia.read.claims.draft.suspects import OFTEN_ACCUSED, can_be_accused, can_speak, suspect
from indicia.read.claims.parse.clauses import act_words, clause_end, group_start, trim_units
from indicia.read.claims.parse.grammar import Sentence, Verb, coordinated, subject
from indicia.read.claims.parse.party import Party
from indicia.read.claims.words.lexicon import lexicon
from indicia.read.claims.words.wordsets import word_set
from indicia.records import Stance

__all__ = ["deny", "endorse", "general_denials", "support"]

_HOLDING = frozenset({"call", "hold", "point"})  # "joins Wellington in calling out X", "in holding X responsible"
_SILENT = word_set("rules.silent")
_PART = word_set("rules.no_part") | {"anything", "charges", "accusations", "allegations", "wrongdoing"}
_SUPPORT = word_set("rules.support")


def deny(sentence: Sentence, verb: Verb, said: list[Speech]) -> Iterator[Draft]:
    row, parties = sentence.row, sentence.parties
    n = len(row)
    if (
        verb.passive
        or verb.negated
        or verb.lemma in ("decry", "protest", "ridicule", "scorn", "scoff")
        and not _nominal_ahead(sentence, verb.at)
    ):
        return
    if any(row[j].low in ("claim", "claims") and row[j + 1].low == "to" for j in range(verb.at + 1, min(n - 1, verb.at + 6))):
        return  # "rejects China's claim to the islands"
    who, _, how = subject(sentence, verb.first)
    who = [w for w in who if can_speak(parties[w]) or parties[w].kinds[0] == "person"]
    if not who:
        nxt = verb.at + 1
        if nxt < n and sentence.at[nxt] >= 0 and verb.first > 0 and row[verb.first - 1].low in (",", "”", '"'):
            who = [sentence.at[nxt]]
    sources = tuple(who) or speaker_of(sentence, said, verb.at)
    if sources == (-1,):
        return
    window = range(verb.at + 1, min(n, verb.at + 30))
    act = trim_units(sentence, verb.at + 1, clause_end(sentence, verb.at + 1))
    # whom does it clear? a party that is accusable in a "that" clause or after "by"/"against"
    accused = -1
    accuser: list[int] = []
    for k in window:
        index = sentence.at[k]
        if index < 0 or index in who:
            continue
        party = parties[index]
        if party.first != k:
            continue
        if (
            k + 0 < n
            and party.last < n
            and row[party.last].low == "'s"
            and any(u.low in NOMINALS for u in row[party.last + 1 : party.last + 4])
        ):
            accuser.append(index)
            continue
        if row[party.first - 1].low in ("by", "from") and any(
            u.low in NOMINALS for u in row[max(0, party.first - 4) : party.first]
        ):
            accuser = coordinated(sentence.row, parties, sentence.at, index, back=False)
            continue
        if party.kinds[0] == "pronoun" and party.head in ("it", "they", "he", "she"):
            break
        if can_be_accused(party) and suspect(party) and index not in accuser:
            if (
                row[k - 1].low in ("in", "on", "at", "of", "with")
                and row[k - 1].low != "of"
                and party.kinds[0] in ("state", "capital")
            ):
                continue
            accused = index
            break
    for s in sources:
        if s < 0:
            continue
        speaker = parties[s]
        if (
            accused >= 0
            and speaker.state is not None
            and parties[accused].state == speaker.state
            or accused >= 0
            and speaker.kinds[0] == "pronoun"
        ):
            yield Draft(Stance.DENIES, s, accused, act, verb.at, "deny")
        elif (
            accused >= 0
            and speaker.kinds[0] in ("actor", "criminal", "group", "person", "named_person")
            or (
                accused >= 0
                and _nominal_ahead(sentence, verb.at)
                and speaker.state is not None
                and parties[accused].state != speaker.state
                and not accuser
            )
        ):
            yield Draft(Stance.DENIES, s, s, act, verb.at, "deny-self", self_reference=True)
        elif (
            accused >= 0
            and speaker.state is not None
            and parties[accused].state not in (None, speaker.state)
            and "that" in (u.low for u in row[verb.at + 1 : verb.at + 3])
            or accused >= 0
            and speaker.state is None
            and parties[accused].kinds[0] == "actor"
            and speaker.kinds[0] in ("vendor", "company", "union", "intl", "gov_body", "organisation", "unknown_name")
            and "that" in (u.low for u in row[verb.at + 1 : verb.at + 3])
        ):
            yield Draft(Stance.QUESTIONS, s, accused, act, verb.at, "deny-other")
        else:
            floor = ANSWERED if accused < 0 and _plainly(sentence, verb, speaker) else None
            yield Draft(Stance.DENIES, s, s, act, verb.at, "deny-self", self_reference=True, floor=floor)
        for a in accuser:
            if can_speak(parties[a]):
                yield Draft(
                    Stance.ACCUSES,
                    a,
                    s if accused < 0 else accused,
                    act,
                    verb.at,
                    "denied-accusation",
                )


def _plainly(sentence: Sentence, verb: Verb, speaker: Party) -> bool:
    """Whether what is denied is plainly a part in it ("any role"), or an accusation by who speaks for a state."""
    after = [unit.low for unit in sentence.row[verb.at + 1 : verb.at + 6]]
    end = clause_end(sentence, verb.at + 1)
    rest = [unit.low for unit in sentence.row[verb.at + 4 : end]]
    told = act_words(sentence, verb.at + 1, end) or not rest or rest[0] in ("it", "this", "that") or rest[-1] in ("it", "them")
    if (
        told
        and verb.lemma in ("deny", "reject", "dismiss")
        and after[:1] in (["any"], ["all"], ["having"])
        and any(w in _PART for w in after)
    ):
        return True
    office = speaker.kinds[0] in ("gov_person", "gov_body", "agency", "state", "capital")
    return office and any(word in ("accusation", "accusations", "allegation", "allegations") for word in after[:3])


def _nominal_ahead(sentence: Sentence, i: int) -> bool:
    return any(
        u.low in NOMINALS or u.low in ("involvement", "role", "report", "reports", "part") for u in sentence.row[i + 1 : i + 14]
    )


def endorse(sentence: Sentence, verb: Verb, said: list[Speech]) -> Iterator[Draft]:
    row, parties = sentence.row, sentence.parties
    n = len(row)
    if verb.negated or verb.passive:
        return
    end = min(n, verb.at + 30)
    finding = next(
        (
            k
            for k in range(verb.at + 1, min(n, verb.at + 12))
            if row[k].low in lexicon().findings or row[k].low in ("solidarity", "support")
        ),
        -1,
    )
    joining = verb.lemma in (
        "join",
        "align",
        "associate",
        "side",
        "stand",
        "echo",
        "second",
        "back",
        "support",
        "sign",
        "cosign",
        "co-sign",
    )
    blaming = next(
        (
            v
            for v in sentence.verbs
            if verb.at < v.at <= verb.at + 10 and v.form == "ing" and (v.classes & {"accuse", "link"} or v.lemma in _HOLDING)
        ),
        None,
    )
    if finding < 0 and not (joining and blaming):
        return
    who, _, _ = subject(sentence, verb.first)
    who = [w for w in who if can_speak(parties[w])]
    sources = tuple(who) or speaker_of(sentence, said, verb.at)
    begin = (blaming.at if blaming else finding) + 1
    accused = -1
    for k in range(begin, end):
        index = sentence.at[k]
        if index >= 0 and index not in who and can_be_accused(parties[index]) and parties[index].first == k:
            party = parties[index]
            if party.kinds[0] in ("actor", "agency", "group", "criminal") or party.hostile:
                accused = index
                break
            if (
                accused < 0
                and party.kinds[0] in ("state", "capital")
                and row[k - 1].low not in ("in", "by", "from", "with", "of")
            ):
                accused = index
                break
    if accused < 0:
        return
    for s in sources:
        if s >= 0:
            yield Draft(
                Stance.ENDORSES,
                s,
                accused,
                trim_units(sentence, parties[accused].last, clause_end(sentence, parties[accused].last)),
                verb.at,
                "endorse",
            )


def support(sentence: Sentence, said: list[Speech]) -> Iterator[Draft]:
    """ "expressed support for the finding that", "stands with Prague", "shares the view", "put its name to", "made the same
    finding"."""
    row, parties, at = sentence.row, sentence.parties, sentence.at
    n = len(row)
    for k in range(n):
        if at[k] >= 0:
            continue
        low = row[k].low
        noun = low in _SUPPORT and any(
            row[j].low
            in (
                "express",
                "expressed",
                "expresses",
                "declare",
                "declared",
                "declares",
                "voiced",
                "offered",
                "lent",
                "gave",
                "pledged",
                "reiterated",
                "threw",
                "stated",
                "in",
                "full",
                "its",
                "tweeted",
                "announced",
                "stands",
                "with",
            )
            for j in range(max(0, k - 4), k)
        )
        stand = (
            low
            in (
                "stands",
                "stand",
                "stood",
                "standing",
                "sides",
                "sided",
                "siding",
                "side",
                "agreed",
                "agrees",
                "agree",
                "concurred",
                "concurs",
                "aligned",
                "aligns",
                "align",
                "associates",
                "associate",
                "associated",
                "joins",
                "joined",
                "join",
            )
            and k + 1 < n
            and any(
                row[j].low in ("with", "by", "to") or row[j].low in ("itself", "themselves")
                for j in range(k + 1, min(n, k + 4))
            )
        )
        same = (
            low in ("same", "identical", "similar")
            and k + 1 < n
            and row[k + 1].low
            in (
                "finding",
                "conclusion",
                "conclusions",
                "findings",
                "assessment",
                "view",
                "judgement",
                "judgment",
                "attribution",
                "verdict",
            )
        )
        name = low in ("name", "names", "signature", "signatures", "weight", "voice", "voices") and any(
            row[j].low in ("put", "puts", "added", "lent", "adds", "putting") for j in range(max(0, k - 4), k)
        )
        if not (noun or stand or same or name):
            continue
        start = group_start(sentence, k)
        for v in reversed(sentence.verbs):
            if v.at < k and k - v.at < 5:
                start = v.first
                break
        else:
            while start > 0 and at[start - 1] < 0 and row[start - 1].low not in (",", "and", "that") and k - start < 4:
                start -= 1
        who, _, _ = subject(sentence, start)
        who = [w for w in who if can_speak(parties[w])]
        accused = -1
        for j in range(k + 1, min(n, k + 40)):
            index = at[j]
            if index >= 0 and parties[index].first == j and index not in who and can_be_accused(parties[index]):
                party = parties[index]
                if suspect(party) and party.kinds[0] not in ("state", "capital"):
                    accused = index
                    break
                if (
                    accused < 0
                    and party.kinds[0] in ("state", "capital")
                    and (
                        row[j - 1].low in ("on", "that", "to", "blame", "blaming", "accusing", "against", "naming")
                        or row[j - 1].low == "of"
                        and row[j - 2].low == "condemnation"
                    )
                    and j > k + 2
                ):
                    accused = index
        if accused >= 0:
            for s in who:
                yield Draft(
                    Stance.ENDORSES,
                    s,
                    accused,
                    trim_units(sentence, parties[accused].last, clause_end(sentence, parties[accused].last)),
                    k,
                    "support",
                )


def _may_clear_itself(party: Party) -> bool:
    """Whether a general "we never do such things" of this speaker is a denial: one who is often accused, an actor, a
    company."""
    if party.kinds[0] in ("actor", "criminal", "vendor", "named_person", "unknown_name", "pronoun", "organisation"):
        return True
    return party.state in OFTEN_ACCUSED


def general_denials(sentence: Sentence, said: list[Speech]) -> Iterator[Draft]:
    """ "X said it has never ...", “We do not ...”, "China opposes all forms of": a speaker clears itself without a verb of
    denying."""
    row, parties, at = sentence.row, sentence.parties, sentence.at
    for speech in said:
        if not any(_may_clear_itself(parties[k]) for k in speech.speakers):
            continue
        for k in range(speech.lo, min(speech.hi, len(row))):
            low = row[k].low
            if low in ("never", "not", "no", "nothing", "neither", "nor", "opposes", "oppose", "opposed") or low.endswith(
                "n't"
            ):
                before = [row[j].low for j in (*range(max(0, k - 5), k), *range(k + 1, min(k + 3, speech.hi, len(row))))]
                if any(row[j].low in _SILENT for j in range(k + 1, min(k + 4, len(row)))) or row[k - 1].low in _SILENT:
                    continue  # "would say no more"
                own = any(w in ("it", "we", "they", "he", "she", "our", "its", "their", "i") for w in before)
                state = any(
                    at[j] >= 0
                    and any(
                        parties[at[j]].state is not None and parties[at[j]].state == parties[s].state for s in speech.speakers
                    )
                    for j in range(max(0, k - 5), k)
                )
                if own or state:
                    for s in speech.speakers:
                        yield Draft(
                            Stance.DENIES,
                            s,
                            s,
                            trim_units(sentence, k + 1, clause_end(sentence, k + 1)),
                            k,
                            "general-denial",
                            self_reference=True,
                            lenient=True,
                        )
                    break
