"""Which state ATT&CK's own words tie a group to: read from the first two sentences of its description, which we do not keep."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import msgspec

from indicia.knowledge.attack_bundle import read_limited
from indicia.knowledge.tables import State

_AFTER = (
    r"[ \u2013-](?:based|nexus|linked|aligned|affiliated|backed|sponsored|state|government|military|intelligence|cyber|threat|"
    r"espionage|APT|suspected|group)"
)


class _Reference(msgspec.Struct):
    source_name: str = ""
    external_id: str = ""


class _Group(msgspec.Struct):
    type: str
    description: str = ""
    external_references: list[_Reference] = []


class _Bundle(msgspec.Struct):
    objects: list[_Group]


def origins(path: Path, states: Sequence[State]) -> dict[str, str]:
    """ATT&CK group id -> ISO code, for groups whose description ties them to exactly one state."""
    words = {word: state.code for state in states for word in (state.name, *state.names, *state.demonyms) if len(word) > 3}
    names = "|".join(sorted(map(re.escape, words), key=len, reverse=True))
    tied = re.compile(
        rf"\b(?<!South )(?<!Latin )(?<!Central )(?P<a>{names}){_AFTER}|attributed to (?:the )?(?:[A-Z]\w+ )?(?P<b>{names})\b|"
        rf"(?:based|operating|operates|originat\w+|located) (?:in|out of|from) (?P<c>{names})\b|"
        rf"(?:sponsored by|on behalf of|linked to|part of|associated with) (?:the )?(?:government of )?(?P<d>{names})\b"
    )
    found: dict[str, str] = {}
    for item in msgspec.json.decode(read_limited(path, 600_000_000), type=_Bundle).objects:
        number = next((ref.external_id for ref in item.external_references if ref.source_name == "mitre-attack"), "")
        if item.type != "intrusion-set" or not number:
            continue
        text = re.sub(r"\(Citation: [^)]*\)", "", re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", item.description))
        first = " ".join(re.split(r"(?<=[.])\s+", text)[:2])
        first = re.split(r"\b(?:target|against|victim|focus|primarily|includ|since|aimed)", first)[0]
        codes = {words[next(filter(None, match.groups()))] for match in tied.finditer(first)}
        if len(codes) == 1:
            found[number] = codes.pop()
    return found
