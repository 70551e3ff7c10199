"""EuRepoC's coding of attributions, read both ways. The codes are in eurepoc.toml."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources

# Of their data set "Attribution", in order. What follows them in our files is ours: the words and where they stand.
COLUMNS = (
    "incident_ID",
    "attribution_ID",
    "attribution_date",
    "attribution_type",
    "attribution_basis",
    "attributing_actor",
    "attribution_it_company",
    "attributing_country",
    "attributed_initiator",
    "attributed_initiator_country",
    "attributed_initiator_category",
)


@cache
def _table() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(resources.files(__package__).joinpath("eurepoc.toml").read_text("utf-8"))


@cache
def _meanings(field: str) -> dict[str, str]:
    return {theirs: ours for ours, codes in _table()[field].items() for theirs in codes}


def coded(field: str, ours: str) -> str:
    """Their code for our word, in the field `type`, `basis` or `category`.

    >>> coded("basis", "attacker")
    'Attacker confirms'
    """
    return _table()[field].get(ours, _table()[field]["unknown"])[0]


def meant(field: str, theirs: str) -> str:
    """Our word for their code, "unknown" for one that is not listed.

    >>> meant("category", "State"), meant("category", "")
    ('state', 'unknown')
    """
    return _meanings(field).get(theirs.strip(), "unknown")


def is_told(cell: str) -> bool:
    """Whether a cell tells anything.

    >>> is_told("China"), is_told("Not available")
    (True, False)
    """
    return cell.strip().lower() not in {"", "not available", "unknown", "nan"}
