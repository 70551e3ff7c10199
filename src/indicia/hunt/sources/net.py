"""Requests, connections and names asked for, in the many spellings of web servers, proxies, firewalls and resolvers.

References: SigmaHQ sigma-specification, "Sigma taxonomy appendix"; nginx, "ngx_http_log_module"; Elastic, "ECS field
reference".
"""

from __future__ import annotations

from indicia.hunt.sources.form import ANY, Answer, Line, LogSource, Serves
from indicia.hunt.sources.web import WEB

__all__ = ["SOURCES"]

_CLIENTS = (
    *("c-ip", "c_ip", "remote_addr", "client_ip", "clientip", "client", "source.ip", "src_ip"),
    *("request.client_ip", "request.remote_ip", "httprequest.remoteip", "httprequest.clientip"),
)

SOURCES = (
    LogSource(
        name="proxy",
        marks=(
            ("c-uri", "c-useragent"),
            ("cs-host", "c-uri"),
            ("r-dns", "c-uri"),
            ("url", "useragent", "action"),
            ("url", "user_agent", "dest_ip"),
        ),
        serves=(
            Serves(
                "",
                "proxy",
                fields={
                    "c-uri": ("c-uri", "url"),
                    "c-useragent": ("c-useragent", "useragent", "user_agent"),
                    "cs-method": ("cs-method", "method", "requestmethod"),
                    "cs-host": ("cs-host", "host", "hostname", "r-dns"),
                    "r-dns": ("r-dns", "cs-host", "host", "hostname"),
                    "sc-status": ("sc-status", "status", "respcode"),
                },
            ),
        ),
        addresses=_CLIENTS,
        actions=("c-uri", "url"),
    ),
    LogSource(
        name="squid",  # its own form, which has neither agents nor hosts
        marks=(),
        serves=(
            Serves(
                "",
                "proxy",
                fields=dict.fromkeys(
                    ("c-useragent", "cs-useragent", "cs-user-agent", "cs-referer", "cs-referrer", "cs-cookie"), ()
                ),
            ),
        ),
        times=("time",),
        users=("cs-username",),
        addresses=("c-ip",),
        actions=("c-uri",),
        lines=(
            Line(
                r"^(\d{10}\.\d{3}) +(\d+) (\S+) ([A-Z_]+/\d{3}) (\d+) (\S+) (\S+) (\S+) [A-Z_]+/\S+ (\S+)",
                ("TCP_", "UDP_", "NONE"),
                names=(
                    "time",
                    "time-taken",
                    "c-ip",
                    "action+sc-status",
                    "sc-bytes",
                    "cs-method",
                    "c-uri",
                    "cs-username",
                    "type",
                ),
            ),
        ),
    ),
    LogSource(
        name="haproxy",
        marks=(),
        serves=(Serves(ANY, "webserver", fields=WEB),),
        times=("accept_date",),
        addresses=("c-ip",),
        actions=("request",),
        lines=(
            Line(
                r"^ ?(\S+:\d+) \[(\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d\.\d{3})\] (\S+) (\S+)"
                r" ([-\d+/]+) (-?\d+) (\+?\d+) (\S+) (\S+) (\S{4}) (\S+) (\S+)"
                r' (?:\{([^}]*)\} )?(?:\{([^}]*)\} )?"([^"]*)"?',
                "/20",
                names=(
                    "c-ip+c-port",
                    "accept_date",
                    "frontend",
                    "backend",
                    "timers",
                    "sc-status",
                    "sc-bytes",
                    "captured_request_cookie",
                    "captured_response_cookie",
                    "termination_state",
                    "connections",
                    "queue",
                    "captured_request_headers",
                    "captured_response_headers",
                    "request",
                ),
            ),
            Line(  # connections that are no requests
                r"^ ?(\S+:\d+) \[(\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d\.\d{3})\] (\S+) (\S+) ([-\d+/]+) (\+?\d+) (\S\S)",
                "/20",
                names=("c-ip+c-port", "accept_date", "frontend", "backend", "timers", "sc-bytes", "termination_state"),
            ),
        ),
    ),
    LogSource(
        name="web",
        marks=(
            ("request_uri", "status"),
            ("uri", "status", "remote_addr"),
            ("request", "status", "remote_addr"),
            ("request", "response", "clientip"),
            ("request", "status", "clientip"),
            ("cs-uri-stem", "sc-status"),
            ("cs_uri_stem", "sc_status"),
            ("url.original", "http.response.status_code"),
            ("url.path", "http.response.status_code"),
            ("method", "path", "status", "user_agent"),
            ("method", "url", "status", "user_agent"),
            ("cs-method", "cs-uri-query"),
            ("clientrequesturi", "edgeresponsestatus"),  # Cloudflare
            ("clientrequesthost", "clientrequestmethod"),
            ("request.uri", "request.method", "status"),  # Caddy
            ("httprequest.requesturl", "httprequest.status"),  # Google's load balancers
            ("httprequest.uri", "httprequest.httpmethod"),  # AWS WAF
        ),
        serves=(
            Serves(ANY, "webserver", fields=WEB),
            Serves("", "", "nginx"),
            Serves("", "", "apache"),
        ),
        times=("time_iso8601", "time_local", "@timestamp", "msec", "edgestarttimestamp", "edgeendtimestamp"),
        hosts=("hostname", "host.name", "s-computername", "s_computername"),
        users=("remote_user", "cs-username", "user_id"),
        addresses=_CLIENTS,
        actions=(
            *("request", "request_uri", "uri", "cs-uri-stem", "cs_uri_stem", "url.original", "url.path"),
            *("clientrequesturi", "request.uri", "httprequest.requesturl", "httprequest.uri"),
        ),
    ),
    LogSource(
        name="dns",
        marks=(("dns.question.name",), ("query", "record_type"), ("query", "qtype"), ("query", "answer")),
        serves=(
            Serves(
                ANY,
                "dns",
                fields={
                    "query": ("query", "dns.question.name", "qname"),
                    "record_type": ("record_type", "dns.question.type", "qtype"),
                    "answer": ("answer", "dns.answers.data", "answers"),
                },
            ),
        ),
        addresses=_CLIENTS,
        actions=("query", "dns.question.name"),
        lines=(
            Line(  # BIND
                r"client (?:@0x[0-9a-f]+ )?([0-9a-f.:]+)#(\d+)(?: \([^)]{0,300}\))?: (?:view \S+: )?query: (\S+) IN (\S+)",
                "query: ",
                names=("client", "port", "query", "record_type"),
            ),
            Line(r"query\[([A-Z]+)\] (\S+) from ([0-9a-f.:]+)", "query[", names=("record_type", "query", "client")),  # dnsmasq
            Line(
                r"\] (?:info|query): ([0-9a-f.:]+) (\S+)\. ([A-Z0-9]+) IN\b",
                ("] info: ", "] query: "),
                names=("client", "query", "record_type"),
            ),  # Unbound
            Line(  # Windows, its debug log: what is asked of it
                r"PACKET +[0-9A-F]+ (UDP|TCP) Rcv ([0-9a-fA-F.:]+) +[0-9a-f]{4} +Q \[[^\]]*\] +(\S+) +(\S+)",
                "PACKET ",
                names=("proto", "client", "record_type", "query"),
            ),
        ),
    ),
    LogSource(
        name="firewall",
        marks=(
            ("src_ip", "dst_ip", "dst_port"),
            ("src_ip", "dest_ip", "dest_port"),
            ("srcip", "dstip", "dstport"),
            ("src-ip", "dst-ip", "dst-port"),
        ),
        serves=(
            Serves(
                ANY,
                "firewall",
                fields={
                    "src_ip": ("src_ip", "srcip", "src-ip"),
                    "dst_ip": ("dst_ip", "dest_ip", "dstip", "dst-ip"),
                    "dst_port": ("dst_port", "dest_port", "dstport", "dst-port"),
                },
            ),
        ),
        addresses=("src_ip", "srcip", "src-ip"),
        actions=("action",),
        answers=(Answer("action", failed=("den*", "drop*", "block*", "reject*", "discard*")),),
        of_machines=True,
    ),
)
