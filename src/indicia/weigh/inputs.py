"""What is asked of each (item, group) pair: the numbers that the fitted weights multiply. Every one belongs to a single
item, so an item's weight is a plain sum and the items' weights add up to the score, exactly."""

from __future__ import annotations

import numpy as np

from indicia.weigh.profiles import Floats, Ints, Profiles

__all__ = ["ACTIVITY", "ITEM", "UNKNOWN_ITEM", "activity_inputs", "item_inputs", "unknown_inputs"]

# In the order of the last axis of `item_inputs`; `_T` counts for techniques, `_S` for software.
ITEM = ("known_T", "known_S", "rare_T", "rare_S", "cocited_S", "linked_S")
ACTIVITY = ("reports",)
UNKNOWN_ITEM = ("technique", "software")

_SHARE = 0.4  # of a group's features that are its own habit; the rest is what everybody does


def item_inputs(profiles: Profiles, columns: Ints) -> Floats:
    """[item, group, input] for the features in `columns`.

    known    log likelihood ratio of a draw from the group's known features against a draw from everybody's
    rare     squared rarity of a feature that the group is known to use
    cocited  log(1 + reports about the software that are cited for the group too, each shared among its groups)
    linked   rarity of a software that shares a report with the group and is not yet said to be used by it
    """
    techniques = len(profiles.relations.techniques)
    is_software = (columns >= techniques).astype(np.float64)[:, None]
    uses = profiles.uses[:, columns].T
    rarity = profiles.rarity[columns][:, None]
    users = profiles.users
    base = ((users[columns] + 0.5) / (users.sum() + 0.5 * (users > 0).sum()))[:, None]
    own = uses / np.maximum(profiles.size, 1)[None, :]
    known = np.log1p(_SHARE / (1 - _SHARE) * own / base)
    rare = uses * rarity**2 / 4
    cocited, shared = np.zeros_like(uses), np.zeros_like(uses)
    software = np.flatnonzero(columns >= techniques)
    if len(software):
        for_software = profiles.cited_for_software[columns[software] - techniques]
        for_groups = profiles.cited_for_groups
        cocited[software] = (for_software / np.maximum(for_groups.sum(axis=0), 1)) @ for_groups.T
        shared[software] = for_software @ for_groups.T > 0
    return np.stack(
        [
            known * (1 - is_software),
            known * is_software,
            rare * (1 - is_software),
            rare * is_software,
            np.log1p(cocited),
            shared * (1 - uses) * rarity,
        ],
        axis=-1,
    )


def activity_inputs(profiles: Profiles) -> Floats:
    """[group, input]: how much is known of each group before any evidence, in logs."""
    reports: Floats = np.log1p(profiles.cited_for_groups.sum(axis=1))
    return reports[:, None]


def unknown_inputs(profiles: Profiles, columns: Ints) -> Floats:
    """[item, input] for an actor that we do not know."""
    is_software = (columns >= len(profiles.relations.techniques)).astype(np.float64)
    return np.stack([1 - is_software, is_software], axis=-1)
