"""Cases with known answers, made from ATT&CK itself: reports that it cites for one group, and campaigns that it attributes.

What a case shows is what ATT&CK relates to the group on that report's word. The profiles it is weighed against are built
without that report (`own`), without it and all that is not older than it (`before`), or, leaky on purpose, with everything
(`leaky`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from indicia.knowledge import Attack
from indicia.weigh.inputs import ItemLayout
from indicia.weigh.model import Model, Weights
from indicia.weigh.profiles import Floats, Ints, Profiles, Relations

TECHNIQUES = 5  # a report needs that many to be a case
FOR_TRAINING = 3
PLANTED = 3  # rare tools of a rival

UNFITTED = Weights(source="", attack="", item={}, activity={}, unknown=0.0, unknown_item={}, named=1.0, backing=(0.0, 0.0, 0.0))


@dataclass(frozen=True)
class Case:
    """One case. `layout` holds its own items and, among them, a rival's planted tools; the masks over its columns say which are
    which. `truth` are positions among the candidates: empty where the true group has no profile."""

    name: str
    group: str
    truth: tuple[int, ...]
    model: Model  # without weights
    layout: ItemLayout
    own: Floats
    parts: tuple[Floats, ...]  # for training: a random half of its own, and twice two to four items
    planted: tuple[Floats, ...]  # its own and one, two, three planted tools
    rival: int  # position among the candidates
    counts: bool = True  # enough techniques to be tested on, not only trained

    @property
    def techniques(self) -> Floats:
        return self.own * (1 - self.layout.is_software)


def report_cases(relations: Relations, setting: str, *, seed: int = 7, every: int = 1) -> list[Case]:
    """Cases from reports, in the order of group and report; `every` takes each n-th."""
    cases = []
    rng = np.random.default_rng(seed)
    everything = relations.profiles()
    for group, citation, columns in relations.reports(FOR_TRAINING)[::every]:
        name = relations.citations[citation]
        date = str(relations.dates[citation])
        if setting == "before" and date == "9999":
            continue
        profiles = {
            "leaky": lambda: everything,
            "own": lambda name=name: relations.profiles(drop=[name]),
            "before": lambda name=name, date=date: relations.profiles(drop=[name], before=date),
        }[setting]()
        cases.append(_case(f"{relations.groups[group]} | {name}", [group], profiles, columns, rng))
    return cases


def campaign_cases(attack: Attack, releases: dict[str, Relations], setting: str, *, seed: int = 7) -> list[tuple[str, Case]]:
    """Cases from attributed campaigns of `attack`, each with the release its profiles come from. `releases` are oldest first;
    `own` and `leaky` use the last; `previous` the newest that does not have the campaign yet."""
    cases = []
    rng = np.random.default_rng(seed)
    newest = list(releases)[-1]
    for campaign in attack.campaigns:
        uses = attack.uses_of(campaign.id)
        if not campaign.attributed_to or len({use.target for use in uses}) < 3:
            continue
        tag = newest
        if setting == "previous":
            older = [release for release, relations in releases.items() if campaign.id not in relations.campaigns]
            if not older:
                continue
            tag = older[-1]
        relations = releases[tag]
        drop = {name for use in uses for name in use.citations} if setting != "leaky" else set()
        profiles = relations.profiles(drop=drop, without_campaign=campaign.id if setting != "leaky" else None)
        columns = sorted({relations.column[use.target] for use in uses if use.target in relations.column})
        rows = [relations.row[group] for group in campaign.attributed_to if group in relations.row]
        if rows:
            cases.append((tag, _case(campaign.name, rows, profiles, np.array(columns, dtype=np.int64), rng)))
    return cases


def case_on(name: str, group: str, rows: list[int], profiles: Profiles, columns: Ints) -> Case:
    """A case of a group that the profiles may lack: `rows` is empty then, and so is its truth."""
    made = _case(name, rows or [0], profiles, columns, np.random.default_rng(7))
    return replace(made, group=group, truth=made.truth if rows else ())


def _case(name: str, rows: list[int], profiles: Profiles, columns: Ints, rng: np.random.Generator) -> Case:
    model = Model.of(profiles, UNFITTED)
    truth = tuple(int(at) for at in np.flatnonzero(np.isin(model.candidates, rows)))
    techniques = len(profiles.relations.techniques)
    software = profiles.uses[model.candidates, techniques:]
    rivals = [at for at in np.flatnonzero(software.sum(axis=1) >= PLANTED) if at not in truth]
    rival = int(rng.choice(rivals)) if rivals else -1
    tools = np.flatnonzero(software[rival]) + techniques if rivals else np.array([], dtype=np.int64)
    tools = tools[np.argsort(profiles.users[tools], kind="stable")][:PLANTED]
    every = np.union1d(columns, tools)
    own = np.isin(every, columns).astype(np.float64)
    return Case(
        name=name,
        group=profiles.relations.groups[rows[0]],
        truth=truth,
        model=model,
        layout=ItemLayout.of(profiles, every),
        own=own,
        parts=(own * (rng.random(len(every)) < 0.5), *(_few(own, rng) for _ in range(2))),
        planted=tuple(np.maximum(own, np.isin(every, tools[: number + 1])) for number in range(len(tools))),
        rival=rival,
        counts=int((columns < techniques).sum()) >= TECHNIQUES,
    )


def _few(own: Floats, rng: np.random.Generator) -> Floats:
    mask = np.zeros_like(own)
    mask[rng.choice(np.flatnonzero(own), min(int(rng.integers(2, 5)), int(own.sum())), replace=False)] = 1
    return mask


def folds(cases: list[Case], count: int, seed: int = 0) -> Ints:
    """The fold of each case; all of a group share one, so that no case is weighed with weights its group helped to fit."""
    groups = sorted({case.group for case in cases})
    shuffled = np.random.default_rng(seed).permutation(len(groups))
    fold = {group: int(at) % count for group, at in zip(groups, shuffled, strict=True)}
    return np.array([fold[case.group] for case in cases])


def leave_out(number: Ints, count: int) -> Iterator[tuple[Ints, Ints]]:
    for fold in range(count):
        yield np.flatnonzero(number != fold), np.flatnonzero(number == fold)
