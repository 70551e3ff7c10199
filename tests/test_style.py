"""Words that a reader stumbles over do not come back: what people read is plain, short and active."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# What it must not say, and what it says instead.
AWKWARD = {
    r"[Rr]eckon anew": "weigh again",
    r"date that is none": "an invalid date",
    r"two names mean one group is according": "whether two names mean one group depends on whom you ask",
    r"[Ss]aid beside it, of no incident": "beyond this incident",
    r"What is said leans": "the statements point to",
    r"for those who believe them": "taken at their word",
    r"\(so [A-Z{]": "according to",
    r"as told by": "according to",
    r"Told below and not counted": "not counted here, but listed with the claims",
    r"which is not to accuse the state \(so": "an active sentence",
    r"does not carry an attribution": "does not support an attribution",
    r"bear it out, nor": "neither confirm nor contradict",
    r"Weigh it so": "weigh again",
    r"grade it otherwise": "give it another grade",
    r"Take back in\b": "take it back",
    r"Stands to others": "compared with others",
    r"further rows are left out here; they are in": "N more rows: in",
    r"claims? on other affairs": "claims about other incidents",
    r"Not looked at: ": "not covered",
    r"files reach\) go from": "the logs (18 files) cover",
    r"That says as much as the logs": "say what the logs cover",
    r"Whether it happened to us is not known": "we do not know whether it happened to us",
    r"Nothing weighs here": "no evidence of this kind",
    r"[Ll]ook for a fix of": "look for a fix for",
    r"report at second hand": "a second-hand report",
    r"no source named\)": "the text itself",
    r"count nowhere yet": "do not count yet",
    r"[Tt]he texts make no claim": "no claim was found: the reader misses some",
    r"[Nn]obody is (quoted|named) as": "no accusation was found",
    r"sure of no accusation": "not sure that anybody accuses",
    r"claims? (is|are) to check\b": "needs checking",
    r"accusations? that the texts make": "claims that the texts make in their own voice",
    r"techniques are shared by many": "many groups share techniques",
    r"is known of how": "is known about how",
    r"[Ww]ithout (it|one) \{\w+\} falls": "too little speaks for it",
    r"\(so called by": "according to",
    r"known beforehand is": "the built-in knowledge is",
    r"--unmarked says otherwise": "--unmarked changes that",
    r"read right \(": "read correctly",
    r"names? to which nobody": "a name that nobody",
    r"for want of a date: \{\w+\} claims and texts": "count each by its own word",
    r"\b1 (claims|texts|rows|files|rules|hosts|groups)\b": "one thing is one thing",
    r"\b[Ii]n difference to\b": "unlike",
    r"\b[Ii]nformations\b": "information",
    r"\b[Tt]ake into consideration\b": "consider",
    r"\b[Ii]n order to\b": "to",
    r"\b[Uu]tili[sz]e": "use",
    r"\bas well as also\b": "and",
    r"\ballows to\b": "lets you",
    r"\b[Ee]nables to\b": "lets you",
    r"\bthe same like\b": "the same as",
    r"\bdepends of\b": "depends on",
    r"\bconsists in\b": "consists of",
    r"\bmore (easier|better|faster|firmer)\b": "easier",
    r"\} %|\d %(?![}\]]| *\(|%)": "85%, as English writes it",
}
READ = sorted(
    path
    for folder, pattern in (
        ("src/indicia", "**/*.py"),
        ("src/indicia", "**/*.j2"),
        ("src/indicia/advise/data", "*.yml"),
        ("docs", "*.md"),
        (".", "README.md"),
    )
    for path in (ROOT / folder).glob(pattern)
)


@pytest.mark.parametrize("words", AWKWARD)
def test_an_awkward_phrase_is_gone(words: str) -> None:
    found = [path.relative_to(ROOT).as_posix() for path in READ if re.search(words, path.read_text("utf-8"))]
    assert not found, f"say it otherwise: {AWKWARD[words]}"


def test_no_merge_left_its_marks() -> None:
    marked = [path.name for path in READ if re.search(r"^(<<<<<<<|>>>>>>>) ", path.read_text("utf-8"), re.MULTILINE)]
    assert not marked


def test_pages_of_the_docs_lead_somewhere() -> None:
    for path in (ROOT / "README.md", *(ROOT / "docs").glob("*.md")):
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", path.read_text("utf-8")):
            assert "://" in target or (path.parent / target).exists(), (path.name, target)
