"""What the fields of a request are called, in the many spellings of servers, proxies and load balancers.

References: SigmaHQ sigma-specification, "Sigma taxonomy appendix"; W3C, "Extended Log File Format"; nginx,
"ngx_http_log_module"; Elastic, "ECS field reference"; Cloudflare, "HTTP requests" (Logpush); Caddy, "log" directive.
"""

from __future__ import annotations

_STEM = (
    *("cs-uri-stem", "cs_uri_stem", "request_uri", "uri", "url.path", "path", "url", "request", "url.original"),
    *("ClientRequestPath", "ClientRequestURI", "request.uri", "httpRequest.requestUrl", "httpRequest.uri"),
)
_QUERY = ("cs-uri-query", "cs_uri_query", "args", "query_string", "query", "url.query", "httpRequest.args")
_WHOLE = (
    "request_uri",
    "uri",
    "url",
    "request",
    "url.original",
    "http.url",
    "ClientRequestURI",
    "request.uri",
    "httpRequest.requestUrl",
)
_AGENT = ("cs(User-Agent)", "cs_user_agent", "cs-user-agent", "http_user_agent", "user_agent", "useragent", "agent")
_AGENTS = (*_AGENT, "user_agent.original", "httpRequest.userAgent", "request.headers.user-agent", "ClientRequestUserAgent")
_HOST = ("cs-host", "cs_host", "http_host", "host", "vhost", "server_name", "url.domain", "ClientRequestHost", "request.host")
_STATUS = (
    *("sc-status", "sc_status", "status", "response", "status_code", "response_code", "http.response.status_code"),
    *("EdgeResponseStatus", "httpRequest.status"),
)
_METHOD = (
    *("cs-method", "cs_method", "request_method", "method", "verb", "http.request.method", "ClientRequestMethod"),
    *("request.method", "httpRequest.requestMethod", "httpRequest.httpMethod"),
)
_REFERRER = (
    *("cs(Referer)", "cs_referer", "http_referer", "referer", "referrer", "http.request.referrer", "ClientRequestReferer"),
    *("request.headers.referer", "httpRequest.referer"),
)
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
    "c-ip": (
        "c-ip",
        "c_ip",
        "remote_addr",
        "client_ip",
        "clientip",
        "client",
        "source.ip",
        "ClientIP",
        "request.client_ip",
        "request.remote_ip",
    ),
}
