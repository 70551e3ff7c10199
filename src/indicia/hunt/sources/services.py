"""Services on the net and what runs on one's own clusters: Okta, GitHub, Bitbucket, OneLogin, Duo, Kubernetes, OpenCanary.

References: Okta, "System Log API"; GitHub, "Audit log events"; Kubernetes, "Auditing"; the services' own log references.
"""

from __future__ import annotations

from indicia.hunt.sources.form import ANY, PRESENT, Answer, LogSource, Serves

__all__ = ["SOURCES"]

_HTTP = {
    **dict.fromkeys(
        ("cs-uri", "c-uri", "cs-uri-query", "c-uri-query", "cs-uri-stem", "c-uri-stem", "c-uri-path"), ("http.url",)
    ),
    **dict.fromkeys(("cs-user-agent", "c-useragent", "cs-useragent"), ("http.http_user_agent",)),
    **dict.fromkeys(("cs-host", "r-dns"), ("http.hostname",)),
    **dict.fromkeys(("cs-referer", "cs-referrer"), ("http.http_refer",)),
    "cs-method": ("http.http_method",),
    "sc-status": ("http.status",),
    "c-ip": ("src_ip",),
}
SOURCES = (
    LogSource(
        name="okta",
        marks=(("eventtype", "published"), ("eventtype", "displaymessage", "outcome.result"), ("legacyeventtype", "eventtype")),
        serves=(Serves("okta", "", "okta"),),
        times=("published",),
        users=("actor.alternateid", "actor.displayname"),
        addresses=("client.ipaddress",),
        actions=("eventtype",),
        objects=("target.alternateid", "target.displayname"),
        answers=(Answer("outcome.result", done=("success", "allow"), failed=("failure", "deny")),),
    ),
    LogSource(
        name="github-audit",
        marks=(
            ("action", "actor", "_document_id"),
            ("action", "actor", "org"),
            ("action", "actor", "repo"),
            ("action", "actor", "business"),
            ("action", "actor", "created_at"),
        ),
        serves=(Serves("github", "", "audit"),),
        times=("@timestamp", "created_at"),
        users=("actor",),
        hosts=("org", "business"),
        addresses=("actor_ip",),
        actions=("action",),
        objects=("repo", "user"),
        answers=(Answer("action", done=(PRESENT,)),),  # what is logged was done
    ),
    LogSource(
        name="bitbucket-audit",
        marks=(("audittype.category", "audittype.action"),),
        serves=(Serves("bitbucket", "", "audit"),),
        times=("timestamp", "datetime", "timestamp.epochsecond"),
        users=("author.name",),
        addresses=("source",),
        actions=("audittype.action",),
    ),
    LogSource(
        name="onelogin",
        marks=(("event_type_id", "account_id"), ("event_type_id", "actor_user_id")),
        serves=(Serves("onelogin", "", "onelogin.events"),),
        times=("event_timestamp", "created_at"),
        users=("user_name", "actor_user_name"),
        addresses=("ipaddr",),
        actions=("event_type_id",),
    ),
    LogSource(
        name="duo",
        marks=(
            *(("event_type", "access_device.ip"), ("event_type", "reason", "txid"), ("event_type", "factor", "result")),
            ("action", "isotimestamp", "username"),  # what administrators did
        ),
        serves=(Serves("cisco", "", "duo"),),
        times=("isotimestamp", "timestamp"),
        users=("user.name", "username"),
        addresses=("access_device.ip",),
        actions=("event_type", "action"),
        objects=("object",),
        answers=(Answer("result", done=("success",), failed=("failure", "denied", "fraud")),),
    ),
    LogSource(
        name="kubernetes-audit",
        marks=(("auditid", "verb"), ("verb", "requesturi", "stage"), ("verb", "objectref.resource")),
        serves=(Serves("kubernetes", "application", "audit"), Serves("kubernetes", "", "audit")),
        times=("requestreceivedtimestamp", "stagetimestamp"),
        users=("user.username",),
        addresses=("sourceips",),
        actions=("verb",),
        objects=("requesturi", "objectref.name"),
        answers=(Answer("responsestatus.code", done=("2*", "101"), failed=("4*", "5*")),),
    ),
    LogSource(
        name="opencanary",
        marks=(("logtype", "node_id"), ("logtype", "src_host", "dst_host")),
        serves=(Serves("opencanary", "application"),),
        times=("utc_time", "local_time"),
        hosts=("node_id",),
        addresses=("src_host",),
        users=("logdata.username",),
        actions=("logtype",),
        answers=(Answer("logtype", failed=(PRESENT,)),),  # a decoy is only ever tried: nothing on it can be broken into
        of_machines=True,
    ),
    LogSource(
        name="rpc-firewall",
        marks=(("interfaceuuid", "opnum"), ("eventlog=rpcfw",)),
        serves=(Serves("rpc_firewall", "application"),),
        addresses=("clientnetworkaddress",),
        actions=("interfaceuuid",),
    ),
    LogSource(
        name="suricata",
        marks=(("event_type", "flow_id"), ("event_type", "src_ip", "proto")),
        serves=(
            Serves(
                "suricata",
                "dns",
                only={"event_type": ("dns",)},
                fields={"query": ("dns.rrname",), "record_type": ("dns.rrtype",), "answer": ("dns.answers.rdata", "dns.rdata")},
            ),
            Serves(ANY, "webserver", only={"event_type": ("http",)}, fields=_HTTP),
            Serves("", "proxy", only={"event_type": ("http",), "http.hostname": (PRESENT,)}, fields=_HTTP),
            Serves("suricata"),
        ),
        times=("timestamp",),
        addresses=("src_ip",),
        actions=("alert.signature", "event_type"),
    ),
)
