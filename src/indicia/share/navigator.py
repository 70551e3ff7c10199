"""An ATT&CK Navigator layer (format 4.5): which techniques, how surely, and where that is written.

Score: 3 seen in the logs, 2 stated in a text, 1 sought but only attempted. The comment holds the quote or the log line.
References: mitre-attack/attack-navigator, layers/LAYERFORMATv4_5.md.
"""

from __future__ import annotations

from collections import defaultdict

import orjson

from indicia.knowledge import Knowledge
from indicia.records import Case, Context, MentionKind, Outcome
from indicia.share.redact import marking_of
from indicia.view.wording import left_out

_ATTEMPTED, _STATED, _SEEN = 1, 2, 3
_COMMENTS = 5  # more than anyone reads in a tooltip


def render(case: Case, knowledge: Knowledge) -> bytes:
    """The layer as JSON. Same case, same bytes."""
    marking = marking_of(case)
    scores: dict[str, int] = defaultdict(int)
    comments: dict[str, dict[str, None]] = defaultdict(dict)  # each once, in order
    names = {document.id: document.file_name for document in case.documents}
    for mention in case.mentions:
        if mention.kind is MentionKind.TECHNIQUE and mention.context is Context.STATED:
            technique = mention.target or mention.value
            scores[technique] = max(scores[technique], _STATED)
            comments[technique][f"{names.get(mention.span.document, mention.span.document)}: {mention.span.text}"] = None
    for sighting in case.hunt.sightings if case.hunt else ():
        for technique in sighting.techniques:
            seen = _ATTEMPTED if sighting.outcome is Outcome.ATTEMPT else _SEEN
            scores[technique] = max(scores[technique], seen)
            comments[technique][f"{sighting.event.format} log: {sighting.title}"] = None
    attack = knowledge.attack
    found = {known.id: identity for identity in sorted(scores) if (known := attack.technique(identity)) is not None}
    parents = {parent.id for id in found if (parent := attack.parent(id)) is not None}
    # Those that only open are not marked. On a technique without children mitreattack-python's exporter fails.
    openers = [{"techniqueID": id, "enabled": True, "showSubtechniques": True} for id in sorted(parents - found.keys())]
    techniques = []
    for id, identity in found.items():
        unique = list(comments[identity])
        more = f" (and {len(unique) - _COMMENTS} more)" if len(unique) > _COMMENTS else ""
        techniques.append(
            {
                "techniqueID": id,
                "score": scores[identity],
                "comment": "\n".join(unique[:_COMMENTS]) + more,
                "enabled": True,
                **({"showSubtechniques": True} if id in parents else {}),
            }
        )
    layer = {
        "name": case.name,
        "versions": {"attack": attack.version.split(".")[0], "navigator": "5.1.0", "layer": "4.5"},
        "domain": "enterprise-attack",
        "description": f"{marking.label}. Score 3: seen in the logs; 2: stated in a text; 1: attempted only. "
        f"By ATT&CK {attack.version} of {attack.date}." + "".join(f" {sentence}" for sentence in left_out(case)),
        "techniques": techniques + openers,
        "gradient": {"colors": ["#ffe9b3ff", "#f4a261ff", "#9b2226ff"], "minValue": _ATTEMPTED, "maxValue": _SEEN},
        "legendItems": [
            {"label": "attempted only", "color": "#ffe9b3ff"},
            {"label": "stated in a text", "color": "#f4a261ff"},
            {"label": "seen in the logs", "color": "#9b2226ff"},
        ],
        "layout": {"layout": "side", "showName": True, "expandedSubtechniques": "annotated"},
        "sorting": 3,
        "hideDisabled": False,
        "metadata": [
            {"name": "TLP", "value": marking.label},
            {"name": "ATT&CK", "value": f"{attack.version} of {attack.date}"},
        ],
    }
    return orjson.dumps(layer, option=orjson.OPT_INDENT_2)
