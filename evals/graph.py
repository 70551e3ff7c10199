"""How true the graph is that others import: `python -m evals.graph [--quick] [--errors] [--cases FILE]`.

Data: real documents of the shared data, with the campaigns, ends and authors that are right for each, written by hand from the
texts (`evals/data/graph.jsonl`: ids and names, no text). `seen` were looked at while the exporter was written, `apart` were
annotated before and not looked into, `empty` claim nothing.

Each document is read as anybody would read it, shared as STIX, and the relationships are taken from a `stix2.MemoryStore` that
imported the bundle. An edge is right when its author, both ends and what it says are those of an annotated one; wrong when
there is none; a required edge that nothing matches is missing. Relations that end in `?` are optional and count only if said.

    by     a campaign is attributed to somebody           from   it, or somebody, comes from or acts from a place
    organ  somebody belongs to a state or agency          tie    somebody is tied to it, which attributes nothing
    hit    a campaign or somebody targets a victim

`uses`, `indicates` and flaws that are targeted have no annotation of their own: they are right with a campaign that is.
Ends are the same when they share at least half of the words of the shorter name. A campaign of one word has to be called so.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from evals.claims import shared_folder
from indicia.knowledge import Knowledge, load
from indicia.pipeline import build
from indicia.read.fronts import Held
from indicia.records import Case
from indicia.share import render

GOLD = Path(__file__).parent / "data" / "graph.jsonl"
PARTS = ("seen", "apart", "empty")
_QUICK = 12
_NOBODY = "-"
_SAYS = {  # what an annotated relation may be in STIX
    "by": {"attributed-to"},
    "from": {"originates-from", "located-at"},
    "organ": {"attributed-to", "related-to"},
    "tie": {"related-to"},
    "hit": {"targets"},
}
_CONDUCT = {"uses", "indicates"}
_LITTLE = frozenset("the a an of s and to in by its on at for against attack attacks".split())


class Edge(NamedTuple):
    """A relationship by the names of its author and ends; `kinds` are the types of the ends."""

    author: str
    source: str
    says: str
    target: str
    kinds: tuple[str, str] = ("", "")

    def __str__(self) -> str:
        return f"{self.author}: {self.source} {self.says} {self.target}"


class Tally(NamedTuple):
    right: list[Edge]
    wrong: list[Edge]
    missing: list[Edge]
    invented: list[str]  # campaigns that no annotation knows


def words_of(name: str) -> frozenset[str]:
    """The words that tell a name."""
    return frozenset(re.findall(r"[\w.+#-]+", name.casefold().replace("’", "'").replace("'s ", " "))) - _LITTLE


def is_same(name: str, *others: str) -> bool:
    """Whether a name is one of some others, as far as words tell."""
    mine = words_of(name)
    for other in others:
        theirs = words_of(other)
        if name.casefold() == other.casefold() or 2 * len(mine & theirs) >= max(1, min(len(mine), len(theirs))):
            return True
    return False


def is_campaign(name: str, called: Sequence[str]) -> bool:
    """Whether a campaign is one that is called so."""
    return any(name.casefold() == one.casefold() or (len(words_of(name)) > 1 and is_same(name, one)) for one in called)


def edges_of(bundle: bytes) -> tuple[list[Edge], list[str]]:
    """The distinct edges and the campaigns of a bundle, as an importer holds them."""
    import stix2

    store = stix2.MemoryStore(stix_data=json.loads(bundle), allow_custom=True)
    held: dict[str, Any] = {item["id"]: item for item in store.query([])}
    found: dict[Edge, None] = {}
    for item in held.values():
        if item["type"] != "relationship" or item["relationship_type"] == "mitigates":
            continue
        ends = [held.get(item[end]) for end in ("source_ref", "target_ref")]
        author, source, target = (one.get("name", "") if one else "?" for one in (held.get(item["created_by_ref"]), *ends))
        kinds = (item["source_ref"].split("--")[0], item["target_ref"].split("--")[0])
        found[Edge(author, source, item["relationship_type"], target, kinds)] = None
    return list(found), [item["name"] for item in held.values() if item["type"] == "campaign"]


def tallied(edges: Sequence[Edge], campaigns: Sequence[str], gold: Mapping[str, Any]) -> Tally:
    """The edges and campaigns of one document beside its annotation."""
    called: dict[str, list[str]] = gold["campaigns"]
    wanted = [_with_doers(Edge(*one), gold["edges"]) for one in gold["edges"]]
    right, wrong, met = [], [], set[Edge]()
    for edge in edges:
        matched = [one for one in wanted if _matches(edge, one, called)]
        met.update(matched)
        (right if matched or _is_conduct(edge, called) else wrong).append(edge)
    missing = [one for one in wanted if one not in met and not one.says.endswith("?")]
    known = list(called.values())
    return Tally(right, wrong, missing, [name for name in campaigns if not any(is_campaign(name, one) for one in known)])


def _with_doers(edge: Edge, edges: Sequence[Sequence[str]]) -> Edge:
    """Who hits a victim: the campaign, or whoever it is attributed to."""
    if edge.says.rstrip("?") != "hit":
        return edge
    doers = [one[3] for one in edges if one[2].rstrip("?") == "by" and set(one[1].split("|")) & set(edge.source.split("|"))]
    return edge._replace(source="|".join([edge.source, *doers]))


def _matches(edge: Edge, gold: Edge, called: Mapping[str, Sequence[str]]) -> bool:
    authors = gold.author.split("|")
    by = is_same(edge.author, *authors) or (_NOBODY in authors and edge.author == "not named")
    return (
        by
        and edge.says in _SAYS[gold.says.rstrip("?")]
        and _is_end(edge.source, edge.kinds[0], gold.source, called)
        and _is_end(edge.target, edge.kinds[1], gold.target, called)
    )


def _is_end(name: str, kind: str, gold: str, called: Mapping[str, Sequence[str]]) -> bool:
    names = gold.split("|")
    if kind == "campaign":
        return any(is_campaign(name, called[one[1:]]) for one in names if one.startswith("#") and one[1:] in called)
    return is_same(name, *(one for one in names if not one.startswith("#")))


def _is_conduct(edge: Edge, called: Mapping[str, Sequence[str]]) -> bool:
    name = edge.target if edge.kinds[1] == "campaign" else edge.source
    conduct = edge.says in _CONDUCT or edge.kinds[1] == "vulnerability"
    return conduct and "campaign" in edge.kinds and any(is_campaign(name, one) for one in called.values())


def cases_of(
    gold: Sequence[Mapping[str, Any]], knowledge: Knowledge, kept: Path | None
) -> Iterator[tuple[dict[str, Any], Case]]:
    """Each annotated document that is there, read. `kept` holds cases that were read before, one a line, or will."""
    shared = shared_folder()
    file = shared / "claims" / "real" / "dev.jsonl" if shared else None
    if file is None or not file.is_file():
        return
    rows = {row["id"]: row for row in map(json.loads, file.read_text("utf-8").splitlines())}
    before: dict[str, Case] = {}
    if kept is not None and kept.is_file():
        cases = (msgspec.json.decode(line, type=Case) for line in kept.read_bytes().splitlines())
        before = {case.documents[0].name.removesuffix(".txt"): case for case in cases}
    for one in gold:
        case = before.get(one["id"])
        if case is None:
            row = rows[one["id"]]
            day = row["date"] if len(row["date"] or "") == 10 else None
            case = build([Held(f"{one['id']}.txt", row["text"].encode())], published=day, knowledge=knowledge)
            if kept is not None:
                with kept.open("ab") as out:
                    out.write(msgspec.json.encode(case) + b"\n")
        yield dict(one), case


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help=f"{_QUICK} documents of each part")
    parser.add_argument("--errors", action="store_true", help="the wrong and missing edges of those that were seen")
    parser.add_argument("--cases", type=Path, help="keep what was read in this file, and take it from there")
    options = parser.parse_args()
    knowledge = load()
    rows = [json.loads(line) for line in GOLD.read_text("utf-8").splitlines()]
    rows = [row for part in PARTS for row in [one for one in rows if one["part"] == part][: _QUICK if options.quick else None]]
    found: dict[str, list[Tally]] = defaultdict(list)
    sizes: dict[str, Counter[str]] = defaultdict(Counter)
    for gold, case in cases_of(rows, knowledge, options.cases):
        bundle = render(case, "stix", knowledge)
        tally = tallied(*edges_of(bundle), gold)
        found[gold["part"]].append(tally)
        sizes[gold["part"]].update(item["type"] for item in json.loads(bundle)["objects"])
        if options.errors and gold["part"] != "apart":
            for what in ("wrong", "missing"):
                for edge in getattr(tally, what):
                    print(f"{gold['id']} {what:8} {edge}")
            for name in tally.invented:
                print(f"{gold['id']} invented campaign {name}")
    if not found:
        print("graph: the shared data is not there (set INDICIA_SHARED)")
        return
    print(f"{'':8} documents  right  wrong  missing  edges right  found  campaigns invented  objects")
    for part, tallies in found.items():
        right, wrong, missing, invented = (sum(len(getattr(one, name)) for one in tallies) for name in Tally._fields)
        required = sum(not edge[2].endswith("?") for gold in rows if gold["part"] == part for edge in gold["edges"])
        print(
            f"{part:8} {len(tallies):9} {right:6} {wrong:6} {missing:8} {right / max(1, right + wrong):12.2f}"
            f" {1 - missing / max(1, required):6.2f} {invented:19} {sum(sizes[part].values()):8}"
        )


if __name__ == "__main__":
    main()
