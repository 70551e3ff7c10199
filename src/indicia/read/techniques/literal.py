"""Techniques that a text names outright: ids (`T1505.003`) and ATT&CK's own technique names, exactly as ATT&CK writes them.

Whether the sentence states, denies or recommends is another module's question: every mention here has the context `stated`.
"""

from __future__ import annotations

import re
from functools import lru_cache

from ahocorasick_rs import AhoCorasick, MatchKind

from indicia.knowledge import Knowledge
from indicia.knowledge.attack import Attack
from indicia.read.text.mentioning import mention
from indicia.records import BlockKind, Candidate, Document, Mention, MentionKind

_ID = re.compile(r"(?<![A-Za-z0-9])T(1[0-9]{3})(?:[./]([0-9]{3}))?(?![0-9A-Za-z]|\.[0-9])")
OF_A_THING = 0.4  # the score of a name that may as well mean the thing ("Control Panel"), before the rest of the text is asked
SURE = 0.9  # the score of a name that tells what is done
BROAD = 0.75  # of the name of one with sub-techniques, which the text may mean; three in four are right
_NEAR = 60  # characters between an id and the name that it explains
_LIST = 400  # characters between the techniques of one list
# The last word of a name that tells what is done; other names ("Visual Basic", "Network Devices") are those of things as well.
_ACT = re.compile(r"(?:ing|ion|ment|ery|control|abuse|access|capture|bypass|force|stop|compromise)s?\Z", re.IGNORECASE)


class _Names:
    """One automaton over all technique names, and `Parent: Child` for sub-techniques."""

    def __init__(self, attack: Attack) -> None:
        self.version = attack.version
        self.names = {technique.id: technique.name for technique in attack.techniques}
        self.broad = {technique.parent for technique in attack.techniques if technique.parent}
        by_name: dict[str, list[str]] = {}
        for technique in attack.techniques:
            by_name.setdefault(technique.name, []).append(technique.id)
            if technique.parent and technique.parent in self.names:
                by_name.setdefault(f"{self.names[technique.parent]}: {technique.name}", []).append(technique.id)
        self.by_name = {name: tuple(ids) for name, ids in by_name.items()}
        self.patterns = sorted(self.by_name)
        self.automaton = AhoCorasick(self.patterns, matchkind=MatchKind.LeftmostLongest)


@lru_cache(maxsize=2)
def _names_of(knowledge: Knowledge) -> _Names:
    return _Names(knowledge.attack)


def find_literal(document: Document, knowledge: Knowledge) -> tuple[Mention, ...]:
    """Technique mentions in text order. `value` is the id that the text or the name means today, `target` the same when it is
    in this release of ATT&CK; a revoked id leads to its successor and says so in `reason`; an unknown id has no target.

    A name of one word ("Phishing", "DNS") does not count by itself: the words are everyday ones. Beside its own id a
    name adds nothing. A name that several techniques bear has them as candidates.
    """
    names = _names_of(knowledge)
    attack = knowledge.attack
    text = document.text
    found: list[Mention] = []
    ids: list[tuple[int, int, str]] = []
    for match in _ID.finditer(text):
        written = f"T{match[1]}.{match[2]}" if match[2] else f"T{match[1]}"
        id = attack.current(written)
        known = id in names.names
        reason = ""
        if id != written:
            reason = attack.led_on(written)
        elif written in attack.deprecated:
            reason = f"{written} is deprecated in ATT&CK {names.version}"
        elif not known:
            reason = f"{written} is not in ATT&CK {names.version}"
        ids.append((match.start(), match.end(), id))
        found.append(
            mention(
                document,
                MentionKind.TECHNIQUE,
                match.start(),
                match.end(),
                id,
                type="attack-pattern",
                target=id if known else None,
                method="id",
                reason=reason,
                score=1.0 if known else 0.5,
            )
        )
    found.extend(_by_name(document, names, ids))
    return tuple(sorted(found, key=lambda m: (m.span.start, m.span.end)))


def _by_name(document: Document, names: _Names, ids: list[tuple[int, int, str]]) -> list[Mention]:
    text = document.text
    found: list[Mention] = []
    at = 0  # first id that ends within reach of the current name
    for index, start, end in names.automaton.find_matches_as_indexes(text):
        name = names.patterns[index]
        before, after = text[start - 1 : start], text[end : end + 1]
        if before.isalnum() or after.isalnum() or before in {"-", "/", "\\", "_"} or after in {"_", "\\"}:
            continue
        candidates = names.by_name[name]
        while at < len(ids) and ids[at][1] < start - 400:
            at += 1
        beside = {id for _, _, id in _beside(document, ids[at:], start, end)}
        explained = [id for id in candidates if id in beside or any(other.startswith(id + ".") for other in beside)]
        if explained:
            continue  # the id itself is the mention: the name beside it says nothing new
        if " " not in name and ":" not in name:
            continue
        if _is_heading(text, name, start, end) and not _in_list(names, text, start, end, candidates):
            continue
        found.append(
            mention(
                document,
                MentionKind.TECHNIQUE,
                start,
                end,
                candidates[0] if len(candidates) == 1 else name,
                type="attack-pattern",
                target=candidates[0] if len(candidates) == 1 else None,
                candidates=() if len(candidates) == 1 else tuple(Candidate(id=id, name=names.names[id]) for id in candidates),
                method="name",
                score=_score(names, text, name, start, end, candidates),
            )
        )
    return found


def _score(names: _Names, text: str, name: str, start: int, end: int, candidates: tuple[str, ...]) -> float:
    if len(candidates) > 1:
        return 0.5
    told = _ACT.search(name) is not None or ":" in name or _in_list(names, text, start, end, candidates, acts=True)
    if not told:
        return OF_A_THING
    return BROAD if candidates[0] in names.broad else SURE


def _is_heading(text: str, name: str, start: int, end: int) -> bool:
    """Whether two words that name a thing stand alone on their line or in their cell, where they may mean just that thing."""
    alone = text[max(0, start - 1) : start] in {"", "\n", "\t"} and text[end : end + 1] in {"", "\n", "\t"}
    return alone and name.count(" ") == 1 and _ACT.search(name) is None


def _in_list(names: _Names, text: str, start: int, end: int, candidates: tuple[str, ...], *, acts: bool = False) -> bool:
    """Whether another technique is named near it; `acts`: one whose name tells what is done."""
    near = text[max(0, start - _LIST) : start], text[end : end + _LIST]
    roots = {id.split(".")[0] for id in candidates}
    return any(
        _ID.search(part)
        or any(
            " " in names.patterns[index]
            and (not acts or _ACT.search(names.patterns[index]))
            and not roots & {id.split(".")[0] for id in names.by_name[names.patterns[index]]}
            for index, _, _ in names.automaton.find_matches_as_indexes(part)
        )
        for part in near
    )


def _beside(document: Document, ids: list[tuple[int, int, str]], start: int, end: int) -> list[tuple[int, int, str]]:
    """The ids of the same table row, or within a few words."""
    block = document.block_at(start)
    if block is not None and block.kind is BlockKind.ROW:
        low, high = block.start, block.end
    else:
        low, high = start - _NEAR, end + _NEAR
    near = []
    for item in ids:
        if item[0] >= high:
            break
        if item[1] > low:
            near.append(item)
    return near
