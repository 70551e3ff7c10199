"""Parties in a sentence: noun phrases that can speak or be accused, with their kind, state and canonical name.

A sentence becomes a row of units: names stay whole, "China-linked" is one unit that knows China, everything else is a word. A
small
greedy grammar over units finds noun phrases: determiners, modifiers, a head that the lexicon or the names know, and what
follows it
("of the ministry", "working for Beijing", a person's name after a title).
"""

from __future__ import annotations

from indicia.read.claims.known.names import Name
from indicia.read.claims.parse.ahead import group_ahead, head_ahead, is_capital, is_part, kinds_of, opens_name
from indicia.read.claims.parse.following import after_head
from indicia.read.claims.parse.party import Party
from indicia.read.claims.parse.units import DETERMINERS, FIRM_TIES, HEDGED_TIES, MODIFIERS, PRONOUNS, TITLES, Unit, is_verb
from indicia.read.claims.words.lexicon import FUNCTION, Lexicon, lexicon
from indicia.read.claims.words.wordsets import word_set

__all__ = ["parties"]


_ORG_WORDS = word_set("parties.org_words")
_MONTHS = word_set("grammar.months")
_NOT_NAMES = _MONTHS | word_set("parties.not_names")

_DOING = frozenset({"hacking", "spying", "phishing"})  # before a name these are verbs
_VERBAL = frozenset({"sanctioned", "blacklisted", "suspected", "wanted", "retired"})
_JOINING = ("agency", "vendor", "actor", "union")
_TRACKED = frozenset("group groups actor actors cluster clusters gang gangs crew crews hackers operators intruders".split())


_COUNTED = frozenset("dozens hundreds some several many both one two three four five six seven eight nine ten most all".split())
_ONE = ("a", "an", "one", "another")
_ADJECTIVES = ("ian", "ean", "ern", "ese", "ish", "rican")


def _goes_on(row: list[Unit], run: int, lex: Lexicon) -> bool:
    """Whether an ordinary noun follows, so that the capitals before it are an adjective."""
    after = row[run]
    return after.kind == "word" and after.text.islower() and after.low not in FUNCTION and not is_verb(row, run, lex)


def parties(text: str, row: list[Unit]) -> list[Party]:
    """All parties of a sentence, in order and not overlapping."""
    lex = lexicon()
    upper = sum(1 for u in row if u.kind == "word" and u.text[0].isupper())
    lower = sum(1 for u in row if u.kind == "word" and u.text[0].islower() and u.low not in FUNCTION)
    shouting = upper > 3 and upper > 3 * lower  # a headline in title case: capitals tell nothing
    out: list[Party] = []
    i = 0
    while i < len(row):
        party = _phrase(text, row, i, lex, shouting)
        if party is not None:
            out.append(party)
            i = party.last
        else:
            i += 1
    return out


