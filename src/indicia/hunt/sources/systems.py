"""What systems keep of their programs' words: the journal of systemd, containers, tables of syslog, shippers.

A message that is a line of some known kind is read as that. What is left is a line of syslog.

References: systemd, "systemd.journal-fields"; Docker, "JSON File logging driver"; Azure Monitor, "Syslog" table; Elastic,
"Filebeat exported fields"; Wazuh, "Event logging".
"""

from __future__ import annotations

from typing import NamedTuple


class Carrier(NamedTuple):
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


CARRIERS = (
    Carrier(
        name="journald",
        message="message",
        marks=("message", "__realtime_timestamp"),
        times=("_source_realtime_timestamp", "__realtime_timestamp"),
        hosts=("_hostname",),
        programs=("syslog_identifier", "_comm"),
        pids=("_pid", "syslog_pid"),
    ),
    Carrier(
        name="docker",
        message="log",
        marks=("log", "stream"),
        times=("time", "@timestamp"),
        hosts=("kubernetes.host", "host"),
        programs=("kubernetes.container_name", "container_name"),
    ),
    Carrier(
        name="syslog-table",  # Log Analytics and Sentinel
        message="syslogmessage",
        marks=("syslogmessage",),
        times=("eventtime", "timegenerated"),
        hosts=("hostname", "computer"),
        programs=("processname",),
        pids=("processid",),
    ),
    Carrier(
        name="syslog-json",
        message="message",
        marks=("message", "hostname", "facility"),
        times=("timestamp", "@timestamp"),
        hosts=("hostname", "host"),
        programs=("appname", "program", "app-name", "programname", "ident"),
        pids=("procid", "pid"),
    ),
    Carrier(
        name="wazuh",
        message="full_log",
        marks=("full_log", "agent.name"),
        times=("timestamp", "@timestamp"),
        hosts=("predecoder.hostname", "agent.name"),
        programs=("predecoder.program_name",),
    ),
    Carrier(  # Azure diagnostics of Windows machines
        name="azure-windows", message="properties.rawxml", marks=("properties.rawxml",), times=("time",), only_known=True
    ),
    Carrier(name="event.original", message="event.original", marks=("event.original",), only_known=True),
    Carrier(name="message", message="message", marks=("message", "@timestamp"), only_known=True),
)
