"""EuRepoC's columns: rows become claims of whoever made them, and claims become rows that come back the same."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from indicia.knowledge import load
from indicia.knowledge.eurepoc import COLUMNS
from indicia.pipeline import read_sources
from indicia.records import AccusedType, Case, Channel, Claim, Level, Relation, SourceType, Stance, TieKind, Versions, to_check
from indicia.share import render
from tests.sample_case import exchange_case

POLITICAL = "Political statement / report (e.g., on government / state agency websites)"
RECEIVER = "Attribution by receiver government / state entity"
AFFILIATED = "Non-state actor, state-affiliation suggested"


def read(folder: Path, *rows: tuple[str, ...]) -> tuple[Claim, ...]:
    out = io.StringIO()
    csv.writer(out).writerows([COLUMNS, *rows])
    (folder / "attributions.csv").write_text(out.getvalue(), "utf-8", newline="")
    documents, claims, mentions, problems = read_sources([str(folder / "attributions.csv")], load())
    assert not mentions
    assert [problem.count for problem in problems] in ([], [1])
    for claim in claims:
        assert all(documents[0].text[span.start : span.end] == span.text for span in claim.spans())
    return claims


def test_a_row_is_a_claim_of_whoever_attributes(tmp_path: Path) -> None:
    group, state, own, nobody = (
        ("7", "1.0", "2021-07-19", POLITICAL, RECEIVER, "Example Agency", "", "Norway", "Group X", "China", AFFILIATED),
        ("7", "2.0", "", POLITICAL, RECEIVER, "", "", "Norway", "", "Korea, Democratic People's Republic of", "State"),
        ("8", "3.0", "", "Not available", "Attacker confirms", "Crew", "", "", "Crew", "Unknown", "Non-state-group"),
        ("9", "4.0", "", "", "", "", "", "", "Not available", "Unknown", ""),
    )
    first, second, third = read(tmp_path, group, state, own, nobody)
    assert first.source.party is not None
    assert first.accused.party is not None
    assert first.tie is not None
    assert (first.source.party.canonical, first.source.type, first.source.state) == (
        "Example Agency",
        SourceType.GOVERNMENT,
        "NO",
    )
    assert (first.accused.party.canonical, first.accused.level, first.date) == ("Group X", Level.GROUP, "2021-07-19")
    assert (first.tie.kind, first.tie.state, first.channel) == (TieKind.LINKED, "CN", Channel.POLITICAL_STATEMENT)
    assert (first.incident, first.relation) == ("EuRepoC incident 7", Relation.VICTIM_GOVERNMENT)
    assert (second.accused.type, second.accused.state_said, second.tie) == (AccusedType.STATE, "KP", None)
    assert (third.stance, third.relation) == (Stance.CLAIMS, Relation.ATTACKER)


def test_what_attributes_is_a_row_with_its_words(tmp_path: Path) -> None:
    case = exchange_case()
    rows = list(csv.DictReader(io.StringIO(render(case, "eurepoc", load()).decode("utf-8"))))
    attributing = [one for one in case.claims if one.stance in {Stance.ACCUSES, Stance.ENDORSES, Stance.CLAIMS}]
    assert [row["attribution_ID"] for row in rows] == [claim.id for claim in attributing]
    assert [row["quote"] for row in rows] == [claim.quote.text for claim in attributing]
    assert all(row["document"] for row in rows)
    doubtful = {claim.id for claim in to_check(case.claims, case.judgements)}
    assert [row["to_check"] == "yes" for row in rows] == [claim.id in doubtful for claim in attributing]


def test_rows_come_back_as_they_were(tmp_path: Path) -> None:
    row = ("7", "1.0", "2021-07-19", POLITICAL, RECEIVER, "Example Agency", "", "Norway", "Group X", "China", AFFILIATED)
    claims = read(tmp_path, row)
    case = Case(name="rows", versions=Versions(indicia="0"), claims=claims)
    (back,) = csv.DictReader(io.StringIO(render(case, "eurepoc", load()).decode("utf-8")))
    kept = [name for name in COLUMNS if name not in {"incident_ID", "attribution_ID"}]
    assert [back[name] for name in kept] == list(row[2:])