def _phrase(text: str, row: list[Unit], i: int, lex: Lexicon, shouting: bool, depth: int = 0) -> Party | None:
    """The party that begins at unit i, or None."""
    unit = row[i]
    n = len(row)
    if unit.low in ("that", "no", "any", "whose") and unit.kind == "word" or is_verb(row, i, lex):
        return None
    if unit.low in _MONTHS:
        return None
    if unit.low == "certain" and i + 1 < n and (row[i + 1].kind == "name" or is_capital(row[i + 1])):
        return None  # "it is almost certain Russia did it"
    if unit.low in PRONOUNS and unit.kind == "word":
        if unit.text == "IT":
            return None
        return Party(i, i + 1, unit.start, unit.end, ("pronoun",), unit.low, None, None, None, unit.end)
    k = i
    definite = False
    while (
        k < n
        and row[k].kind in ("word", "number")
        and (
            row[k].low in DETERMINERS
            or (
                row[k].kind == "number"
                and row[k].text.isdigit()
                and len(row[k].text) < 6
                and row[k].text[:2] not in ("19", "20")
            )
        )
        and k - i < 4
    ):
        definite = definite or row[k].low in ("the", "this", "that", "these", "those", "same")
        k += 1
        if k < n and row[k - 1].low in _COUNTED and row[k].low == "of":
            k += 1
    best = -1  # last unit of the best head so far
    head_kinds: tuple[str, ...] = ()
    head = ""
    head_name: Name | None = None
    owner: Name | None = None
    state: str | None = None
    tie: tuple[int, int] | None = None
    hostile = False
    person_name: str | None = None
    proper = False
    fallback: tuple[int, tuple[str, ...], str, Name] | None = None
    j = k
    gap = 0
    while j < n and j - k < 14:
        u = row[j]
        if u.kind == "name":
            assert u.name is not None
            name = u.name
            possessive = j + 1 < n and row[j + 1].kind == "possessive"
            if name.kind == "demonym":
                following = row[j + 1].low if j + 1 < n else ""
                bare = j + 1 >= n or row[j + 1].kind == "mark" or following in FUNCTION or is_verb(row, j + 1, lex)
                if name.state and state is None:
                    state = name.state
                if owner is None:
                    owner = name
                plural_people = u.text.endswith("s") and u.text != "Swiss"
                bare = bare or plural_people or following.endswith(("n't", "ed"))
                people = plural_people or u.text.endswith(("ese", "sh", "ch")) or u.text == "Swiss"
                if bare and people and best < 0 and (plural_people or definite):
                    best, head_kinds, head, head_name = j, ("state",), u.low, name
                elif bare and best < 0 and j == k and k > i and row[k - 1].low in _ONE and not following.endswith("ing"):
                    best, head_kinds, head = j, ("person",), "national"  # "two Israelis and an American"
                j += 1
                gap = 0
                continue
            joins = best >= 0 and gap == 0 and head_name is None and not possessive and name.kind in _JOINING
            joins = joins and (name.kind == "actor" or head not in _TRACKED)  # "the groups Microsoft tracks as"
            # "security service PST", "the group Sandworm"
            if joins and row[best].end + 1 >= u.start and "person" not in head_kinds[:1]:
                head_name = name
                best = j
                if name.kind == "actor":
                    head_kinds = ("actor", *head_kinds)
                    hostile = True
                elif name.kind == "agency" and "agency" not in head_kinds:
                    head_kinds = (*head_kinds, "agency")
                state = state or name.state
                j += 1
                continue
            if name.kind == "malware":
                if best >= 0 or j > k or possessive:
                    break
                return Party(i, j + 1, row[i].start, u.end, ("malware",), u.low, name, None, None, u.end)
            if (
                best == j - 1
                and head_name is not None
                and head_name.kind == name.kind == "agency"
                and row[best].end + 1 == u.start
            ):
                best = j  # "Foreign Secretary" and a known holder of the office
                j += 1
                continue
            if (
                best == j - 1
                and head_name is not None
                and head_name.kind == "state"
                and name.kind == "agency"
                and name.state == head_name.state
                and row[best].end + 1 == u.start
            ):
                best, head_kinds, head, head_name = j, ("agency",), u.low, name  # "the US Secret Service"
                owner = name
                j += 1
                continue
            if best >= 0 and not possessive:
                break
            if possessive:
                owner = name if owner is None or name.kind != "demonym" else owner
                state = state or name.state
                if best < 0:
                    fallback = (j, (name.kind,), u.low, name)
                j += 2
                gap = 0
                # what follows the possessive decides; without a head the name itself stays the party
                if j < n and row[j].kind in ("name", "linked"):
                    continue
                if (
                    j < n
                    and is_capital(row[j])
                    and row[j].low not in FUNCTION
                    and row[j].low not in _NOT_NAMES
                    and row[j].low not in lex.acts
                ):
                    continue
                if not head_ahead(row, j, lex):
                    break
                continue
            best, head_kinds, head, head_name = j, (name.kind,), u.low, name
            state = state or name.state
            if owner is None and name.kind in ("state", "capital", "agency", "vendor", "union", "media"):
                owner = name
            hostile = hostile or name.kind == "actor"
            j += 1
            gap = 0
            continue
        if u.kind == "linked":
            assert u.name is not None
            if best >= 0:
                break
            state = state or u.name.state
            owner = owner or u.name
            if u.suffix in HEDGED_TIES:
                tie = (u.end - len(u.suffix), u.end)
                hostile = True
            elif u.suffix in FIRM_TIES:
                hostile = True
            j += 1
            gap = 0
            continue
        if u.kind == "possessive":
            if best == j - 1 and best >= 0 and head_ahead(row, j + 1, lex):
                if owner is None and head_name is not None:
                    owner = head_name
                j += 1
                continue
            break
        if u.kind == "number" and u.low.endswith("-year-old") and best < 0:
            if head_ahead(row, j + 1, lex):
                j += 1
                continue
            best, head, head_kinds = j, "person", ("person",)
            j += 1
            break
        if u.kind != "word":
            if u.kind == "number" and j > k and row[j - 1].low in ("unit", "apt", "room", "bureau", "department"):
                best = max(best, j)
                j += 1
                continue
            break
        low = u.low
        kinds = kinds_of(low, lex)
        if low in FUNCTION and not (is_capital(u) and shouting and kinds):
            break
        if kinds is not None and low not in ("team", "back") or kinds is not None:
            verb = low in lex.verbs and is_verb(row, j, lex)
            if verb:
                break
            if (
                (kinds[0] in ("agency", "media", "place") or low == "national")
                and best < 0
                and j + 1 < n
                and is_part(row[j + 1], lex)
            ):
                j += 1
                continue  # "managed service providers", "radio towers"
            best, head = j, low
            if head_name is not None and head_name.kind in ("state", "capital", "agency", "vendor", "union", "media", "actor"):
                owner = owner if owner is not None else head_name
                if head_name.kind == "actor":
                    kinds = ("actor", *kinds)
                    hostile = True
                else:
                    head_name = None
            head_kinds = kinds
            j += 1
            gap = 0
            continue
        if low in lex.modifiers:
            if low in _DOING and not group_ahead(row, j + 1, lex):
                break  # "isn't hacking France"
            hostile = True
            if low in ("suspected", "alleged") and tie is None:
                tie = (u.start, u.end)
            if best >= 0 and not head_ahead(row, j, lex):
                break
            j += 1
            continue
        if best >= 0 and j == best + 1 and low in _VERBAL and low in MODIFIERS and head_name is not None:
            break  # "Treasury sanctioned"
        if low in MODIFIERS and not (
            is_capital(u)
            and j + 1 < n
            and is_capital(row[j + 1])
            and j > 0
            and not shouting
            and row[j + 1].low not in lex.heads
        ):
            if best >= 0 and not head_ahead(row, j, lex):
                break
            j += 1
            continue
        if is_verb(row, j, lex):
            break
        if is_capital(u) and low not in _NOT_NAMES and not (j == 0 and not opens_name(row, j, lex)):
            if shouting and low in lex.acts:
                break
            run = j
            while (
                run < n
                and is_capital(row[run])
                and row[run].low not in _NOT_NAMES
                and row[run].low not in lex.heads
                and row[run].low not in FUNCTION
            ):
                run += 1
            size = run - j
            last_low = row[run - 1].low
            if best < 0 and run < n and last_low.endswith(_ADJECTIVES) and _goes_on(row, run, lex):
                j = run  # "Southeast Asian ministries"
                continue
            if (
                best >= 0
                and row[best].low.split()[-1] in TITLES  # also "Foreign Secretary", which is a known name
                or (best >= 0 and head_kinds and head_kinds[0] in ("gov_person", "person_speaker", "person"))
            ):
                person_name = text[u.start : row[run - 1].end]
                best = run - 1
                j = run
                continue
            if best >= 0:
                if (
                    row[best].kind == "name"
                    and head_name is not None
                    and head_name.kind in ("vendor", "media")
                    and last_low in _ORG_WORDS
                ):
                    best = run - 1
                    j = run
                    continue
                break
            if run < n and row[run].kind == "word" and row[run].low in lex.heads and not is_verb(row, run, lex):
                proper = proper or not last_low.endswith(_ADJECTIVES)
                j = run  # "Chosun Expo group", "Harbin police"
                continue
            if shouting:
                break
            organisation = last_low in _ORG_WORDS or (run < n and row[run].low in _ORG_WORDS)
            best = run - 1
            head = last_low
            person_like = 2 <= size <= 4 and not organisation and not any(c.isdigit() for c in text[u.start : row[run - 1].end])
            head_kinds = (
                ("organisation",)
                if organisation
                else ("named_person", "unknown_name")
                if person_like and k == i
                else ("unknown_name",)
            )
            if person_like:
                person_name = text[u.start : row[run - 1].end]
            j = run
            gap = 0
            continue
        # an ordinary word: allowed inside the phrase if a head comes soon
        if best >= 0 or gap >= 2 or (j == i and low.endswith(("ing", "ed"))) or not head_ahead(row, j, lex):
            break
        gap += 1
        j += 1
    if best < 0:
        if fallback is None:
            return None
        best, head_kinds, head, head_name = fallback
        if head_name.kind == "actor":
            hostile = True
    last = best + 1
    core_end = row[best].end
    result_kinds = head_kinds
    # post-modifiers
    if depth < 3:
        follow = after_head(row, last, lex, result_kinds, owner, lambda k: _phrase(text, row, k, lex, shouting, depth + 1))
        if follow is not None:
            last, post_owner, post_tie = follow
            if post_owner is not None:
                if state is None or post_owner.kind in ("state", "capital", "agency", "demonym") and owner is None:
                    state = state or post_owner.state
                owner = owner or post_owner
            tie = tie or post_tie
            if post_tie is not None:
                hostile = True
    plural = head.endswith("s") and not head.endswith("ss")
    return Party(
        i,
        last,
        row[i].start,
        row[last - 1].end,
        result_kinds,
        head,
        head_name,
        owner,
        state,
        core_end,
        tie,
        plural,
        hostile,
        person_name,
        definite,
        proper and result_kinds[0] in ("group", "criminal"),
    )
