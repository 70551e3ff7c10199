"""The affair at a glance: the key judgements, what there is, and what could not be used."""

from __future__ import annotations

from indicia.share.brief.coalition import main_affair, of_main_affair, origins, positions
from indicia.share.brief.judgements import key_judgements
from indicia.share.brief.pictures.claimgraph import claim_graph
from indicia.web.render import Ask, Page, case_address

__all__ = ["overview"]


def overview(ask: Ask) -> Page:
    """Of what people left standing, not of the machine's own alone."""
    held, case = ask.held, ask.held.case
    hunt = case.hunt
    mine, _ = of_main_affair(case)
    at = {claim.id: case_address(held.slug, "claims", claim.id) for claim in case.claims}
    at |= {id: case_address(held.slug, "sightings", id) for id in held.index.sightings}
    at |= {one.id: case_address(held.slug, "documents", one.span.document) + f"#r-{one.id}" for one in case.mentions}
    sentences = [
        {"text": one.text, "traces": [trace for trace in one.traces if trace in at][:6]} for one in key_judgements(case)
    ]
    store = ask.shelf.store(held.slug)
    data = {
        "name": case.name,
        "affair": main_affair(case)[1],
        "marking": case.marking.label,
        "judgements": sentences,
        "counts": {
            "documents": len(case.documents),
            "claims": len(case.claims),
            "origins": origins(case),
            "mentions": len(case.mentions),
            "sightings": len(hunt.sightings) if hunt else 0,
            "log files": len(hunt.files) if hunt else 0,
            "measures": len(case.advice.measures) if case.advice else 0,
            "judgements by people": len(case.judgements),
        },
        "verdicts": {
            "logs": hunt.verdict.value if hunt else "no logs",
            "observed": case.weighing.observed.verdict.value if case.weighing else "not weighed",
            "said": case.weighing.said.verdict.value if case.weighing else "not weighed",
        },
        "problems": [
            {"where": one.where, "what": one.what, "severity": one.severity.value, "hint": one.hint, "count": one.count}
            for one in case.problems[:200]
        ],
        "problems_total": len(case.problems),
        "history": [{"run": run.id, "time": run.time, "author": run.author, "what": run.what} for run in store.runs()[-20:]],
        "versions": {"indicia": case.versions.indicia, "knowledge": [list(pair) for pair in case.versions.knowledge]},
    }
    return Page("overview.html.j2", case.name, data, {"at": at, "graph": claim_graph(positions(mine), held.show)})
