"""Firewalls and other devices that write lines of their own, and the common forms in which many of them send their events.

References: ArcSight, "Common Event Format" (CEF) 0.1; IBM, "Log Event Extended Format" (LEEF) 2; Fortinet, "FortiOS log message
reference"; SonicWall, "SonicOS log events reference"; Juniper, "System log explorer"; Palo Alto Networks, "PAN-OS syslog field
descriptions"; Cisco, "ASA series syslog messages"; netfilter, "LOG target"; Netgate, "Raw filter log format";
Suricata, "fast log", and Snort's of the same form.
"""

from __future__ import annotations

from indicia.hunt.sources.form import ANY, PRESENT, Answer, Form, Line, LogSource, Serves

__all__ = ["SOURCES"]

_PAN_FRONT = "future receive_time serial type subtype config_version time_generated"
_PAN_SESSION = (
    "src dst natsrc natdst rule srcuser dstuser app vsys from to inbound_if outbound_if logset time_logged sessionid repeatcnt"
    " sport dport natsport natdport flags proto action"
)


_PF_FRONT = "rule subrule anchor tracker interface reason action direction ipversion"
_PF_ENDS = "length src_ip dst_ip src_port dst_port"
_PF_4 = tuple(f"{_PF_FRONT} tos ecn ttl packet_id offset flags protocol_id protocol {_PF_ENDS}".split())
_PF_6 = tuple(f"{_PF_FRONT} class flow hop_limit protocol protocol_id {_PF_ENDS}".split())


# The only time of theirs that states its zone, whichever column it has in the version at hand.
_PAN_EXACT = ((r",(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d)(?:,|$)", ("high_resolution_timestamp",)),)


def _pan(kind: str, rest: str) -> Line:
    hint = "," if "|" in kind else f",{kind}"
    names = tuple(f"{_PAN_FRONT} {rest}".split())
    return Line(rf"\d,(?=[^,]*\d\d:\d\d)[^,]*+,\w*+,{kind},", f"{hint},", Form.COMMAS, names, finders=_PAN_EXACT)


