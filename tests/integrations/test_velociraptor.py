"""The artifact names logs that `hunt` reads, at the paths where they are. Whether its VQL runs only Velociraptor can say."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from indicia.hunt.run import hunt

ROOT = Path(__file__).parents[2]
EXCHANGE = "C:/Program Files/Microsoft/Exchange Server/V15"
WHERE = {"Logging": f"{EXCHANGE}/Logging", "inetpub": "C:/inetpub"}


@pytest.fixture(scope="module")
def artifact() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "integrations/velociraptor/Custom.Indicia.Logs.yaml").read_text("utf-8"))
    return loaded


def rows(artifact: dict[str, Any]) -> list[dict[str, str]]:
    (table,) = [one["default"] for one in artifact["parameters"] if one["name"] == "Logs"]
    return list(csv.DictReader(io.StringIO(table)))


def expression(glob: str) -> str:
    """A glob of Velociraptor's as a regular expression; it minds no case."""
    ways = {"**": ".*", "*": "[^/]*", "{": "(?:", "}": ")", ",": "|"}
    return "(?i)" + "".join(ways.get(part, re.escape(part)) for part in re.split(r"(\*\*|[*{},])", glob))


def test_every_log_of_the_example_is_collected_as_what_hunt_takes_it_for(artifact: dict[str, Any]) -> None:
    folder = ROOT / "examples" / "exchange-2021" / "logs"
    found = {one.file: one.format for one in hunt([folder / name for name in WHERE], builtin=False).files}
    assert {"httpproxy", "iis", "ecp-server", "oab-generator"} <= set(found.values())
    for name, form in found.items():
        inside = name.split("exchange-2021/logs/")[-1].removesuffix(".gz").split("!")[0].removesuffix(".gz")
        first, _, rest = inside.partition("/")
        path = f"{WHERE[first]}/{rest}"
        taken = {row["Format"] for row in rows(artifact) if re.fullmatch(expression(row["Glob"]), path)}
        assert taken == {form}, path


def test_every_row_names_a_format_of_the_documentation(artifact: dict[str, Any]) -> None:
    told = (ROOT / "docs" / "hunting.md").read_text("utf-8")
    for row in rows(artifact):
        assert None not in row, f"a comma in a glob wants quotes: {row}"
        assert f"`{row['Format']}`" in told, row
        assert row["Platform"] in {"windows", "linux", "darwin"}
        assert row["Glob"].startswith("C:/" if row["Platform"] == "windows" else "/")


def test_queries_use_what_is_there(artifact: dict[str, Any]) -> None:
    assert artifact["name"].startswith("Custom.") and artifact["type"] == "CLIENT"
    assert {one.get("type") for one in artifact["parameters"]} <= {"csv", "bool", "int"}
    text = "\n".join(source["query"] for source in artifact["sources"])
    assert all(re.search(rf"\b{one['name']}\b", text) for one in artifact["parameters"])
    for source in artifact["sources"]:
        plain = re.sub(r'"[^"]*"', '""', source["query"])
        assert '"' not in plain.replace('""', "")
        assert all(plain.count(a) == plain.count(b) for a, b in ("()", "[]", "{}"))
        assert re.search(r"^SELECT ", source["query"], re.MULTILINE), "a source ends in a query"
