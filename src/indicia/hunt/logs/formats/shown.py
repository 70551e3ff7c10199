"""What records of unknown origin, and their files, call the log that they are of."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import PurePath
from typing import Any

import numpy as np

from indicia.hunt.events import Column
from indicia.hunt.logs.formats.table import column_of

# Fields in which exporters and people say what a record is of.
_TELLING = (
    "product",
    "vendor",
    "service",
    "category",
    "logsource.product",
    "logsource.service",
    "logsource.category",
    "event.module",
    "event.dataset",
    "event.provider",
    "observer.product",
    "sourcetype",
    "source_type",
    "_sourcetype",
    "log_type",
)
_SPLIT = re.compile(r"[^\w.-]+")


@lru_cache(4_096)
def shown_by(file: str) -> str:
    """What the name of a file and its folders say, as `/okta/system/`."""
    path = PurePath(file.replace("\\", "/").replace("!", "/"))
    words = [word for part in path.parts for word in re.split(r"[^a-z0-9]+", part.lower()) if word]
    return "/".join(("", *words, ""))


def shown_column(file: str, records: Sequence[Mapping[str, Any]]) -> Column:
    """What each record says that it is of, as `|aws|cloudtrail|`, with what its file's name says."""
    by_file = shown_by(file)
    if not any(name in fields for fields in records for name in _TELLING):
        return Column([by_file], np.zeros(len(records), np.int32))
    return column_of([_said(fields) + by_file for fields in records])


def _said(fields: Mapping[str, Any]) -> str:
    words = [word for name in _TELLING if isinstance(value := fields.get(name), str) for word in _SPLIT.split(value.lower())]
    return "".join(("|", *(f"{word}|" for word in dict.fromkeys(words) if word)))
