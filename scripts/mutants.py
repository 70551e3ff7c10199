"""How many small faults a module's own tests notice: `python scripts/mutants.py [--most N] [--all] [--show] [MODULE ...]`.

Each mutant is the module with one fault: a comparison, an operator, a condition, a constant, a loop's way out or an answer is
another. Its tests run against it in a process of its own; it is killed when one of them fails, or when they take ten times the
processor time that they took before. Of each module at most N mutants are tried, always the same ones, spread over the whole file. Which tests are a
module's own is in mutants.toml. Ends with one summary line: killed/tried.
"""

from __future__ import annotations

import argparse
import ast
import copy
import importlib.abc
import importlib.util
import os
import random
import resource
import signal
import sys
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from math import ceil
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
TABLE = Path(__file__).with_suffix(".toml")
# What the tests load besides our own modules is loaded once, before the first mutant.
HEAVY = (
    "hypothesis.strategies numpy msgspec orjson pyarrow.compute pytest yaml ahocorasick_rs tldextract jinja2 sqlalchemy".split()
)

COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
COUNTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr,
    ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult, ast.Pow: ast.Mult,
}  # fmt: skip
SWAPPED = {"min": "max", "max": "min", "any": "all", "all": "any", "lower": "upper", "startswith": "endswith"}


def faults(tree: ast.Module) -> Iterator[tuple[int, str, ast.Module]]:
    """Line, what was changed, and the changed tree, for each single fault."""
    nodes = list(ast.walk(tree))
    idle = _idle(tree)
    for number, node in enumerate(nodes):
        if number in idle:
            continue
        for what, change in _changes(node):
            changed = copy.deepcopy(tree)
            change(list(ast.walk(changed))[number])
            yield getattr(node, "lineno", 0) or node.target.lineno, what, ast.fix_missing_locations(changed)


def _idle(tree: ast.Module) -> set[int]:
    """Numbers of the nodes that no run looks at: annotations, docstrings, `__all__`, imports, words of errors."""
    idle = {id(part) for node in ast.walk(tree) for part in _idle_parts(node) if part for part in ast.walk(part)}
    return {number for number, node in enumerate(ast.walk(tree)) if id(node) in idle}


def _idle_parts(node: ast.AST) -> Iterable[ast.AST | None]:
    match node:
        case ast.arg() | ast.AnnAssign():
            return (node.annotation,)
        case ast.FunctionDef():
            return (node.returns, *node.decorator_list)
        case ast.ClassDef():
            return (*node.decorator_list, *node.bases, *(one.value for one in node.keywords))
        case ast.Expr(value=ast.Constant()) | ast.Assert() | ast.Import() | ast.ImportFrom() | ast.keyword(arg="strict"):
            return (node,)
        case ast.Assign(targets=[ast.Name(id="__all__")]):
            return (node,)
        case ast.Raise(exc=ast.Call() as call):
            return (*call.args, *call.keywords)
        case ast.If(test=ast.Name(id="TYPE_CHECKING")):
            return (node,)
    return ()


