"""The model: what each item does to each group and to an unknown actor, and the posterior that follows.

A conditional logit over ATT&CK's groups and one more alternative, an actor that we do not know. It is fitted on published
reports with the report's own citation taken out of every profile, and with the true group taken out of the candidates for half
of the weight (`scripts/fit_weigh.py`, docs/weighing.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from math import log

import msgspec
import numpy as np

from indicia.errors import KnowledgeError
from indicia.weigh.features import families
from indicia.weigh.inputs import ACTIVITY, ITEM, UNKNOWN_ITEM, ItemLayout, activity_inputs, borne
from indicia.weigh.known import Known
from indicia.weigh.profiles import Floats, Ints, Profiles, Relations

__all__ = [
    "DECIBAN",
    "LEAST_KNOWN",
    "Grounds",
    "Model",
    "SponsorWeights",
    "Weights",
    "grounds_of",
    "shipped_weights",
    "softmax",
]

DECIBAN = 10 / log(10)  # decibans in a nat
LEAST_KNOWN = 3  # a group of which fewer features are known is no candidate: nothing could be weighed


class SponsorWeights(msgspec.Struct, frozen=True, kw_only=True):
    """How the share of the known mass that a state's or a type's groups hold tells of everybody, see `sponsors`."""

    source: str = ""
    by: float = 1.0
    floor: float = 0.005
    bias: dict[str, float] = {}  # by class
    named: float = 1.0  # least probability at which a state or a type is named
    named_by_few: float = 1.0  # the same by few items
    stated: tuple[float, float] = (1.0, 0.0)  # slope and shift of the log odds at which the likeliest is stated (Platt)


class Weights(msgspec.Struct, frozen=True, kw_only=True):
    """The fitted numbers, with what they were fitted on. `item`, `activity`, `unknown_item`: nats per unit of each input."""

    source: str
    attack: str  # release
    item: dict[str, float]
    activity: dict[str, float]
    unknown: float
    unknown_item: dict[str, float]
    misled: float = 0.0  # probability that the evidence as a whole misleads: planted, mixed up, or ascribed wrongly
    named: float  # least posterior at which a group is named
    backing: tuple[float, float, float]  # see `corroboration`: for one, two, and three or more rare pieces of software
    sponsor: SponsorWeights = SponsorWeights()

    def vector(self, part: str, names: tuple[str, ...]) -> Floats:
        values: dict[str, float] = getattr(self, part)
        return np.array([values.get(name, 0.0) for name in names])


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


@dataclass(frozen=True, slots=True)
class Model:
    """Scores items against the candidates. Hypotheses are always the candidates, then `unknown`."""

    hypotheses: tuple[str, ...]
    candidates: Ints  # rows of the groups of which enough is known
    activity: Floats  # [candidate, ACTIVITY]
    weights: Weights

    @classmethod
    def of(cls, profiles: Profiles, weights: Weights) -> Model:
        candidates = np.flatnonzero(profiles.size >= LEAST_KNOWN)
        groups = (*(profiles.relations.groups[row] for row in candidates), "unknown")
        return cls(groups, candidates, activity_inputs(profiles)[candidates], weights)

    @property
    def prior(self) -> Floats:
        """Log prior (nats, normalised) of each hypothesis: by how much is reported of a group, and the unknown actor."""
        activity = self.activity @ self.weights.vector("activity", ACTIVITY)
        log_prior: Floats = np.log(softmax(np.append(activity, self.weights.unknown)))
        return log_prior

    def posterior(self, scores: Floats, prior: Floats) -> Floats:
        """Probabilities from `scores` (nats, [..., hypothesis]) and log `prior`: Bayes where the evidence can be believed, the
        prior where it misleads. So nothing that was observed makes anybody surer than that."""
        misled = self.weights.misled
        share: Floats = (1 - misled) * softmax(scores + prior) + misled * softmax(prior)
        return share

    def scores(self, layout: ItemLayout, factors: Floats) -> Floats:
        """[variant, hypothesis] in nats, without the prior, for `factors` [variant, item]. `parts` is the slow reference."""
        *plain, rate, closest, exclusive = self.weights.vector("item", ITEM)
        root = np.sqrt(np.maximum(factors.sum(axis=1, keepdims=True), 1e-9))
        groups = factors @ (layout.plain @ np.array(plain))
        groups += rate * (factors @ layout.rate) / root
        groups += closest * layout.closest(factors)
        groups += exclusive * np.minimum(factors @ layout.exclusive, 1)
        technique, software, of_root = self.weights.vector("unknown_item", UNKNOWN_ITEM)
        kinds = technique * (1 - layout.is_software) + software * layout.is_software
        unknown = factors @ kinds + of_root * np.where(factors.any(axis=1), root[:, 0], 0)
        return np.column_stack([groups[:, self.candidates], unknown]) * borne(factors.sum(axis=1))[:, None]

    def parts(self, layout: ItemLayout, factors: Floats) -> Floats:
        """[item, hypothesis] in decibans against an unknown actor, whose own column is 0, for `factors` [item]. With the prior
        the sum over items is the posterior's log odds against an unknown actor, exactly, for evidence that does not mislead."""
        groups = layout.parts(factors)[:, self.candidates] @ self.weights.vector("item", ITEM)
        unknown = layout.unknown_parts(factors) @ self.weights.vector("unknown_item", UNKNOWN_ITEM)
        return np.column_stack([(groups - unknown[:, None]) * DECIBAN, np.zeros(len(groups))])


@dataclass(frozen=True, slots=True)
class Grounds:
    """All that one release of ATT&CK, and families tied to its groups, give to weigh with."""

    profiles: Profiles
    model: Model


_KEEP = 4
_kept: list[tuple[Known, frozenset[str], Grounds]] = []


def grounds_of(known: Known, leave_out: frozenset[str] = frozenset()) -> Grounds:
    """The grounds from everything that is known, but for the reports cited by the names in `leave_out`. The last few are
    kept, because building them takes longer than weighing."""
    for of_known, without, grounds in _kept:
        if of_known is known and without == leave_out:
            return grounds
    profiles = Relations(known.attack, families(known)).profiles(drop=leave_out)
    grounds = Grounds(profiles, Model.of(profiles, shipped_weights()))
    _kept[:] = [(known, leave_out, grounds), *_kept[: _KEEP - 1]]
    return grounds
