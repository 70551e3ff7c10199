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

from indicia.hunt.names import GENERIC, SHOWN, TEXT
from indicia.hunt.rules.ir import ALWAYS, And, How, Node, Or, Test, fold
from indicia.hunt.sources import LOGS, SOURCES
from indicia.hunt.sources.form import PRESENT
from indicia.hunt.sources.windows import CATEGORIES, KERNEL_FILE, SERVICES, SYSMON


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
        tests.append(among[0] if len(among) == 1 else Or(tuple(among)))
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
    tests = tuple(Test(field, How.EQUALS, fold(str(value))) for value in values)
    return tests[0] if len(tests) == 1 else Or(tests)


_KNOWN = frozenset({"windows", "linux", "macos", "zeek", "exchange", "iis"}) | {
    serves.product for source in SOURCES for serves in source.serves if serves.product
}
_CATEGORIES = frozenset({*SYSMON, *CATEGORIES, *KERNEL_FILE, "webserver", "proxy", "dns", "antivirus", "firewall"})
