"""The cases that the tests of the brief share, with their advice."""

from __future__ import annotations

from functools import cache

import msgspec

from indicia.advise.advice import advise
from indicia.records import Case
from tests.sample_case import big_case, empty_case, exchange_case, hostile_case, small_case
from tests.sample_knowledge import SampleKnowledge

__all__ = ["KNOWLEDGE", "RULES", "advised", "named"]

KNOWLEDGE = SampleKnowledge()
RULES = {
    "shell.yml": """
title: Web server starts a shell
id: 00000000-0000-4000-8000-000000000001
tags: [attack.persistence, attack.t1505.003]
logsource: {category: process_creation, product: windows}
detection:
  parent: {ParentImage|endswith: '\\w3wp.exe'}
  condition: parent
level: high
"""
}


def advised(case: Case) -> Case:
    return msgspec.structs.replace(case, advice=advise(case, KNOWLEDGE, rules=RULES))


@cache
def named(name: str) -> Case:
    """exchange (texts and logs), news (texts alone), small, empty, hostile, or big (500 claims, 200 techniques, 10,000
    sightings)."""
    if name == "big":
        from indicia.knowledge import load

        knowledge = load()
        case = big_case(techniques=tuple(row.id for row in list(knowledge.attack.techniques)[:200]))
        return msgspec.structs.replace(case, advice=advise(case, knowledge))
    if name == "small":
        small = advised(small_case())
        assert small.advice is not None
        # The first measure of each kind, without long queries: what each looks like, and no more.
        first = {one.kind: one for one in reversed(small.advice.measures)}
        measures = tuple(
            msgspec.structs.replace(one, text=one.text[:200]) for one in small.advice.measures if one is first[one.kind]
        )
        kept = {one.id for one in measures}
        curve = tuple(step for step in small.advice.curve if step.measure in kept)
        return msgspec.structs.replace(small, advice=msgspec.structs.replace(small.advice, measures=measures, curve=curve))
    make = {
        "exchange": exchange_case,
        "news": lambda: exchange_case(logs=False),
        "empty": empty_case,
        "hostile": hostile_case,
    }[name]
    return advised(make())
