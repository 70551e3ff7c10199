"""Words that a reader stumbles over do not come back: what people read is plain, short and active."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

from scripts import prose

ROOT = Path(__file__).parents[1]


def test_no_awkward_phrase_comes_back() -> None:
    """`scripts/prose.toml` has the phrases; `make check` looks for them as well."""
    assert not (told := "\n".join(map(str, prose.found()))), told


def test_no_merge_left_its_marks() -> None:
    marks = re.compile(r"^(<<<<<<<|>>>>>>>) ", re.MULTILINE)
    marked = [path.name for path, _ in prose.read() if marks.search(path.read_text("utf-8"))]
    assert not marked


def test_pages_of_the_docs_lead_somewhere() -> None:
    for path in (ROOT / "README.md", *(ROOT / "docs").glob("*.md")):
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", path.read_text("utf-8")):
            assert "://" in target or (path.parent / target).exists(), (path.name, target)


def test_every_heading_has_something_below_it() -> None:
    """A merge that keeps both sides leaves headings that stand alone, or twice."""
    for path in (ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").glob("*.md")):
        text = re.sub(r"^```.*?^```", "", path.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
        assert not (alone := re.search(r"^(#+) .+\n\s*\1 .+$", text, re.MULTILINE)), (path.name, alone[0] if alone else "")
        heads = [head for head in re.findall(r"^## .+$", text, re.MULTILINE) if path.name != "records.md"]
        assert len(heads) == len(set(heads)), (path.name, heads)


def test_the_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_text("utf-8").split()) < 650


def test_decisions_are_numbered_as_their_files_and_what_supersedes_them_is_said() -> None:
    index = (ROOT / "docs" / "decisions" / "index.md").read_text("utf-8")
    for path in (ROOT / "docs" / "decisions").glob("0*.md"):
        text = path.read_text("utf-8")
        assert text.startswith(f"# {int(path.name[:4])}. "), path.name
        row = next(row for row in index.splitlines() if path.name in row)
        assert row.startswith(f"- [{int(path.name[:4])}. ") and ("superseded" in row) == ("*Superseded by" in text), path.name


NAMED = [(ROOT / "docs" / name).read_text("utf-8") for name in ("architecture.md", "walk.md")]
ROOMS = (ROOT, ROOT / "src" / "indicia", ROOT / "docs", ROOT / "examples" / "exchange-2021")


def test_every_path_in_the_map_of_the_house_is_there() -> None:
    """What stands between backticks with a slash or an ending; it may be in the folder of the one before."""
    gone, here = [], ROOT
    for path in (one for page in NAMED for one in re.findall(r"`(\w[\w./-]*(?:/|\.py|\.md|\.yml)[\w./-]*)`", page)):
        found = next((place for place in (*(room / path for room in ROOMS), here / path) if place.exists()), None)
        gone += [path] if found is None else []
        here = found.parent if found else here
    assert not gone


def test_every_function_in_the_map_of_the_house_is_there() -> None:
    """In the table of what each part offers, and after a path in the walk: "`read/fronts/source.py`, `open_source`"."""
    offered = [(row.split(" | ")[0][2:], row) for row in NAMED[0].splitlines() if re.match(r"\| \w+ \| `\w", row)]
    names = [f"indicia.{part}.{name}" for part, row in offered for name in re.findall(r"[`, ]([a-z_.]+)\(", row)]
    names += [f"indicia.{path.replace('/', '.')}.{name}" for path, name in re.findall(r"`([\w/]+)\.py`, `(\w+)`", NAMED[1])]
    assert len(names) > 20
    gone = []
    for name in names:
        module, _, leaf = name.rpartition(".")
        if not hasattr(importlib.import_module(module), leaf):
            gone.append(name)
    assert not gone


def anchors(page: Path) -> set[str]:
    """What the headings of a page are called in a link, as Python-Markdown makes it."""
    heads = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    plain = (re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", head) for head in heads)
    return {re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", head).strip().lower()) for head in plain}


def test_links_into_pages_find_their_heading() -> None:
    """`make docs` asks the same of the site, and of the decisions."""
    for path in (ROOT / "README.md", *(ROOT / "docs").glob("*.md")):
        for target, anchor in re.findall(r"\]\(([^)#\s]*)#([^)\s]+)\)", path.read_text("utf-8")):
            page = path if not target else path.parent / target
            assert "://" in target or anchor in anchors(page), (path.name, target, anchor)
