"""What a kind of log is, declared: how its records are known, which of Sigma's log sources it shows, where its fields stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Any

from indicia.hunt.names import Remembered, field_key
from indicia.records import Event
from indicia.rulefile import Declared

ANY = "*"
PRESENT = "*"  # among the values of `only`: whatever the field holds, but it holds something


class Serves(Declared, frozen=True):
    """A log source of Sigma that a log shows.

    `product` may be ANY: rules of every product are asked, and those that name none. `only` narrows it to records that have one
    of some values in each field (all lower case; "" is a field that is missing, PRESENT one that is not). `fields` are what
    Sigma's names are called here, any of which may match; what has none is never in such a log, and no test of it holds.
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


class Form(Enum):
    """How a line is taken apart."""

    GROUPS = "groups"  # the groups of its mark
    BLANKS = "blanks"  # words; quotes and brackets hold blanks together
    COMMAS = "commas"  # as in CSV
    PAIRS = "pairs"  # name=value, name="a value"
    CEF = "cef"
    LEEF = "leef"


class Line(Declared, frozen=True):
    """How a line of text of some kind is known and taken apart, bare, behind a header of syslog, or as the message of a record.

    `mark` is sought in the line, at its very beginning where it starts with "^"; its first match is where the record begins.
    What it needs further on (`a.*b`) is sought behind the first place alone, `^(?>.*?a).*b`: a line may hold ten thousand.
    `hint` is a text that stands in every such line, or several of which one does: it is what makes other lines cheap. `names`
    are those of the groups or columns ("a+b": two, parted by the last colon; "": of no use). `finders` are further patterns,
    sought in the last group, or in the line where there is none: each gives the fields that its own groups are named for.
    """

    mark: str
    hint: str | tuple[str, ...] = ""
    form: Form = Form.GROUPS
    names: tuple[str, ...] = ()
    finders: tuple[tuple[str, tuple[str, ...]], ...] = ()


class Answer(Declared, frozen=True):
    """What a field says of whether it worked: folded values, "" for a field that is missing, PRESENT for any other.

    A value may end in "*": whatever begins so.
    """

    field: str
    done: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()


class LogSource(Declared, frozen=True):
    """One kind of record, in JSON, CSV, a table or a line of text.

    A record is of this kind when it has all fields of one of the `marks` (as `name`, or `name=value`; lower case, nested names
    dotted). `times`, `hosts`, `users`, `addresses`, `actions` and `objects` name the fields that say when, where, who, from
    where, what and to what (of a name that ends in "." the first below it), the most telling first; where there is no machine,
    `hosts` are the account, tenant or project, which is so of all kinds with `answers` save those `of_machines`. `answers` say
    whether it worked: the first that knows counts. `lines` say what it looks like as text. `local`: its times are those of the
    device where they state no zone; those of all others are in UTC.
    """

    name: str
    marks: tuple[tuple[str, ...], ...] = ()
    serves: tuple[Serves, ...] = ()
    times: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    users: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    objects: tuple[str, ...] = ()
    answers: tuple[Answer, ...] = ()
    lines: tuple[Line, ...] = ()
    of_machines: bool = False
    local: bool = False


class Carrier(Declared, frozen=True):
    """A kind of record that carries a line of text in its field `message`. It has all the fields of `marks`.

    `times`, `hosts`, `programs` and `pids` name the fields that say so, the most telling first (all folded). `only_known`: a
    record whose message is no line of a known kind is read as if it carried none.
    """

    name: str
    message: str
    marks: tuple[str, ...]
    times: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    programs: tuple[str, ...] = ()
    pids: tuple[str, ...] = ()
    only_known: bool = False


def holds(mark: Iterable[str], fields: Mapping[str, Any]) -> bool:
    """Whether a record (by folded names) has all fields of a mark, with the values that it names."""
    for each in mark:
        name, equals, value = each.partition("=")
        if name not in fields or (equals and str(fields[name]).lower() != value):
            return False
    return True


def values_of(event: Event) -> Mapping[str, str]:
    """The fields of an event by their folded names."""
    return dict(zip(_keys(tuple(event.fields)), event.fields.values(), strict=True))


@Remembered
def _keys(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(map(field_key, names))