SOURCES = (
    LogSource(
        name="cef",
        local=True,
        marks=(("devicevendor", "deviceproduct", "deviceeventclassid"),),
        serves=(
            Serves(
                ANY,
                "firewall",
                only={"dpt": (PRESENT,)},
                fields={"src_ip": ("src",), "dst_ip": ("dst",), "dst_port": ("dpt",), "src_port": ("spt",), "action": ("act",)},
            ),
            Serves(
                ANY,
                "firewall",
                only={"destinationport": (PRESENT,)},
                fields={
                    "src_ip": ("SourceIP",),
                    "dst_ip": ("DestinationIP",),
                    "dst_port": ("DestinationPort",),
                    "action": ("DeviceAction",),
                },
            ),
            Serves(
                "",
                "proxy",
                only={"requestclientapplication": (PRESENT,)},
                fields={
                    "c-uri": ("request", "RequestURL"),
                    "c-useragent": ("requestClientApplication", "RequestClientApplication"),
                    "cs-method": ("requestMethod", "RequestMethod"),
                    "cs-host": ("dhost", "DestinationHostName"),
                    "r-dns": ("dhost", "DestinationHostName"),
                },
            ),
        ),
        times=(
            "rt",
            "end",
            "start",
            "endtime",
            "ftntfgteventtime",
            "fortinetfortigateeventtime",
            "unifiutctime",
            "devicereceipttime",
            "timegenerated",
            "receipttime",
        ),
        hosts=("dvchost", "deviceexternalid", "dvc", "devicename", "computer"),
        users=("suser", "duser", "sourceusername", "destinationusername"),
        addresses=("src", "sourceip", "sourceaddress"),
        actions=("name", "activity", "act"),
        lines=(Line(r"CEF: ?\d\|", "CEF:", Form.CEF),),
    ),
    LogSource(
        name="leef",
        local=True,
        marks=(),
        serves=(
            Serves(
                ANY,
                "firewall",
                only={"dstport": (PRESENT,)},
                fields={"src_ip": ("src",), "dst_ip": ("dst",), "dst_port": ("dstPort",), "src_port": ("srcPort",)},
            ),
        ),
        times=("devtime",),
        hosts=("identhostname", "sys_name"),
        users=("usrname", "accountname"),
        addresses=("src",),
        actions=("deviceeventclassid", "action"),
        lines=(Line(r"LEEF: ?\d\.\d\|", "LEEF:", Form.LEEF),),
    ),
    LogSource(
        name="fortigate",
        local=True,
        marks=(("logid", "type", "subtype", "vd"), ("devid", "logid", "type")),
        serves=(
            Serves("fortigate", "", "event", only={"type": ("event",)}),
            Serves("fortios", "", "sslvpnd"),
            Serves(
                ANY,
                "firewall",
                only={"type": ("traffic",)},
                fields={"src_ip": ("srcip",), "dst_ip": ("dstip",), "dst_port": ("dstport",), "src_port": ("srcport",)},
            ),
        ),
        times=("eventtime", "datetime"),
        hosts=("devname", "devid"),
        users=("user", "srcuser"),
        addresses=("srcip", "remip", "ui"),
        actions=("msg", "action", "logdesc"),
        lines=(
            Line(
                r"^(?>.*?(?:date=\d{4}-\d\d-\d\d time=\S+ |devname=|logver=)).*\blog_?id=\"?\d{10}",
                ("logid=", "log_id="),
                Form.PAIRS,
            ),
        ),
    ),
    LogSource(
        name="sophos",
        local=True,
        marks=(),
        serves=(Serves(ANY, "firewall", only={"log_type": ("firewall",)}, fields={"action": ("log_subtype", "status")}),),
        times=("timestamp", "datetime"),
        hosts=("device_name", "device_serial_id", "device_id"),
        users=("user_name", "user"),
        addresses=("src_ip",),
        actions=("message", "log_subtype"),
        lines=(
            Line(r'^(?>.*?(?:timestamp="|date=\d{4}-\d\d-\d\d time=|device_name=)).*\blog_type="', 'log_type="', Form.PAIRS),
        ),
    ),
    LogSource(
        name="sonicwall",
        local=True,
        marks=(),
        serves=(Serves(ANY, "firewall", only={"dst_port": (PRESENT,)}, fields={"action": ("fw_action", "msg")}),),
        times=("time",),
        hosts=("fw",),
        users=("usr", "user"),
        addresses=("src_ip",),
        actions=("msg",),
        lines=(
            Line(
                r"^(?>.*?\bid=\S{1,64} {1,4}sn=\S{1,64} time=)(.*)",
                " sn=",
                Form.PAIRS,
                finders=(
                    (r"\bsrc=([0-9a-fA-F.]+)(?::(\d+))?", ("src_ip", "src_port")),
                    (r"\bdst=([0-9a-fA-F.]+)(?::(\d+))?", ("dst_ip", "dst_port")),
                ),
            ),
        ),
    ),
    LogSource(
        name="juniper-srx",
        marks=(),
        serves=(
            Serves(
                ANY,
                "firewall",
                only={"destination-port": (PRESENT,)},
                fields={
                    "src_ip": ("source-address",),
                    "src_port": ("source-port",),
                    "dst_ip": ("destination-address",),
                    "dst_port": ("destination-port",),
                },
            ),
        ),
        users=("username",),
        addresses=("source-address",),
        actions=("attack-name", "action", "reason"),
        lines=(Line(r"^(?>.*?\[junos@)", "[junos@", Form.PAIRS),),
    ),
    LogSource(
        name="paloalto",
        local=True,
        marks=(),
        serves=(
            Serves(
                ANY,
                "firewall",
                only={"type": ("traffic",)},
                fields={"src_ip": ("src",), "dst_ip": ("dst",), "dst_port": ("dport",), "src_port": ("sport",)},
            ),
            Serves("paloalto"),
            Serves("paloalto", "appliance", "globalprotect"),
        ),
        times=("high_resolution_timestamp", "time_generated", "receive_time"),
        hosts=("device_name",),
        users=("srcuser", "admin"),
        addresses=("src",),
        actions=("threatid", "description", "cmd", "app"),
        lines=(
            _pan("TRAFFIC", f"{_PAN_SESSION} bytes bytes_sent bytes_received packets start elapsed category"),
            _pan("THREAT", f"{_PAN_SESSION} misc threatid category severity direction seqno actionflags srcloc dstloc"),
            _pan("SYSTEM", "vsys eventid object future2 future3 module severity description"),
            _pan("CONFIG", "src vsys cmd admin client result path before after"),
            _pan("USERID", "vsys src srcuser datasourcename eventid repeatcnt timeout"),
            _pan("GLOBALPROTECT", "vsys eventid stage auth_method tunnel_type srcuser srcregion machinename src"),
            _pan("(?:HIPMATCH|HIP-MATCH)", "srcuser vsys machinename os src"),
            _pan("(?:AUTHENTICATION|AUTH|DECRYPTION|TUNNEL|CORRELATION|IPTAG|AUDIT|SCTP|GTP|START|END)", "vsys src srcuser"),
        ),
    ),
    LogSource(
        name="cisco-asa",
        marks=(),
        serves=(
            Serves(ANY, "firewall", only={"dst_port": (PRESENT,)}, fields={"action": ("action",)}),
            Serves("cisco", "", "syslog"),
        ),
        addresses=("src_ip",),
        users=("user",),
        actions=("message",),
        lines=(
            Line(
                r"%(?:ASA|FTD|PIX)-(?:\w+-)?(\d)-(\d{6}):? (.*)",
                ("%ASA-", "%FTD-", "%PIX-"),
                names=("severity", "message_id", "message"),
                finders=(
                    (
                        r"(?:from|for|src) (?:[\w.-]+:)?((?=[a-fA-F.:]*\d)[0-9a-fA-F.:]++)/(\d+)[^/]*? (?:to|dst) (?:[\w.-]+:)?"
                        r"((?=[a-fA-F.:]*\d)[0-9a-fA-F.:]++)/(\d+)",
                        ("src_ip", "src_port", "dst_ip", "dst_port"),
                    ),
                    (r"^(?:access-list \S+ )?(\w+)", ("action",)),
                    (r"\bSrcIP: ([0-9a-fA-F.:]+)", ("src_ip",)),
                    (r"\bDstIP: ([0-9a-fA-F.:]+)", ("dst_ip",)),
                    (r"\bDstPort: (\d+)", ("dst_port",)),
                    (r'\bMessage: "([^"]{1,400})"', ("attack",)),
                    (r"\bThreatName: ([^,]{1,400})", ("threat_name",)),
                    (r"\bClassification: ([^,]{1,200})", ("classification",)),
                    (r"\bPriority: (\d)", ("priority",)),
                    (r"\bInlineResult: ([^,]{1,60})", ("inline",)),
                    (r"[Uu]ser(?:name)? ?[=<'\"]? ?([\w.@\\-]+)", ("user",)),
                ),
            ),
        ),
    ),
    LogSource(
        name="netfilter",
        marks=(),
        serves=(
            Serves(
                ANY,
                "firewall",
                fields={"src_ip": ("SRC",), "dst_ip": ("DST",), "dst_port": ("DPT",), "src_port": ("SPT",)},
            ),
        ),
        addresses=("src",),
        actions=("proto",),
        lines=(Line(r"^(?>.*?\bSRC=[0-9a-f.:]+ DST=[0-9a-f.:]+ ).*\bPROTO=", " DST=", Form.PAIRS),),
    ),
    LogSource(
        name="pfsense",
        marks=(),
        serves=(
            Serves(
                ANY,
                "firewall",
                only={"dst_port": (PRESENT,)},
                fields={"action": ("action",)},
            ),
        ),
        addresses=("src_ip",),
        actions=("action",),
        answers=(Answer("action", failed=("block", "reject")),),
        of_machines=True,
        lines=(
            Line(r"^\d*,\d*,\w*,\w*,[\w.]+,[\w-]+,(?:pass|block|reject|\w*nat|rdr),(?:in|out),4,", ",4,", Form.COMMAS, _PF_4),
            Line(r"^\d*,\d*,\w*,\w*,[\w.]+,[\w-]+,(?:pass|block|reject|\w*nat|rdr),(?:in|out),6,", ",6,", Form.COMMAS, _PF_6),
        ),
    ),
    LogSource(
        name="suricata-fast",
        local=True,
        marks=(),
        serves=(Serves("suricata"),),
        times=("time",),
        addresses=("src_ip",),
        actions=("signature",),
        lines=(
            Line(
                r"^(\d\d/\d\d(?:/\d\d(?:\d\d)?)?-\d\d:\d\d:\d\d\.\d+) +(?:\[(\w+)\] +)?\[\*\*\] \[([\d:]+)\] (.*?) \[\*\*\]"
                r" (?:\[Classification: ([^\]]*)\] )?(?:\[Priority: (\d+)\] )?\{(\S+)\} (\S+) -> (\S+)",
                "[**]",
                names=(
                    "time",
                    "verdict",
                    "signature_id",
                    "signature",
                    "category",
                    "priority",
                    "proto",
                    "src_ip+src_port",
                    "dest_ip+dest_port",
                ),
            ),
            Line(  # as Snort writes to syslog
                r"^\[(\d+:\d+:\d+)\] (.{1,400}?) \[Classification: ([^\]]*)\] \[Priority: (\d+)\]:? *(?:<\S+> *)?"
                r"\{(\S+)\} (\S+) -> (\S+)",
                "[Priority: ",
                names=("signature_id", "signature", "category", "priority", "proto", "src_ip+src_port", "dest_ip+dest_port"),
            ),
        ),
    ),
)
