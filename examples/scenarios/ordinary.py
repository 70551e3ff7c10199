"""An ordinary day on an Exchange server: mostly the server talking to itself, some people, some noise from the internet.

The mix follows a capture of a customer's server over a day: about 389,000 HttpProxy lines, of which 13.5 % are people
and the rest probes and health mailboxes, 425,000 lines of the IIS front end and 125,000 of the back end. Windows events
are few beside them.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate
from random import Random

from examples.scenarios import files
from examples.scenarios.everyday import SELDOM
from examples.scenarios.files import Line
from examples.scenarios.place import PEOPLE, PHONES, Server
from examples.scenarios.render import guid, httpproxy_row, w3c_row

__all__ = ["LINES_PER_DAY", "ordinary"]

LINES_PER_DAY = 940_000  # HttpProxy and both IIS logs together

DAY = 86_400.0
# Share of the people's traffic by hour, in office hours most; the server's own probes are even over the day.
HOURS = (1, 1, 1, 1, 1, 2, 4, 8, 12, 13, 12, 11, 9, 10, 11, 11, 10, 8, 5, 4, 3, 2, 2, 1)
PEOPLE_SHARE = 0.135
NOISE_SHARE = 0.004
HTTPPROXY_SHARE = 389 / 425
BACK_SHARE = 125 / 425
EVENT_SHARE = 0.02

OUTLOOK = "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.13628; Pro)"
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/88.0.4324.190 Safari/537.36"
PROBE = "Mozilla/4.0 (compatible; MSIE 9.0; Windows NT 6.1; MSEXCHMON; ACTIVEMONITORING; {})"

# (protocol, method, stem, query, user agent, status)
SELF = (
    ("Owa", "GET", "/owa/auth/logon.aspx", "url=https://localhost/owa/", PROBE.format("OWACTP"), 200),
    ("Owa", "GET", "/owa/healthcheck.htm", "", "AMProbe/Local/ClientAccess", 200),
    ("Ecp", "GET", "/ecp/healthcheck.htm", "", "AMProbe/Local/ClientAccess", 200),
    ("Ecp", "GET", "/ecp/", "ExchClientVer=15", PROBE.format("ECPDEEPTEST"), 302),
    ("Ews", "POST", "/EWS/Exchange.asmx", "", "AMProbe/Local/ClientAccess", 200),
    ("Ews", "GET", "/EWS/healthcheck.htm", "", "AMProbe/Local/ClientAccess", 200),
    (
        "Mapi",
        "POST",
        "/mapi/emsmdb/",
        "MailboxId=0659e34a-0000-4000-8000-00000000a001@corp.example",
        "AMProbe/Local/ClientAccess",
        200,
    ),
    ("Mapi", "GET", "/mapi/healthcheck.htm", "", "AMProbe/Local/ClientAccess", 200),
    ("RpcHttp", "RPC_IN_DATA", "/rpc/rpcproxy.dll", "", "MSRPC", 401),
    ("Eas", "OPTIONS", "/Microsoft-Server-ActiveSync/default.eas", "", "TestActiveSyncConnectivity", 200),
    ("Eas", "GET", "/Microsoft-Server-ActiveSync/healthcheck.htm", "", "AMProbe/Local/ClientAccess", 200),
    ("Oab", "GET", "/OAB/healthcheck.htm", "", "AMProbe/Local/ClientAccess", 200),
    ("Autodiscover", "POST", "/autodiscover/autodiscover.xml", "", "AMProbe/Local/ClientAccess", 200),
    ("Autodiscover", "GET", "/autodiscover/healthcheck.htm", "", "AMProbe/Local/ClientAccess", 200),
    (
        "PowerShell",
        "POST",
        "/powershell",
        "clientApplication=ActiveMonitor;PSVersion=5.1.14393.3866",
        "Microsoft WinRM Client",
        200,
    ),
)
HUMAN = (
    ("Mapi", "POST", "/mapi/emsmdb/", "MailboxId=5b0f9c1c-0000-4000-8000-00000000b001@corp.example", OUTLOOK, 200),
    ("Mapi", "POST", "/mapi/nspi/", "MailboxId=5b0f9c1c-0000-4000-8000-00000000b001@corp.example", OUTLOOK, 200),
    ("Eas", "POST", "/Microsoft-Server-ActiveSync/default.eas", "Cmd=Ping&DeviceType=Phone", "", 200),
    ("Eas", "POST", "/Microsoft-Server-ActiveSync/default.eas", "Cmd=Sync&DeviceType=Phone", "", 200),
    ("Owa", "POST", "/owa/service.svc", "action=FindConversation&EP=1&ID=-31&AC=1", CHROME, 200),
    ("Owa", "POST", "/owa/auth.owa", "", CHROME, 302),
    ("Owa", "GET", "/owa/auth/logon.aspx", "url=https://mail.corp.example/owa/&reason=0", CHROME, 200),
    ("Owa", "GET", "/owa/auth/logoff.aspx", "Cmd=logoff", CHROME, 200),
    ("Owa", "GET", "/owa/auth/errorFE.aspx", "httpCode=500", CHROME, 500),
    ("Owa", "GET", "/owa/auth/TimeoutLogoff.aspx", "", CHROME, 200),
    ("Owa", "GET", "/owa/auth/RedirSuiteServiceProxy.aspx", "", CHROME, 200),
    ("Owa", "GET", "/owa/auth/15.1.2106/themes/resources/logon.css", "", CHROME, 200),
    ("Owa", "GET", "/owa/auth/15.1.2106/themes/resources/SegoeUI-SemiLight.ttf", "", CHROME, 304),
    ("Ews", "POST", "/EWS/Exchange.asmx", "", "MacOutlook/16.46.21021202 (Intelx64 Mac OS X 10.15.7)", 200),
    ("Autodiscover", "POST", "/autodiscover/autodiscover.xml", "", OUTLOOK, 401),
    ("Autodiscover", "POST", "/autodiscover/autodiscover.xml", "", OUTLOOK, 200),
    ("Autodiscover", "GET", "/autodiscover/autodiscover.json", "Email=quinn%40corp.example&Protocol=ActiveSync", OUTLOOK, 200),
    ("Oab", "GET", "/OAB/11111111-2222-4333-8444-555555555555/oab.xml", "", "Microsoft BITS/7.8", 200),
    ("Ecp", "POST", "/ecp/DDI/DDIService.svc/GetList", "msExchEcpCanary=ordinary.session&schema=MailboxService", CHROME, 200),
    ("Ecp", "GET", "/ecp/15.1.2106.2/scripts/common.js", "", CHROME, 200),
)
NOISE = (
    ("GET", "/", 302),
    ("GET", "/.env", 404),
    ("GET", "/wp-login.php", 404),
    ("GET", "/owa/", 302),
    ("GET", "/ecp/", 302),
    ("HEAD", "/robots.txt", 404),
    ("GET", "/aspnet_client/", 403),
    ("GET", "/aspnet_client/system_web/4_0_30319/", 403),
    ("GET", "/favicon.ico", 404),
)


def _moments(start: float, days: float, count: int, rng: Random, hours: tuple[int, ...]) -> Iterator[float]:
    """`count` times in order, spread over `days` from midnight at `start` as `hours` weighs the hours of the day."""
    edges = (0.0, *accumulate(hours))
    total = edges[-1]
    hour = 0
    day = -1
    for index in range(count):
        position = (index + rng.random()) / count * days
        today = int(position)
        if today != day:
            day, hour = today, 0
        within = (position - today) * total
        while within >= edges[hour + 1] and hour < len(hours) - 1:
            hour += 1
        yield start + today * DAY + (hour + (within - edges[hour]) / hours[hour]) * 3600.0


def _exchange_tail(request: str, query: str) -> str:
    lead = f"{query}&" if query else "&"
    return f"{lead}CorrelationID=<empty>;&cafeReqId={request};&encoding=;"


def _self(server: Server, epoch: float, rng: Random) -> Iterator[Line]:
    protocol, method, stem, query, agent, status = rng.choice(SELF)
    health = f"HealthMailbox{rng.randrange(6) + 0x0659E34:07x}@{server.domain}"
    anchor = health if rng.random() < 0.8 else "ServerInfo~localhost"
    yield from _request(server, epoch, rng, protocol, method, stem, query, agent, status, "127.0.0.1", health, anchor)


def _person(server: Server, epoch: float, rng: Random) -> Iterator[Line]:
    protocol, method, stem, query, agent, status = rng.choice(HUMAN)
    index = rng.randrange(len(PEOPLE))
    person = PEOPLE[index]
    agent = agent or PHONES[index % len(PHONES)]
    inside = protocol in {"Mapi", "Oab"} or index % 3
    client = f"10.0.{4 + index % 4}.{20 + index}" if inside else f"203.0.113.{20 + index}"
    user = f"{server.netbios}\\{person}" if status != 401 else ""
    yield from _request(
        server, epoch, rng, protocol, method, stem, query, agent, status, client, user, f"{person}@{server.domain}"
    )


def _request(
    server: Server,
    epoch: float,
    rng: Random,
    protocol: str,
    method: str,
    stem: str,
    query: str,
    agent: str,
    status: int,
    client: str,
    user: str,
    anchor: str,
) -> Iterator[Line]:
    """One request as up to three logs tell it: the front end, the proxy, the back end."""
    request = guid(rng)
    taken = 4 + int(rng.expovariate(0.02))
    yield Line(
        epoch,
        server,
        files.IIS_FRONT,
        w3c_row(
            server,
            epoch,
            method=method,
            stem=stem,
            query=_exchange_tail(request, query),
            user=user or "-",
            client=client,
            agent=agent,
            status=status,
            taken=taken,
        ),
    )
    if rng.random() < HTTPPROXY_SHARE:
        row = httpproxy_row(
            server,
            epoch,
            request,
            Protocol=protocol,
            UrlStem=stem,
            AuthenticationType="Negotiate" if user else "",
            IsAuthenticated="true" if user else "false",
            AuthenticatedUser=user,
            Organization="",
            AnchorMailbox=anchor,
            UserAgent=agent,
            ClientIpAddress=client,
            HttpStatus=status,
            Method=method,
            ProxyAction="Proxy",
            TargetServer=server.fqdn,
            TargetServerVersion=server.version,
            RoutingType="IntraForest",
            RoutingHint="WindowsIdentity" if user else "TargetServer",
            RequestBytes=rng.randrange(0, 4000),
            ResponseBytes=rng.randrange(100, 40000),
            TotalRequestTime=taken,
            UrlQuery=f"?{query}" if query else "",
        )
        yield Line(epoch, server, files.httpproxy(protocol), row)
    if rng.random() < BACK_SHARE:
        row = w3c_row(
            server,
            epoch,
            method=method,
            stem=stem,
            query=_exchange_tail(request, query),
            port=444,
            user=user or f"{server.netbios}\\{server.name}$",
            client=server.address,
            agent=agent,
            status=status,
            taken=taken,
        )
        yield Line(epoch, server, files.IIS_BACK, row)


def _noise(server: Server, epoch: float, rng: Random) -> Iterator[Line]:
    method, stem, status = rng.choice(NOISE)
    client = f"192.0.2.{rng.randrange(100, 250)}"
    agent = rng.choice(("Mozilla/5.0 zgrab/0.x", "curl/7.68.0", CHROME, "Go-http-client/1.1"))
    row = w3c_row(
        server, epoch, method=method, stem=stem, client=client, agent=agent, status=status, win32=2 if status == 404 else 0
    )
    yield Line(epoch, server, files.IIS_FRONT, row)


def ordinary(server: Server, start: float, *, days: float, lines: int, seed: int) -> Iterator[Line]:
    """About `lines` lines of ordinary traffic of one server, in time order, from `start` (seconds, a midnight) over `days`.

    Deterministic in all its arguments; holds nothing but the line it is at.
    """
    # Each kind draws from a source of its own, so that the mix can change without changing every line after it.
    rng = Random(f"{seed}/{server.name}/ordinary")
    makers, weights = [maker for maker, _ in SELDOM], [weight for _, weight in SELDOM]
    per_request = 1 + HTTPPROXY_SHARE + BACK_SHARE
    requests = max(1, round(lines / (per_request + EVENT_SHARE)))
    people = sum(HOURS)
    record = 0
    for epoch in _moments(start, days, requests, rng, _mixed_hours()):
        hour = int(epoch % DAY // 3600)
        human = HOURS[hour] / people * 24 * PEOPLE_SHARE
        share = human / (1 - PEOPLE_SHARE + human)
        draw = rng.random()
        if draw < NOISE_SHARE:
            yield from _noise(server, epoch, rng)
        elif draw < NOISE_SHARE + share:
            yield from _person(server, epoch, rng)
        else:
            yield from _self(server, epoch, rng)
        if rng.random() < EVENT_SHARE:
            record += 1
            yield rng.choices(makers, weights)[0](server, epoch, rng, 70_000 + record)


def _mixed_hours() -> tuple[int, ...]:
    """How full the hours are when the server's even probes and the people's uneven traffic are added."""
    people = sum(HOURS)
    return tuple(round(1000 * (1 - PEOPLE_SHARE) + 1000 * 24 * PEOPLE_SHARE * share / people) for share in HOURS)
