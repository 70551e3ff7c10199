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
    r"\} %|\d %(?![}\]]| *\(|%)": "85%, as English writes it",
}
READ = sorted(
    path
    for folder, pattern in (("src/indicia", "**/*.py"), ("src/indicia", "**/*.j2"), ("docs", "*.md"), (".", "README.md"))
    for path in (ROOT / folder).glob(pattern)
)


@pytest.mark.parametrize("words", AWKWARD)
def test_an_awkward_phrase_is_gone(words: str) -> None:
    found = [path.relative_to(ROOT).as_posix() for path in READ if re.search(words, path.read_text("utf-8"))]
    assert not found, f"say it otherwise: {AWKWARD[words]}"


def test_pages_of_the_docs_lead_somewhere() -> None:
    for path in (ROOT / "README.md", *(ROOT / "docs").glob("*.md")):
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", path.read_text("utf-8")):
            assert "://" in target or (path.parent / target).exists(), (path.name, target)
