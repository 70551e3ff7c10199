"""What ATT&CK's own words say of a group: which state they tie it to, and whether it works for money.

Read from the first sentences of its description, which we do not keep.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import msgspec

from indicia.knowledge.attack_bundle import MAX_BYTES, read_limited
from indicia.knowledge.tables import State

_AFTER = (
    r"[ \u2013-](?:based|nexus|linked|aligned|affiliated|backed|sponsored|state|government|military|intelligence|cyber|threat|"
    r"espionage|APT|suspected|group)"
)
_CRIMINAL = re.compile(
    r"financially[- ]motivated|cyber ?crim|criminal|e-?crime|extort|initial access broker|"
    r"ransomware[- ]as[- ]a[- ]service|ransomware (?:group|operat|gang|affiliate)",
    re.IGNORECASE,
)
_FOR_A_STATE = re.compile(
    r"espionage|(?:state|nation[- ]state)[- ](?:sponsored|backed)|nation[- ]state|intelligence (?:service|agency|directorate)",
    re.IGNORECASE,
)
_SENTENCES = 2, 3  # that say where a group is from, and what it is


class GroupWords(msgspec.Struct, frozen=True, kw_only=True):
    """`state`: the one that the words tie it to, an ISO code. `criminal`: they say that it works for money and nothing of a
    state's service; the state is where it sits then."""

    state: str | None = None
    criminal: bool = False


class _Reference(msgspec.Struct):
    source_name: str = ""
    external_id: str = ""


class _Group(msgspec.Struct):
    type: str
    description: str = ""
    external_references: list[_Reference] = []


class _Bundle(msgspec.Struct):
    objects: list[_Group]


def group_words(path: Path, states: Sequence[State]) -> dict[str, GroupWords]:
    """By ATT&CK's id of the group, for those of whom a release in `path` says anything of the kind."""
    words = {word: state.code for state in states for word in (state.name, *state.names, *state.demonyms) if len(word) > 3}
    names = "|".join(sorted(map(re.escape, words), key=len, reverse=True))
    tied = re.compile(
        rf"\b(?<!South )(?<!Latin )(?<!Central )(?P<a>{names}){_AFTER}|attributed to (?:the )?(?:[A-Z]\w+ )?(?P<b>{names})\b|"
        rf"(?:based|operating|operates|originat\w+|located) (?:in|out of|from) (?P<c>{names})\b|"
        rf"(?:sponsored by|on behalf of|linked to|part of|associated with) (?:the )?(?:government of )?(?P<d>{names})\b"
    )
    found: dict[str, GroupWords] = {}
    for item in msgspec.json.decode(read_limited(path, MAX_BYTES), type=_Bundle).objects:
        number = next((ref.external_id for ref in item.external_references if ref.source_name == "mitre-attack"), "")
        if item.type != "intrusion-set" or not number:
            continue
        text = re.sub(r"\(Citation: [^)]*\)", "", re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", item.description))
        sentences = re.split(r"(?<=[.])\s+", text)
        first, what = (" ".join(sentences[:count]) for count in _SENTENCES)
        first = re.split(r"\b(?:target|against|victim|focus|primarily|includ|since|aimed)", first)[0]
        codes = {words[next(filter(None, match.groups()))] for match in tied.finditer(first)}
        state = codes.pop() if len(codes) == 1 else None
        criminal = bool(_CRIMINAL.search(what)) and not _FOR_A_STATE.search(what)
        if state or criminal:
            found[number] = GroupWords(state=state, criminal=criminal)
    return found