def _changes(node: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(node, ast.Compare):
        for at, sign in enumerate(node.ops):
            other = COMPARED[type(sign)]

            def swap(copied: Any, at: int = at, other: type[ast.cmpop] = other) -> None:
                copied.ops[at] = other()

            yield f"{type(sign).__name__} -> {other.__name__}", swap
    elif isinstance(node, ast.BinOp) and type(node.op) in COUNTED:
        counted = COUNTED[type(node.op)]
        yield f"{type(node.op).__name__} -> {counted.__name__}", lambda copied: setattr(copied, "op", counted())
    elif isinstance(node, ast.BoolOp):
        joined = ast.Or if isinstance(node.op, ast.And) else ast.And
        yield f"{type(node.op).__name__} -> {joined.__name__}", lambda copied: setattr(copied, "op", joined())
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.Not, ast.USub)):
        yield f"{type(node.op).__name__} dropped", lambda copied: copied.__dict__.update(op=ast.UAdd(), operand=_bare(copied))
    elif isinstance(node, (ast.If, ast.IfExp, ast.While)):
        yield "condition turned", lambda copied: setattr(copied, "test", ast.UnaryOp(op=ast.Not(), operand=copied.test))
    elif isinstance(node, ast.comprehension):
        for at in range(len(node.ifs)):

            def open_(copied: Any, at: int = at) -> None:
                del copied.ifs[at]

            yield "filter dropped", open_
    elif isinstance(node, ast.Constant) and isinstance(node.value, (bool, int, float, str)):
        yield f"{node.value!r:.40} changed", lambda copied: setattr(copied, "value", _other(copied.value))
    elif isinstance(node, (ast.Continue, ast.Break)):
        yield (
            "way out of the loop",
            lambda copied: setattr(copied, "__class__", ast.Break if isinstance(copied, ast.Continue) else ast.Continue),
        )
    elif isinstance(node, ast.Return) and node.value is not None and not _is_none(node.value):
        yield "answers None", lambda copied: setattr(copied, "value", ast.Constant(None))
    elif isinstance(node, ast.Call):
        name = getattr(node.func, "id", None) or getattr(node.func, "attr", None)
        if name in SWAPPED:
            to = SWAPPED[name]
            yield (
                f"{name} -> {to}",
                lambda copied: setattr(copied.func, "id" if isinstance(copied.func, ast.Name) else "attr", to),
            )


def _bare(node: ast.UnaryOp) -> ast.expr:
    """What stands behind a sign or a `not`; a truth value stays one."""
    return ast.Call(ast.Name("bool", ast.Load()), [node.operand], []) if isinstance(node.op, ast.Not) else node.operand


def _other(value: bool | float | str) -> bool | float | str:
    if isinstance(value, bool):
        return not value
    if isinstance(value, str):
        return f"{value}x" if value else "x"
    return value + 1 if isinstance(value, int) else value * 1.5 + 0.1


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


class Mutated(importlib.abc.MetaPathFinder, importlib.abc.InspectLoader):
    """Gives one module from a changed tree."""

    def __init__(self, name: str, path: Path, tree: ast.Module) -> None:
        self.name, self.path, self.tree = name, path, tree

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        return importlib.util.spec_from_loader(name, self, origin=str(self.path)) if name == self.name else None

    def get_source(self, fullname: str) -> str:
        return ast.unparse(self.tree)

    def exec_module(self, module: ModuleType) -> None:
        module.__file__ = str(self.path)
        exec(compile(self.tree, str(self.path), "exec"), module.__dict__)


def run(module: str, tree: ast.Module, tests: Sequence[str], limit: float) -> tuple[bool, float]:
    """Whether the tests of a module fail on this tree of it, and the processor seconds that they took."""
    child = os.fork()
    if not child:
        resource.setrlimit(resource.RLIMIT_CPU, (ceil(limit), ceil(limit)))
        signal.alarm(3600)  # for a mutant that only waits; on a busy machine time passes without work
        _in_child(module, tree, tests)
    _, status, used = os.wait4(child, 0)
    return os.waitstatus_to_exitcode(status) != 0, used.ru_utime + used.ru_stime


def _in_child(module: str, tree: ast.Module, tests: Sequence[str]) -> None:
    code = 3
    try:
        if not os.environ.get("MUTANTS_TALK"):
            silent = os.open(os.devnull, os.O_WRONLY)
            os.dup2(silent, 1)
            os.dup2(silent, 2)
        sys.meta_path.insert(0, Mutated(f"indicia.{module.replace('/', '.')}", ROOT / "src" / "indicia" / f"{module}.py", tree))
        import pytest

        code = int(pytest.main([*tests, "-x", "-q", "--assert=plain", "-p", "no:cacheprovider"]))
    finally:
        sys.stdout.flush()
        os._exit(code)


