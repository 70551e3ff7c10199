"""The kinds of records that are known in JSON, CSV, tables and lines of text, as `logs.yml` declares them.

A new kind is one entry there, with an example and a rule in `tests/cases/hunt/sources.yml`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Any, TypeVar

from indicia.hunt.names import Remembered, field_key
from indicia.records import Event
from indicia.rulefile import Declared, declared

# What a kind of log is, declared: how its records are known, which of Sigma's log sources it shows, where its fields stand.
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


class Target(Declared, frozen=True):
    """Fields that say where a connection went."""

    names: tuple[str, ...]
    port: str


class Anywhere(Declared, frozen=True):
    """Fields that say who acted, from where, what and toward what, whatever the log."""

    users: tuple[str, ...]
    addresses: tuple[str, ...]
    actions: tuple[str, ...]
    targets: tuple[Target, ...]


class Logs(Declared, frozen=True):
    """`logs.yml`; `names` hold what several kinds share."""

    names: Mapping[str, Any]
    sources: tuple[LogSource, ...]
    carriers: tuple[Carrier, ...]
    fields: Mapping[str, Mapping[str, tuple[str, ...]]]
    appliances: Mapping[str, str]
    programs: Mapping[str, tuple[str, ...]]
    databases: tuple[str, ...]
    anywhere: Anywhere
    zeek: Mapping[str, tuple[str, ...]]


LOGS = declared("indicia.hunt.sources", "logs.yml", Logs)
SOURCES, CARRIERS = LOGS.sources, LOGS.carriers
FAMILIES = tuple(source.name for source in SOURCES)
_BY_NAME = {source.name: source for source in SOURCES}


def source_named(name: str) -> LogSource | None:
    """The kind of that name."""
    return _BY_NAME.get(name)


def source_of(fields: Mapping[str, Any]) -> LogSource | None:
    """The kind of a record, by its own (dotted) names; None when it shows none."""
    candidates = _candidates(tuple(fields))
    if not candidates:
        return None
    folded: dict[str, Any] | None = None
    for source, mark in candidates:
        if not any("=" in each for each in mark):
            return source
        if folded is None:
            folded = {field_key(name): value for name, value in fields.items()}
        if holds(mark, folded):
            return source
    return None


@Remembered
def _candidates(names: tuple[str, ...]) -> tuple[tuple[LogSource, tuple[str, ...]], ...]:
    """The kinds whose marks these names hold, up to the first that no value decides on."""
    keys = {field_key(name) for name in names}
    found = []
    for source in SOURCES:
        for mark in source.marks:
            if all(each.partition("=")[0] in keys for each in mark):
                found.append((source, mark))
                if not any("=" in each for each in mark):
                    return tuple(found)
    return tuple(found)


# What Windows events mean, as `windows.yml` declares it.
T = TypeVar("T")


class Category(Declared, frozen=True):
    """The channels and the numbers of the events of one of Sigma's categories."""

    channels: tuple[str, ...]
    numbers: tuple[int, ...]


class ByFields(Declared, frozen=True):
    """The channel of events with one of these numbers and one of these fields."""

    channel: str
    numbers: str
    fields: str


class _Windows(Declared, frozen=True):
    sysmon: Mapping[str, tuple[int, ...]]
    categories: Mapping[str, Category]
    kernel_file: Mapping[str, tuple[int, ...]]
    services: Mapping[str, tuple[str, ...]]
    rights: Mapping[int, str]
    parts: Mapping[str, str]
    messages: Mapping[str, tuple[str, ...]]
    strings: Mapping[str, str]
    sysmon_strings: Mapping[str, str]
    called: Mapping[str, tuple[str, ...]]
    aliases: Mapping[str, str]
    by_fields: tuple[ByFields, ...]
    providers: Mapping[str, str]
    cleared: Mapping[str, str]
    objects: Mapping[str, Mapping[str, tuple[str, ...]]]
    done: Mapping[str, str]
    failed: Mapping[str, str]


def _by_number(rows: Mapping[str, T]) -> dict[str, T]:
    """What stands for several numbers, by each of them."""
    return {number: row for numbers, row in rows.items() for number in numbers.split()}


def _names(row: str) -> list[str]:
    """The names in a row, with those that the parts in it stand for."""
    while "{" in row:
        row = row.format(**WINDOWS.parts)
    return row.split()


WINDOWS = declared("indicia.hunt.sources", "windows.yml", _Windows)
SYSMON, CATEGORIES, KERNEL_FILE, SERVICES = WINDOWS.sysmon, WINDOWS.categories, WINDOWS.kernel_file, WINDOWS.services
RIGHTS = WINDOWS.rights
MESSAGES = {number: tuple(map(_names, rows)) for number, rows in _by_number(WINDOWS.messages).items()}
STRINGS = {number: _names(row) for number, row in _by_number(WINDOWS.strings).items()}
SYSMON_STRINGS = {number: _names(row) for number, row in WINDOWS.sysmon_strings.items()}
CALLED, ALIASES = WINDOWS.called, WINDOWS.aliases
BY_FIELDS, PROVIDERS, CLEARED = WINDOWS.by_fields, WINDOWS.providers, WINDOWS.cleared
OBJECTS = {(channel, number): row for channel, rows in WINDOWS.objects.items() for number, row in _by_number(rows).items()}
DONE, FAILED = ({channel: frozenset(row.split()) for channel, row in rows.items()} for rows in (WINDOWS.done, WINDOWS.failed))
