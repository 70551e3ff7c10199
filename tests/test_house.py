"""The house: which part may import which. Dependencies run one way, and nobody goes round."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Collection
from functools import cache
from pathlib import Path

import pytest

SRC = Path(__file__).parent.parent / "src" / "indicia"
MODULES = sorted(SRC.rglob("*.py"))
# Lower floors may not know of upper ones; parts on one floor may not know each other.
FLOORS = {
    "errors": 0,
    "writing": 0,
    "account": 0,
    "apart": 0,
    "unseen": 0,
    "fetching": 1,
    "extras": 1,
    "models": 1,
    "rulefile": 1,
    "records": 1,
    "knowledge": 2,
    "walking": 2,
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
    "read/claims": "dates firmness chunks language calibration network proposals parties never gainsaying "
    "quoting grounding issuers voices deeds pooling making rows reader together",
    "hunt": "names sources rules events match logs tuning sight story parts merge processes worker run",
    "view": "wording inert language lines words sides notes positions drawing voices saying affair moments first judgements "
    "slots translated since unread",
    "spark": "session scanning tables hunting watching reading ledger",
    "share": "internals redact indicators ledger timelines navigator stix attackflow misp brief coalition card taxii_client",
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


def modules_asked(path: Path, known: Collection[str]) -> set[str]:
    """The modules of ours that a module imports, but for what a package of the same name hands on, and for types alone."""
    idle = {id(part) for node in ast.walk(tree_of(path)) if _for_types(node) for part in ast.walk(node)}
    found = set()
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("indicia.") and id(node) not in idle:
            room = (node.module or "").removeprefix("indicia.")
            found |= {one if (one := f"{room}.{alias.name}") in known else room for alias in node.names}
    return found


def _for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def test_imports_run_one_way() -> None:
    told = []
    for path in MODULES:
        mine = part_of(path)
        for other in {name.split(".")[0] for name in imports_of(path)} - {mine, "__version__"} if mine != "__init__" else ():
            if FLOORS[other] >= FLOORS[mine] or {mine, other} <= STAGES:
                told.append(f"{path.relative_to(SRC)} ({mine}) imports {other}")
    assert not told, "a part may import those on lower floors, and no stage another"


def test_every_part_has_its_floor() -> None:
    assert {part_of(path) for path in MODULES} - {"__init__"} == FLOORS.keys()


@pytest.mark.parametrize("part", INNER)
def test_imports_inside_a_part_run_one_way(part: str) -> None:
    order = INNER[part].split()
    here = {path.stem for path in (SRC / part).iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    assert set(order) == here - {"__init__"}, "a module is missing from the picture, or is gone"
    told = []
    for path in sorted((SRC / part).rglob("*.py")):
        mine = path.relative_to(SRC / part).parts[0].removesuffix(".py")
        for name in imports_of(path) if mine != "__init__" else ():
            room, depth = f"{part}/".replace("/", "."), part.count("/") + 1
            other = name.split(".")[depth : depth + 1] if name.startswith(room) else []
            if other and other[0] in order and other[0] != mine and order.index(other[0]) >= order.index(mine):
                told.append(f"{path.relative_to(SRC)} imports {name}")
    assert not told


def test_no_modules_import_one_another_in_a_circle() -> None:
    """At whatever place in them, so that none must be loaded late for another's sake."""
    names = {".".join(path.relative_to(SRC).with_suffix("").parts).removesuffix(".__init__"): path for path in MODULES}
    asked = {name: {one for one in modules_asked(path, names) if one != name} for name, path in names.items()}
    while free := {name for name, wanted in asked.items() if not wanted & asked.keys()}:
        for name in free:
            del asked[name]
    while top := asked.keys() - set().union(*asked.values()):
        for name in top:
            del asked[name]
    assert not asked


def test_no_module_has_two_subjects() -> None:
    told = {str(path.relative_to(SRC)): lines for path in MODULES if (lines := path.read_text("utf-8").count("\n")) > 600}
    assert not told, "which of its subjects should leave?"
    assert not {path.stem for path in MODULES} & {"utils", "helpers", "common", "misc", "manager"}


def test_every_function_fits_a_screen() -> None:
    told = [
        f"{path.relative_to(SRC)}: {node.name} has {lines} lines"
        for path in MODULES
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (lines := (node.end_lineno or 0) - node.lineno + 1) > 80
    ]
    assert not told


# A package whose modules have another name; the rest are named as their packages are.
NAMED = {
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
    "office": {"read/fronts/office.py", "read/fronts/sheets.py"},
    "pdf": {"share/brief/pdf.py"},
    "web": {"web", "cli/serve.py"},
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
    return NAMED.get(name, {name.replace("-", "_")})


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


def test_an_optional_part_is_imported_in_its_own_place_alone() -> None:
    told = []
    for extra, packages in declared().items():
        for path in MODULES if extra in PARTS else ():
            mine = str(path.relative_to(SRC))
            if mine not in PARTS[extra] and mine.split("/")[0] not in PARTS[extra]:
                told += [(mine, extra) for name in packages for module in foreign_imports(path) if is_of(module, name)]
    assert not told, "these need an extra"
