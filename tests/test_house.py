"""The house: which part may import which. Dependencies run one way, and nobody goes round."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from functools import cache
from pathlib import Path

import pytest

SRC = Path(__file__).parent.parent / "src" / "indicia"
# Lower floors may not know of upper ones; parts on one floor may not know each other.
FLOORS = {
    "errors": 0,
    "stages": 0,
    "writing": 0,
    "account": 0,
    "extras": 1,
    "models": 1,
    "plugins": 1,
    "rulefile": 1,
    "records": 1,
    "knowledge": 2,
    "walking": 2,
    "zips": 2,
    "read": 3,
    "hunt": 3,
    "affairs": 4,
    "readers": 4,
    "weigh": 5,
    "advise": 5,
    "case": 5,
    "view": 5,
    "share": 6,
    "pipeline": 7,
    "library": 8,
    "mcp": 9,
    "watch": 8,
    "web": 8,
    "spark": 8,  # the stages on many machines
    "cli": 10,  # `indicia serve` starts the page, `indicia mcp` the tools
    "__main__": 11,
}
# The same inside a part: a module or folder may import what stands before it in its own part, nothing that stands after.
INNER = {
    "read": "text indicators names claims fronts techniques rows stated reading offered",
    "read/claims": "topic dates firmness motives chunks language network proposals calibration parties never gainsaying "
    "quoting grounding issuer voices deeds pooling making rows reader together",
    "view": "wording inert language leaving lines words probable heat told drawing notes positions voices saying turns strokes "
    "affair moments first judgements slots translated since unread",
    "spark": "session plan sparing keeping scanning gathering counting tables hunting watching reading alike ledger",
    "share": "well_known seen internals redact plain feed eurepoc ledger timesketch navigator stix misp coalition brief card "
    "statement taxii_client",
    "readers": "allowed asking parts server model",
    "web": "guard cases shown pages actions taxii app",
}
# The stages do not know one another, on whatever floor: the pipeline joins them.
STAGES = {"read", "hunt", "weigh", "advise", "share", "case"}


def part_of(path: Path) -> str:
    return path.relative_to(SRC).parts[0].removesuffix(".py")


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


@cache
def imports_of(path: Path) -> list[str]:
    """The names of ours that a module imports, as `part.module`."""
    found = []
    for node in ast.walk(tree_of(path)):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names = [node.module]
            if node.module == "indicia":
                names = [f"indicia.{alias.name}" for alias in node.names]
        assert not (isinstance(node, ast.ImportFrom) and node.level), f"{path}: relative import"
        found += [name.removeprefix("indicia.") for name in names if name.startswith("indicia.")]
    return found


@pytest.mark.parametrize("path", sorted(SRC.rglob("*.py")), ids=lambda path: str(path.relative_to(SRC)))
def test_imports_run_one_way(path: Path) -> None:
    mine = part_of(path)
    if mine == "__init__":
        return
    for other in {name.split(".")[0] for name in imports_of(path)}:
        if other in {mine, "__version__"}:
            continue
        assert FLOORS[other] < FLOORS[mine], f"{path.relative_to(SRC)} ({mine}) imports {other}"
        assert not {mine, other} <= STAGES, f"{path.relative_to(SRC)} ({mine}) imports {other}, a stage as well"


@pytest.mark.parametrize("part", INNER)
def test_imports_inside_a_part_run_one_way(part: str) -> None:
    order = INNER[part].split()
    here = {path.stem for path in (SRC / part).iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    assert set(order) == here - {"__init__"}, "a module is missing from the picture, or is gone"
    for path in sorted((SRC / part).rglob("*.py")):
        mine = path.relative_to(SRC / part).parts[0].removesuffix(".py")
        for name in imports_of(path) if mine != "__init__" else ():
            room, depth = f"{part}/".replace("/", "."), part.count("/") + 1
            other = name.split(".")[depth : depth + 1] if name.startswith(room) else []
            if other and other[0] in order and other[0] != mine:
                assert order.index(other[0]) < order.index(mine), f"{path.relative_to(SRC)} imports {name}"


@pytest.mark.parametrize("path", sorted(SRC.rglob("*.py")), ids=lambda path: str(path.relative_to(SRC)))
def test_no_module_has_two_subjects(path: Path) -> None:
    assert path.stem not in {"utils", "helpers", "common", "misc", "manager"}
    lines = path.read_text("utf-8").count("\n")
    assert lines <= 600, f"{path.relative_to(SRC)} has {lines} lines: which of its subjects should leave?"


# A package whose modules have another name; the rest are named as their packages are.
MODULES = {
    "ahocorasick-rs": {"ahocorasick_rs"},
    "psycopg": {"psycopg"},  # SQLAlchemy loads it for a database URL
    "pysigma": {"sigma"},
    "pysigma-backend-elasticsearch": {"sigma.backends.elasticsearch"},
    "pysigma-backend-kusto": {"sigma.backends.kusto"},
    "pysigma-backend-splunk": {"sigma.backends.splunk"},
    "python-docx": {"docx"},
    "python-oxmsg": {"oxmsg"},
    "python-multipart": {"python_multipart"},  # Starlette loads it for a form
    "pyyaml": {"yaml"},
}
LOADED_BY_OTHERS = {"itsdangerous", "psycopg", "python-multipart"}  # the first signs the sessions of Starlette
# Where an optional part may be imported, so that everything else runs without it.
PARTS = {
    "docx": {"share/brief/docx.py"},
    "mcp": {"mcp"},
    "office": {"read/fronts/office.py"},
    "pdf": {"share/brief/pdf.py"},
    "web": {"web", "cli/serve.py", "cli/taxii.py"},
    "postgresql": {"case"},
    "spark": {"spark"},
}


def package(requirement: str) -> str:
    return re.split(r"[\[<>=;! ]", requirement)[0].lower().replace("_", "-")


def declared() -> dict[str, set[str]]:
    """Extra ("" for what is always installed) -> packages."""
    project = tomllib.loads((SRC.parents[1] / "pyproject.toml").read_text("utf-8"))["project"]
    rows = {"": project["dependencies"], **project["optional-dependencies"]}
    return {extra: {package(row) for row in wanted} for extra, wanted in rows.items()}


@cache
def foreign_imports(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return {name for name in names if name.split(".")[0] not in {"indicia", "__future__"} | sys.stdlib_module_names}


def modules_of(name: str) -> set[str]:
    return MODULES.get(name, {name.replace("-", "_")})


def is_of(module: str, name: str) -> bool:
    return any(f"{module}.".startswith(f"{one}.") for one in modules_of(name))


def test_every_package_that_is_declared_is_imported_and_the_other_way_round() -> None:
    used = {name for path in SRC.rglob("*.py") for name in foreign_imports(path)}
    packages = set().union(*declared().values())
    idle = {name for name in packages - LOADED_BY_OTHERS if not any(is_of(module, name) for module in used)}
    assert not idle, "nothing imports these: make them a development dependency, or drop them"
    assert not {module for module in used if not any(is_of(module, name) for name in packages)}, "not in pyproject.toml"
    folder = SRC.parents[1] / "requirements"  # what make run needs, and extras that tests alone need
    pinned = [row for name in ("run.in", "dev.in") for row in (folder / name).read_text("utf-8").split("\n")]
    missing = packages - {package(row) for row in pinned if row}
    assert not missing, "neither make run nor make test installs these: requirements/*.in"


@pytest.mark.parametrize("extra", sorted(PARTS))
def test_an_optional_part_is_imported_in_its_own_place_alone(extra: str) -> None:
    packages = declared()[extra]
    for path in SRC.rglob("*.py"):
        mine = str(path.relative_to(SRC))
        if mine in PARTS[extra] or mine.split("/")[0] in PARTS[extra]:
            continue
        needed = [(name, module) for name in packages for module in foreign_imports(path) if is_of(module, name)]
        assert not needed, f"{mine} needs the extra {extra}"
