"""Which logs a Sigma log source means: the family of the log, the events in it, and what the fields are called there.

A Sigma `logsource` (category, product, service) leads to one or more `LogSource`s, by the tables in `hunt/sources/logs.yml` and
`windows.yml`. The names of channels are Microsoft's; the Sysmon and Security event ids are those of the Sigma taxonomy.
pySigma's own tables serve for the long tail of Windows services.

References: SigmaHQ sigma-specification, "Sigma taxonomy appendix"; Microsoft, "Sysmon events"; EXCHANGE log headers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sigma.pipelines.common import windows_logsource_mapping

from indicia.hunt.names import GENERIC, JOINED_URI, SHOWN, TEXT
from indicia.hunt.rules.ir import ALWAYS, And, How, Node, Or, Same, Test, Wild, either, fold, rebuilt, tests_of
from indicia.hunt.sources import CATEGORIES, KERNEL_FILE, LOGS, PRESENT, RIGHTS, SERVICES, SOURCES, SYSMON


class LogSource(NamedTuple):
    """Events of one log family that pass `guard`.

    `fields` maps folded Sigma names to the log's own columns, any of which may match.
    """

    family: str
    guard: Node = ALWAYS
    fields: Mapping[str, tuple[str, ...]] = {}


FIELDS = LOGS.fields
WEB_FAMILIES = frozenset({"iis", "access-log", "httpproxy"})

SYSMON_CHANNEL = "Microsoft-Windows-Sysmon/Operational"
LINUX_SYSMON = "Linux-Sysmon/Operational"
DEFENDER = ("Microsoft-Windows-Windows Defender/Operational",)

EXCHANGE_LOGS = ("httpproxy", "ecp-server", "ecp-activity", "oab-generator", "cmdlet-infra", "exchange-log")
CISCO_MARK = Test("", How.REGEX, r"%[A-Z0-9_]+-[0-7]-[A-Z0-9_]+:")


def log_sources(category: str, product: str, service: str) -> tuple[LogSource, ...]:
    """Every kind of log that a Sigma log source (folded; "" where the rule names none) can be found in.

    The generic one is always last: logs that show this very source by what they or their files are called.
    """
    found = list(_specific(category, product, service))
    declared = [
        LogSource(source.name, _only(serves.only), {**serves.fields})
        for source in SOURCES
        for serves in source.serves
        if serves.fits(category, product, service)
    ]
    return (*found, *declared, LogSource(GENERIC, _shown(category, product, service)))


def _only(only: Mapping[str, tuple[str, ...]]) -> Node:
    tests = []
    for field, values in only.items():
        among = [_held(field, value) for value in values]
        tests.append(either(among))
    return And(tuple(tests)) if tests else ALWAYS


def _held(field: str, value: str) -> Test:
    if value == PRESENT:
        return Test(field, How.EXISTS)
    return Test(field, How.EQUALS, value) if value else Test(field, How.NULL)


def _shown(category: str, product: str, service: str) -> Node:
    """That a record says it is of this log source, or its file by its name, where our tables know none of the kind."""
    parts = [part for part in (category, product, service) if part]
    told = And(tuple(Test(SHOWN, How.CONTAINS, f"|{part}|") for part in parts))
    if product in _KNOWN or (not product and category in _CATEGORIES):
        return told
    named = tuple(Test(SHOWN, How.CONTAINS, f"/{part}/") for part in ([product] if product else parts))
    return Or((told, And(named)))


def _specific(category: str, product: str, service: str) -> list[LogSource]:
    if product == "windows":
        return _windows(category, service)
    if product == "exchange":
        return [LogSource(service)] if service in EXCHANGE_LOGS else [LogSource(name) for name in EXCHANGE_LOGS]
    if product == "linux":
        return _linux(category, service)
    if product == "zeek" or category == "dns":
        fields = FIELDS["zeek-dns"] if category == "dns" else {}
        return [LogSource("zeek", Test("_path", How.EQUALS, service or category), fields)]
    if product == "iis" or service == "iis":
        return [LogSource("iis", ALWAYS, FIELDS["iis"])]
    if category in ("webserver", "proxy") or service in ("apache", "nginx"):
        requests = LogSource("zeek", Test("_path", How.EQUALS, "http"), FIELDS["zeek-http"])
        if category == "proxy":  # what clients ask of the world: only logs that name the other host can be such
            other = Or((Test("cs-host", How.EXISTS), Test("r-dns", How.EXISTS), Test("cs-uri", How.EXISTS)))
            return [*(LogSource(family, other, FIELDS["iis"]) for family in ("iis", "access-log")), requests]
        web = [LogSource("access-log", ALWAYS, FIELDS["iis"])]
        if service not in ("apache", "nginx"):
            web += [
                LogSource("iis", ALWAYS, FIELDS["iis"]),
                LogSource("httpproxy", ALWAYS, FIELDS["httpproxy"]),
                requests,
            ]
        else:
            web += [LogSource("syslog"), LogSource(TEXT)]
        return web
    if category == "antivirus":
        return [
            LogSource(
                "windows",
                And((_among("Channel", DEFENDER), _among("EventID", (1006, 1015, 1116, 1117)))),
                FIELDS["antivirus"],
            )
        ]
    if product == "cisco":
        return [LogSource("syslog", CISCO_MARK)]
    if product in LOGS.appliances:
        return [LogSource("syslog", Test("", How.REGEX, LOGS.appliances[product]))]
    if category == "database":
        return [LogSource("syslog", _written_by(LOGS.databases))]
    if category == "application" and product not in ("opencanary", "rpc_firewall", "kubernetes"):
        return [LogSource("syslog"), LogSource(TEXT)]
    return []


def _windows(category: str, service: str) -> list[LogSource]:
    if category in SYSMON:
        sysmon = And((_among("Channel", (SYSMON_CHANNEL,)), _among("EventID", SYSMON[category])))
        sources = [LogSource("windows", sysmon)]
        if category == "process_creation":
            audit = And((_among("Channel", ("Security",)), _among("EventID", (4688,))))
            sources.append(LogSource("windows", audit, FIELDS["process-4688"]))
        return sources
    if category in CATEGORIES:
        events = CATEGORIES[category]
        return [LogSource("windows", And((_among("Channel", events.channels), _among("EventID", events.numbers))))]
    if category in KERNEL_FILE:
        provider = Test("Provider_Name", How.EQUALS, fold("Microsoft-Windows-Kernel-File"))
        return [LogSource("windows", And((provider, _among("EventID", KERNEL_FILE[category]))))]
    if service == "iis":
        return [LogSource("iis", ALWAYS, FIELDS["iis"])]
    if service in SERVICES:
        return [LogSource("windows", _among("Channel", SERVICES[service]))]
    if service in windows_logsource_mapping:
        channel = windows_logsource_mapping[service]
        channels = (channel,) if isinstance(channel, str) else tuple(channel)
        sources = [LogSource("windows", _among("Channel", channels))]
        if service == "msexchange-management":  # the text log of the same cmdlets stands in for a cleared channel
            sources.append(LogSource("cmdlet-infra"))
        return sources
    if not category and not service:
        return [LogSource("windows")]
    return []


def _linux(category: str, service: str) -> list[LogSource]:
    if category in ("process_creation", "network_connection", "file_event"):
        number = SYSMON[category]
        guard = And((_among("Channel", (LINUX_SYSMON,)), _among("EventID", number)))
        sources = [LogSource("windows", guard)]
        if category == "process_creation":
            sources.append(LogSource("auditd", Test("type", How.EQUALS, "execve"), FIELDS["auditd"]))
        return sources
    if service == "auditd":
        return [LogSource("auditd")]
    if category:
        return []
    if service in LOGS.programs:
        return [LogSource("syslog", _written_by(LOGS.programs[service]))]
    return [LogSource("syslog")]


def _written_by(programs: Sequence[str]) -> Node:
    return Or(tuple(Test("program", How.STARTS, program) for program in programs))


def _among(field: str, values: tuple[str | int, ...]) -> Node:
    return either([Test(field, How.EQUALS, fold(str(value))) for value in values])


_KNOWN = frozenset({"windows", "linux", "macos", "zeek", "exchange", "iis"}) | {
    serves.product for source in SOURCES for serves in source.serves if serves.product
}
_CATEGORIES = frozenset({*SYSMON, *CATEGORIES, *KERNEL_FILE, "webserver", "proxy", "dns", "antivirus", "firewall"})


# A condition in a log family's own field names.
# Values that one Windows event has in two spellings: as the log keeps them, and as viewers and some shippers show them.
#
# The Security log keeps rights as numbers of messages (`%%4417`), which a viewer shows as words ("WriteData (or AddFile)"), and
# shares with their server (`\\*\ADMIN$`). Rules are written in either; each is sought in both.
#
# Reference: Microsoft, "4656(S, F): A handle to an object was requested", "4663", "4661", "5140", access rights tables.
_WORDS = {f"%%{number}": fold(word) for number, word in RIGHTS.items()}
_ASKED = frozenset({How.EQUALS, How.CONTAINS, How.STARTS, How.ENDS})


def in_all_spellings(test: Test) -> Node:
    """`test` and the same in the other spelling of its value; `test` itself where there is but one.

    >>> in_all_spellings(Test("AccessList", How.CONTAINS, "writedata")).items[1].value
    '%%4417'
    """
    if test.how not in _ASKED or test.cased:
        return test
    match test.field.lower():
        case "accesslist":
            others = _rights(test)
        case "sharename" if test.how is How.EQUALS and "\\" not in test.value and test.value:
            others = [Test(test.field, How.EQUALS, f"\\\\*\\{test.value}")]
        case _:
            return test
    return Or((test, *others)) if others else test


def _rights(test: Test) -> list[Test]:
    """The list holds several rights, so that one of them is sought within it."""
    if test.value in _WORDS:
        return [Test(test.field, How.CONTAINS, _WORDS[test.value])]
    if len(test.value) < 4:
        return []
    return [Test(test.field, How.CONTAINS, number) for number, word in _WORDS.items() if word.startswith(test.value)]


_AGENTS = frozenset({"cs(user-agent)", "cs(referer)", "cs(cookie)"})


def mapped(node: Node, source: LogSource) -> Node:
    """`node` with every field named as in the logs of `source`, `node` itself where nothing differs.

    Where one Sigma field can be several columns, or one value has several spellings, any may match.
    """
    if not source.fields and source.family not in WEB_FAMILIES and not _is_spelled(node, source):
        return node
    return rebuilt(node, lambda leaf: _any_column(leaf, source))


def _is_spelled(node: Node, source: LogSource) -> bool:
    """Whether a condition on Windows events asks for a value that has several spellings."""
    return source.family == "windows" and any(
        isinstance(each, Test) and in_all_spellings(each) is not each for each in tests_of(node)
    )


def _any_column(test: Test | Same, source: LogSource) -> Node:
    columns = source.fields.get(test.field.lower(), (test.field,))
    if isinstance(test, Same):
        others = source.fields.get(test.other.lower(), (test.other,))
        return either([Same(field, other, test.how) for field in columns for other in others])
    if test.how is How.NULL and len(columns) > 1:
        return And(tuple(_in_column(test, column, source) for column in columns))  # empty means: none of them is filled
    # The joined URI adds something only to a test that can reach across the "?", and costs a column of its own.
    reaching = test.how in (How.REGEX, How.WILD) or "?" in test.value
    found = [_in_column(test, column, source) for column in columns if column != JOINED_URI or reaching]
    return either(found)


def _in_column(test: Test, column: str, source: LogSource) -> Node:
    named = _renamed(test, column)
    if source.family == "windows":
        return in_all_spellings(named)
    if source.family not in WEB_FAMILIES or not column:
        return named
    if test.how is How.NULL:
        return Or((named, Test(column, How.EQUALS, "-")))  # W3C writes a dash for nothing
    if source.family == "iis" and column.lower() in _AGENTS and _has_blank(test):
        return Or((named, _with_plus(named)))  # IIS writes blanks as plus signs
    return named


def _renamed(test: Test, column: str) -> Test:
    return Test(column, test.how, test.value, test.cased, test.flags, test.parts)


def _has_blank(test: Test) -> bool:
    return test.how is not How.REGEX and any(" " in str(part) for part in (test.value, *test.parts))


def _with_plus(test: Test) -> Test:
    parts = tuple(part.replace(" ", "+") if isinstance(part, str) else Wild(part).value for part in test.parts)
    return Test(test.field, test.how, test.value.replace(" ", "+"), test.cased, test.flags, parts)
