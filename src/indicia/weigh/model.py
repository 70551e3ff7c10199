"""The model: what each item does to each group and to an unknown actor, in decibans, and the posterior that follows.

A conditional logit whose score is a plain sum over items (`inputs`), fitted on published reports with the report's own
citation taken out of every profile (`scripts/fit_weigh.py`); an actor that we do not know is one of its alternatives.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files
from math import log

import msgspec
import numpy as np

from indicia.errors import KnowledgeError
from indicia.knowledge.tables import AttackTables
from indicia.weigh.inputs import ACTIVITY, ITEM, UNKNOWN_ITEM, activity_inputs, item_inputs, unknown_inputs
from indicia.weigh.profiles import Floats, Ints, Profiles, Relations

__all__ = ["DECIBAN", "Model", "Weights", "model_of", "shipped_weights", "softmax"]

DECIBAN = 10 / log(10)  # decibans in a nat
LEAST_KNOWN = 3  # a group of which less is known is no candidate: nothing could be weighed


class Weights(msgspec.Struct, frozen=True, kw_only=True):
    """The fitted numbers, with what they were fitted on. Units: nats per unit of each input."""

    version: str
    source: str
    item: dict[str, float]
    activity: dict[str, float]
    unknown: float
    unknown_item: dict[str, float]
    named: float  # least posterior at which a group is named


@lru_cache(maxsize=1)
def shipped_weights() -> Weights:
    """The weights that come with the package. Raises: KnowledgeError if they are missing or broken."""
    try:
        data = files("indicia.weigh").joinpath("data/weights.json").read_bytes()
        return msgspec.json.decode(data, type=Weights)
    except (OSError, msgspec.MsgspecError) as error:
        raise KnowledgeError(f"the weights of the model cannot be read: {error}") from error


def softmax(scores: Floats) -> Floats:
    """Probabilities along the last axis."""
    shifted: Floats = np.exp(scores - scores.max(axis=-1, keepdims=True))
    shifted /= shifted.sum(axis=-1, keepdims=True)
    return shifted


@dataclass(frozen=True)
class Model:
    """Weighs features against the candidates of one set of profiles. Column order everywhere: candidates, then `unknown`."""

    profiles: Profiles
    weights: Weights

    @cached_property
    def candidates(self) -> Ints:
        """Rows of the groups of which enough is known."""
        return np.flatnonzero(self.profiles.size >= LEAST_KNOWN)

    @cached_property
    def hypotheses(self) -> tuple[str, ...]:
        return (*(self.profiles.relations.groups[row] for row in self.candidates), "unknown")

    @cached_property
    def prior(self) -> Floats:
        """Log prior (nats, normalised) of each hypothesis: by how much is reported of a group, and the unknown actor."""
        activity = activity_inputs(self.profiles)[self.candidates] @ _vector(self.weights.activity, ACTIVITY)
        scores = np.append(activity, self.weights.unknown)
        log_prior: Floats = np.log(softmax(scores))
        return log_prior

    @cached_property
    def table(self) -> Floats:
        """[feature, hypothesis] in decibans against an unknown actor, whose own column is 0. The weights of the items in
        evidence are rows of it: prior + their sum = posterior log odds against an unknown actor, exactly."""
        columns = np.arange(len(self.profiles.relations.features))
        groups = item_inputs(self.profiles, columns)[:, self.candidates] @ _vector(self.weights.item, ITEM)
        unknown = unknown_inputs(self.profiles, columns) @ _vector(self.weights.unknown_item, UNKNOWN_ITEM)
        return np.column_stack([(groups - unknown[:, None]) * DECIBAN, np.zeros(len(columns))])

    @cached_property
    def report_rate(self) -> Floats:
        """Share of all reports on groups that show each feature, smoothed so that none is 0."""
        reports = max(float((self.profiles.cited_for_groups.sum(axis=0) > 0).sum()), 1.0)
        rate: Floats = (self.profiles.reports.sum(axis=0) + 0.5) / (reports + 1)
        return rate

    def item_weights(self, features: Sequence[str]) -> Floats:
        """[item, hypothesis] in decibans: rows of `table`. Features that the profiles do not know weigh nothing."""
        column = self.profiles.relations.column
        result = np.zeros((len(features), len(self.candidates) + 1))
        at = [number for number, feature in enumerate(features) if feature in column]
        if at:
            result[at] = self.table[[column[features[number]] for number in at]]
        return result


def _vector(weights: dict[str, float], names: tuple[str, ...]) -> Floats:
    return np.array([weights.get(name, 0.0) for name in names])


_models: dict[int, tuple[AttackTables, Model]] = {}


def model_of(tables: AttackTables) -> Model:
    """The model over all that `tables` know. Kept for the tables last used, because building takes longer than weighing."""
    kept = _models.get(id(tables))
    if kept is None or kept[0] is not tables:
        _models.clear()
        kept = _models[id(tables)] = (tables, Model(Relations(tables).profiles(), shipped_weights()))
    return kept[1]
