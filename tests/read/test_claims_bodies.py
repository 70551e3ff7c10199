"""Who speaks where a text only describes it."""

from __future__ import annotations

import pytest

from indicia import knowledge
from indicia.read.claims.draft.speech import speeches
from indicia.read.claims.parse.kinds import describe_source
from indicia.read.claims.parse.party import Party
from indicia.read.claims.refer.bodies import Bodies
from indicia.read.claims.refer.resolving import tools_of
from indicia.read.claims.score.cutting import parse
from indicia.read.claims.words.sentences import sentences


def meant(text: str, words: str) -> list[str]:
    """Who speaks where `words` stand last in the text."""
    tools = tools_of(knowledge.load())
    bodies = Bodies(text, tools.states)
    parties: list[Party] = []
    for start, end in sentences(text, 0):
        sentence = parse(text, start, end, tools.names)
        bodies.meet(sentence, speeches(sentence))
        parties += sentence.parties
    party = next(party for party in reversed(parties) if text[party.start : party.end] == words)
    return [body.canonical for body in bodies.meant(party, describe_source(party, text, tools.states))]


@pytest.mark.parametrize(
    ("text", "words", "who"),
    [
        ("ESET said the gang broke in. The researchers linked it to Sandworm.", "The researchers", ["ESET"]),
        ("Researchers have found new malware. It was used by Turla, ESET said.", "Researchers", ["ESET"]),
        ("Volexity said Turla did it. Microsoft products were hit. The firm blamed Russia.", "The firm", ["Volexity"]),
        ("Some researchers blame Turla, ESET said.", "Some researchers", ["Some researchers"]),
        ("ESET said so. The Lodestone report blames Turla.", "The Lodestone report", ["The Lodestone report"]),
        ("The FBI arrested him, the US Department of Justice said. Prosecutors blamed him.", "Prosecutors",
         ["US Department of Justice"]),
        ("CISA and the FBI warned of it. The two agencies blamed Russia.", "The two agencies", ["CISA", "FBI"]),
        ("CISA warned of it. The two agencies blamed Russia.", "The two agencies", ["The two agencies"]),
        ("It was Turla, said Ann Bo, a threat analyst at ESET. Bo blamed Russia.", "Ann Bo", ["ESET"]),
        ("The researchers blamed Russia.", "The researchers", ["The researchers"]),
    ],
)  # fmt: skip
def test_a_description_speaks_for_the_body_that_is_named(text: str, words: str, who: list[str]) -> None:
    assert meant(text, words) == who
