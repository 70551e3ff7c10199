"""What a kind of log is, declared: how its records are known, which of Sigma's log sources it shows, where its fields stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

__all__ = ["ANY", "LogSource", "Serves", "holds"]

ANY = "*"


class Serves(NamedTuple):
    """A log source of Sigma that a log shows.

    `product` may be ANY: rules of every product are asked, and those that name none. `only` narrows it to records that have one
    of some values in each field (all lower case; "" is a field that is missing). `fields` are what Sigma's names are called
    here, any of which may match.
    """

    product: str = ""
    category: str = ""
    service: str = ""
    only: Mapping[str, tuple[str, ...]] = {}
    fields: Mapping[str, tuple[str, ...]] = {}

    def fits(self, category: str, product: str, service: str) -> bool:
        """Whether rules with this log source (folded; "" where they name none) are to be asked."""
        asked = ((product, self.product), (category, self.category), (service, self.service))
        return all(one in ("", other) or other == ANY for one, other in asked) and (
            self.product != ANY or bool(category or service)
        )


class LogSource(NamedTuple):
    """One kind of record in JSON, CSV or a table.

    A record is of this kind when it has all fields of one of the `marks` (as `name`, or `name=value`; lower case, nested names
    dotted). `times`, `hosts`, `users`, `addresses` and `actions` name the fields that say when, where, who, from where and
    what, the most telling first.
    """

    name: str
    marks: tuple[tuple[str, ...], ...]
    serves: tuple[Serves, ...]
    times: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    users: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()


def holds(mark: Iterable[str], fields: Mapping[str, Any]) -> bool:
    """Whether a record (by folded names) has all fields of a mark, with the values that it names."""
    for each in mark:
        name, equals, value = each.partition("=")
        if name not in fields or (equals and str(fields[name]).lower() != value):
            return False
    return True