def preload(module: str, tests: Sequence[str]) -> None:
    """Loads what all mutants of the module share: heavy packages, what our program knows, and those of our modules that the
    tests import and that have no part in the mutated one."""
    for name in HEAVY:
        importlib.import_module(name)
    from indicia.knowledge import load

    known = load()
    for table in ("attack", "actors", "states", "agencies", "incidents", "kev", "malware"):
        getattr(known, table)
    for path in (Path(name.split("::")[0]) for name in tests if name.startswith("tests/")):
        for name in _imports(ast.parse(path.read_text("utf-8"))):
            importlib.import_module(name)
    import indicia

    for name in dependents(f"indicia.{module.replace('/', '.')}"):
        sys.modules.pop(name, None)
        package, _, leaf = name.rpartition(".")
        vars(sys.modules.get(package, indicia)).pop(leaf, None)
    for name in {*indicia.__all__} - {"__version__"}:
        vars(indicia).pop(name, None)  # it asks again when it is asked


def dependents(changed: str) -> set[str]:
    """The module and all of ours that import it, directly or through others, those loaded at a call included, but for `indicia`
    itself, which loads nothing before it is asked."""
    src = ROOT / "src"
    paths = {
        ".".join(path.relative_to(src).with_suffix("").parts).removesuffix(".__init__"): path for path in src.rglob("*.py")
    }
    del paths["indicia"]
    asked = {name: set(_imports(ast.parse(path.read_text("utf-8")))) for name, path in paths.items()}
    found = {changed}
    while more := {name for name, wanted in asked.items() if name not in found and _reaches(name, wanted, found)}:
        found |= more
    return found


def _reaches(name: str, wanted: set[str], found: set[str]) -> bool:
    # What is in a package that is made anew must be, too: the new one would not hold it.
    return bool(wanted & found) or name.rpartition(".")[0] in found


def _imports(tree: ast.Module) -> Iterator[str]:
    """Modules of ours that are imported anywhere in it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.startswith("indicia"))
        elif isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "indicia":
            yield node.module
            for alias in node.names:
                if (ROOT / "src" / f"{node.module}.{alias.name}".replace(".", "/")).with_suffix(".py").is_file():
                    yield f"{node.module}.{alias.name}"


def measure(module: str, tests: list[str], most: int, show: bool) -> tuple[int, int]:
    """(killed, tried). Raises: SystemExit where the tests fail on the module as it is."""
    tree = ast.parse((ROOT / "src" / "indicia" / f"{module}.py").read_text("utf-8"))
    preload(module, tests)
    failed, usual = run(module, tree, tests, 600)
    if failed:
        raise SystemExit(f"{module}: its tests fail already: {' '.join(tests)}")
    mutants = list(faults(tree))
    if len(mutants) > most:
        chosen = sorted(random.Random(1).sample(range(len(mutants)), most))
        mutants = [mutants[at] for at in chosen]
    killed = 0
    for line, what, changed in mutants:
        dead, _ = run(module, changed, tests, max(10.0, 10 * usual))
        killed += dead
        if show and not dead:
            print(f"  {module}.py:{line}: {what}", flush=True)
    return killed, len(mutants)


def main() -> int:
    table: dict[str, list[str]] = tomllib.loads(TABLE.read_text("utf-8"))["modules"]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("modules", nargs="*", metavar="MODULE", help="as in the table, such as weigh/verdict; none: all")
    parser.add_argument("--most", type=int, default=40, help="mutants of each module")
    parser.add_argument("--all", action="store_true", help="every mutant there is")
    parser.add_argument("--show", action="store_true", help="name those that live")
    options = parser.parse_args()
    if unknown := set(options.modules) - table.keys():
        parser.error(f"not in {TABLE.name}: {', '.join(sorted(unknown))}")
    os.environ["CI"] = "true"  # the same made-up input for every mutant
    os.chdir(ROOT)
    killed = tried = 0
    for module in options.modules or table:
        dead, all_ = measure(module, table[module], 10**9 if options.all else options.most, options.show)
        killed, tried = killed + dead, tried + all_
        print(f"{module:<24}{dead:>4}/{all_:<4} killed, {100 * dead / max(1, all_):3.0f} %", flush=True)
    print(f"mutants: killed={killed} tried={tried} share={killed / max(1, tried):.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
