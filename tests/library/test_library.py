"""What `import indicia` gives, as its documentation says it."""

from __future__ import annotations

import inspect
import pydoc
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, get_type_hints

import msgspec
import pyarrow as pa
import pytest

import indicia
from indicia.errors import ExtraError, UsageError
from indicia.library import Case, Table
from indicia.library.cases import COLUMNS
from indicia.records import Problem
from tests.sample_case import exchange_case, hostile_case

ROOT = Path(__file__).parents[2]


def test_the_public_names_are_those_that_we_promise() -> None:
    assert set(indicia.__all__) == {"Case", "__version__", "advise", "brief", "hunt", "open_store", "read", "weigh"}
    assert all(getattr(indicia, name) is not None for name in indicia.__all__)
    with pytest.raises(AttributeError):
        indicia.nothing_of_the_kind  # noqa: B018
    told = (ROOT / "docs" / "library.md").read_text("utf-8")
    assert [name for name in (*indicia.__all__, *Case.__dict__) if not name.startswith("_") and f"`{name}" not in told] == []


def test_the_public_functions_are_plain_ones_that_help_shows_and_that_no_package_takes_the_name_of() -> None:
    from indicia.read.fronts import open_source

    assert callable(open_source)
    assert dir(indicia) == sorted(indicia.__all__)
    functions = (indicia.read, indicia.hunt, indicia.weigh, indicia.advise, indicia.brief, indicia.open_store)
    assert all(inspect.isfunction(one) for one in functions)
    assert list(inspect.signature(indicia.read).parameters) == ["sources", "name", "published"]
    assert get_type_hints(indicia.brief)["return"] == list[Path]
    told = pydoc.plain(pydoc.render_doc(indicia))
    assert all(f"{one.__name__}(" in told for one in functions) and "class Case" in told


def test_nothing_is_loaded_before_it_is_asked_for() -> None:
    code = "import sys, indicia; print(*sorted(name for name in sys.modules if name.startswith('indicia')))"
    loaded = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split()
    assert loaded == ["indicia", *(f"indicia.{stage}" for stage in ("advise", "hunt", "read", "weigh"))]


def test_the_examples_of_the_documentation_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "library.md").read_text("utf-8"), re.DOTALL)
    assert len(blocks) >= 2
    (tmp_path / "texts").symlink_to(ROOT / "examples" / "exchange-2021" / "texts")
    (tmp_path / "logs").symlink_to(ROOT / "examples" / "exchange-2021" / "logs")
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    for block in blocks:
        exec(compile(block, "docs/library.md", "exec"), names)


@pytest.mark.parametrize("make", [exchange_case, hostile_case])
def test_every_table_is_flat(make: Any) -> None:
    case = Case(make())
    tables = [case.documents, case.claims, case.mentions, case.problems]
    for table in tables:
        arrow = table.to_arrow()
        assert arrow.num_rows == len(table)
        assert arrow.column_names == list(table.columns)
        assert not any(pa.types.is_nested(field.type) for field in arrow.schema)
        shown = table._repr_html_()
        assert "<script" not in shown
    assert {type(value) for table in tables for row in table.to_dicts() for value in row.values()} <= {
        str, int, float, bool, type(None),
    }  # fmt: skip


def test_a_text_without_a_marking_leaves_as_somebody_says() -> None:
    document = msgspec.structs.replace(exchange_case().documents[0], marking=None)
    case = Case(
        msgspec.structs.replace(exchange_case(), documents=(document,), claims=(), mentions=(), hunt=None, marking=None)
    )
    assert b'"TLP:AMBER"' in case.share("stix")
    assert b'"TLP:AMBER"' not in case.share("stix", unmarked="clear")
    with pytest.raises(UsageError, match="TLP:CLEAR"):
        case.share("stix", unmarked="purple")


def test_a_table_is_a_sequence_of_records() -> None:
    table = Table(Problem, [Problem(where=str(number), what="x") for number in range(30)])
    assert (len(table), table[2].where, len(table[:5])) == (30, "2", 5)
    assert "10 more" in table._repr_html_()
    assert table == Table(Problem, list(table))


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_a_table_becomes_a_frame_of_a_library(library: str) -> None:
    pytest.importorskip(library, reason=f"needs {library}")
    table = Case(exchange_case()).claims
    frame = getattr(table, f"to_{library}")()
    assert list(frame.columns) == list(table.columns)
    assert frame.shape == (len(table), len(table.columns))
    assert list(frame["stance"]) == [claim.stance.value for claim in table]


def test_what_is_not_installed_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pandas", None)
    with pytest.raises(ExtraError, match="pandas is not installed"):
        Table(Problem, []).to_pandas()


def test_every_kind_of_table_has_columns() -> None:
    assert all(COLUMNS.values())
