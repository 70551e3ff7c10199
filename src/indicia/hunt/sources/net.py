"""Requests, connections and names asked for, in the many spellings of web servers, proxies, firewalls and resolvers.

References: SigmaHQ sigma-specification, "Sigma taxonomy appendix"; nginx, "ngx_http_log_module"; Elastic, "ECS field
reference".
"""

from __future__ import annotations

from indicia.hunt.sources.form import ANY, LogSource, Serves

__all__ = ["SOURCES", "WEB"]

_STEM = ("cs-uri-stem", "cs_uri_stem", "request_uri", "uri", "url.path", "path", "url", "request", "url.original")
_QUERY = ("cs-uri-query", "cs_uri_query", "args", "query_string", "query", "url.query")
_WHOLE = ("request_uri", "uri", "url", "request", "url.original", "http.url")
_AGENT = ("cs(User-Agent)", "cs_user_agent", "cs-user-agent", "http_user_agent", "user_agent", "useragent", "agent")
_AGENTS = (*_AGENT, "user_agent.original", "httpRequest.userAgent", "request.headers.user-agent")
_HOST = ("cs-host", "cs_host", "http_host", "host", "vhost", "server_name", "url.domain")
_STATUS = ("sc-status", "sc_status", "status", "response", "status_code", "response_code", "http.response.status_code")
_METHOD = ("cs-method", "cs_method", "request_method", "method", "verb", "http.request.method")
_REFERRER = ("cs(Referer)", "cs_referer", "http_referer", "referer", "referrer", "http.request.referrer")
WEB = {
    "cs-method": _METHOD,
    "cs-uri-stem": _STEM,
    "c-uri-stem": _STEM,
    "c-uri-path": _STEM,
    "cs-uri-query": (*_QUERY, *_STEM),
    "c-uri-query": (*_QUERY, *_STEM),
    "cs-uri": (*_WHOLE, *_STEM),
    "c-uri": (*_WHOLE, *_STEM),
    "cs-user-agent": _AGENTS,
    "c-useragent": _AGENTS,
    "cs-useragent": _AGENTS,
    "cs-referer": _REFERRER,
    "cs-referrer": _REFERRER,
    "cs-host": _HOST,
    "r-dns": _HOST,
    "sc-status": _STATUS,
    "cs-username": ("cs-username", "remote_user", "user", "user.name"),
    "cs-cookie": ("cs(Cookie)", "http_cookie", "cookie"),
    "c-ip": ("c-ip", "c_ip", "remote_addr", "client_ip", "clientip", "client", "source.ip"),
}
_CLIENTS = ("c-ip", "c_ip", "remote_addr", "client_ip", "clientip", "client", "source.ip", "src_ip")

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
        ),
        serves=(
            Serves(ANY, "webserver", fields=WEB),
            Serves("", "", "nginx"),
            Serves("", "", "apache"),
        ),
        times=("time_iso8601", "time_local", "@timestamp", "msec"),
        hosts=("hostname", "host.name", "s-computername", "s_computername"),
        users=("remote_user", "cs-username"),
        addresses=_CLIENTS,
        actions=("request", "request_uri", "uri", "cs-uri-stem", "cs_uri_stem", "url.original", "url.path"),
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
    ),
    LogSource(
        name="firewall",
        marks=(("src_ip", "dst_ip", "dst_port"), ("src_ip", "dest_ip", "dest_port"), ("srcip", "dstip", "dstport")),
        serves=(
            Serves(
                ANY,
                "firewall",
                fields={
                    "src_ip": ("src_ip", "srcip"),
                    "dst_ip": ("dst_ip", "dest_ip", "dstip"),
                    "dst_port": ("dst_port", "dest_port", "dstport"),
                },
            ),
        ),
        addresses=("src_ip", "srcip"),
        actions=("action",),
    ),
)
