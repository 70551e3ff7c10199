"""The ten scenarios, each a recipe of ordinary traffic and what is mixed into it. Every one is known by a letter.

A full chain · B a scanner that goes no further · C visits to a shell after the older logs have rolled over · D an
administrator at work · E five scanners that ask for known shells · F several tenants in one night, on different builds
· G scenario A with broken files · H hostile text in every field · I two intruders on one server in one week · J an
Exchange 2010, where only the voice-mail flaw applies.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from heapq import merge
from typing import NamedTuple

from examples.scenarios import files
from examples.scenarios.files import Line
from examples.scenarios.ordinary import ordinary
from examples.scenarios.place import ADMIN, COLUMNS_2016, EXCHANGE, WEBSHELL_NAMES, Actor, Server
from examples.scenarios.proxylogon import (
    FIRST,
    SECOND,
    forged,
    intrusion,
    scan_autodiscover,
    scan_shells,
    unified_messaging_lines,
)
from examples.scenarios.recorder import Recorder
from examples.scenarios.render import ecp_row, httpproxy_row, oab_row

__all__ = ["EXCH01", "TITLES", "Plan", "lines_of"]

HOUR = 3600.0
DAY = 86_400.0
ATTACK = 6 * HOUR + 49 * 60 + 46.0  # after midnight: 06:49:46

EXCH01 = Server("EXCH01", "corp.example", "10.0.0.5")
TENANTS = (
    Server("EXCH01", "alpha.example", "10.1.0.5", (15, 1, 2106, 2), folder="alpha"),
    Server("MAIL02", "bravo.example", "10.2.0.5", (15, 0, 1497, 2), folder="bravo"),
    Server("EX16", "charlie.example", "10.3.0.5", (15, 1, 225, 42), COLUMNS_2016, folder="charlie", event_form="winlogbeat"),
    Server("EXCH-A", "delta.example", "10.4.0.5", (15, 2, 721, 2), folder="delta"),
    Server("EXCH01", "echo.example", "10.5.0.5", (15, 2, 792, 3), folder="echo", event_form="winlogbeat"),
)
OLD = Server("MAIL10", "corp.example", "10.0.0.9", (14, 3, 123, 4), event_form="winlogbeat")

TITLES = {
    "A": "the full chain within ordinary traffic",
    "B": "a scanner that probes and goes no further",
    "C": "visits to a web shell; the logs of the break-in have rolled over",
    "D": "an administrator at work, nothing else",
    "E": "five scanners that ask for known web shells",
    "F": "five tenants, one shift, different builds",
    "G": "the full chain in broken files",
    "H": "hostile text in the fields",
    "I": "two intruders on one server in one week",
    "J": "the voice-mail flaw on Exchange 2010",
}


class Plan(NamedTuple):
    """What a scenario is made of: midnight of its first day (seconds), its seed, and how much ordinary traffic it has."""

    start: float
    seed: int
    days: float
    lines: int


def _scanner(number: int, agent: str = "python-requests/2.25.1") -> Actor:
    return FIRST._replace(address=f"192.0.2.{number}", agent=agent, canary="")


def _everyday(plan: Plan, server: Server = EXCH01, share: float = 1.0) -> Iterator[Line]:
    return ordinary(server, plan.start, days=plan.days, lines=round(plan.lines * share), seed=plan.seed)


def _in_order(lines: Iterable[Line]) -> list[Line]:
    return sorted(lines, key=lambda line: line.epoch)


def _scanners(maker: Recorder, at: float) -> Iterator[Line]:
    """Five addresses, each with the list of names that went round at the time; none of the pages is there."""
    agents = ("python-requests/2.25.1", "Go-http-client/1.1", "curl/7.68.0", "Mozilla/5.0 zgrab/0.x", "python-urllib3/1.26.2")
    for index, agent in enumerate(agents):
        yield from scan_shells(maker, at + index * 1700, _scanner(41 + index, agent), WEBSHELL_NAMES)


def _noise_of_the_day(maker: Recorder, plan: Plan) -> Iterator[Line]:
    """Scanners before and after: what every server on the internet saw in those days."""
    yield from scan_autodiscover(maker, plan.start + 2 * HOUR + 600, _scanner(66), 6)
    missing = tuple(name for name in WEBSHELL_NAMES if name not in {FIRST.shell, FIRST.oab_shell})
    yield from scan_shells(maker, plan.start + 15 * HOUR, _scanner(41), missing)


def _a(plan: Plan) -> Iterator[Line]:
    maker = Recorder(EXCH01, f"{plan.seed}/A")
    mixed = [*intrusion(maker, plan.start + ATTACK, FIRST), *_noise_of_the_day(maker, plan)]
    return merge(_everyday(plan), _in_order(mixed), key=lambda line: line.epoch)


def _b(plan: Plan) -> Iterator[Line]:
    maker = Recorder(EXCH01, f"{plan.seed}/B")
    mixed = [
        *scan_autodiscover(maker, plan.start + 3 * HOUR, _scanner(66), 9),
        *scan_autodiscover(maker, plan.start + 11 * HOUR, _scanner(67, "ExchangeServicesClient/0.0.0.0"), 4),
    ]
    return merge(_everyday(plan), _in_order(mixed), key=lambda line: line.epoch)


def _c(plan: Plan) -> Iterator[Line]:
    """Only the visits are left: the break-in was days before the oldest line."""
    maker = Recorder(EXCH01, f"{plan.seed}/C")
    visits: list[Line] = []
    for hour in (9.2, 9.4, 13.0, 20.5):
        for method, stem in (("POST", FIRST.shell), ("POST", FIRST.oab_shell)):
            visits += scan_shells(maker, plan.start + hour * HOUR, FIRST._replace(agent=FIRST.shell_agent), (stem,), status=200)
            at = plan.start + hour * HOUR + 20
            visits.append(maker.w3c(at, files.IIS_FRONT, method, stem, 200, FIRST.address, FIRST.shell_agent))
    return merge(_everyday(plan), _in_order(visits), key=lambda line: line.epoch)


def _d(plan: Plan) -> Iterator[Line]:
    maker = Recorder(EXCH01, f"{plan.seed}/D")
    return merge(_everyday(plan), _in_order(_administration(maker, plan.start + 9 * HOUR)), key=lambda line: line.epoch)


def _administration(maker: Recorder, at: float) -> Iterator[Line]:
    """What looks alike and is not: an https address set by hand, signed in, on the proper path; the server's own requests."""
    server = maker.server
    address = f"https://{server.mail}/OAB"
    user = f"{server.netbios}\\{ADMIN}"
    canary = "admin.session.canary"
    request = maker.guid()
    query = f"msExchEcpCanary={canary}&schema=OABVirtualDirectory"
    row = httpproxy_row(
        server,
        at,
        request,
        Protocol="Ecp",
        UrlStem="/ecp/DDI/DDIService.svc/SetObject",
        AuthenticationType="FBA",
        IsAuthenticated="true",
        AuthenticatedUser=user,
        AnchorMailbox=f"{ADMIN}@{server.domain}",
        UserAgent="Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/88.0.4324.190 Safari/537.36",
        ClientIpAddress="10.0.4.11",
        HttpStatus=200,
        Method="POST",
        ProxyAction="Proxy",
        TargetServer=server.fqdn,
        RoutingHint="WindowsIdentity",
        UrlQuery=f"?{query}",
    )
    yield Line(at, server, files.httpproxy("Ecp"), row)
    agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/88.0.4324.190 Safari/537.36"
    tail = f"{query}&CorrelationID=<empty>;&cafeReqId={request};&encoding=;"
    for log, port, client in ((files.IIS_FRONT, 443, "10.0.4.11"), (files.IIS_BACK, 444, server.address)):
        stem = "/ecp/DDI/DDIService.svc/SetObject"
        yield maker.w3c(at, log, "POST", stem, 200, client, agent, query=tail, port=port, user=user)
    directory = "11111111-2222-4333-8444-555555555555"
    command = f"Set-OabVirtualDirectory.ExternalUrl='{address}'.InternalUrl='{address}'.Identity='{directory}'"
    yield from maker.ecp(at, command, "OABVirtualDirectory", canary, maker.guid(), page=f"https://{server.mail}/ecp/")
    parameters = f'-Identity "{server.name}\\OAB (Default Web Site)" -ExternalUrl "{address}" -InternalUrl "{address}"'
    yield maker.cmdlet(at, "Set-OabVirtualDirectory", parameters)
    yield maker.cmdlet(at + 60, "Set-OwaVirtualDirectory", f'-Identity "owa" -ExternalUrl "https://{server.mail}/owa"')
    yield maker.cmdlet(at + 90, "New-ExchangeCertificate", f'-GenerateRequest $true -SubjectName "CN={server.mail}"')
    for step, anchor in ((300, "ServerInfo~localhost"), (301, "ServerInfo~localhost:444/ecp/healthcheck.htm")):
        row = httpproxy_row(
            server,
            at + step,
            maker.guid(),
            Protocol="Ecp",
            UrlStem="/ecp/healthcheck.htm",
            AnchorMailbox=anchor,
            UserAgent="AMProbe/Local/ClientAccess",
            ClientIpAddress="127.0.0.1",
            HttpStatus=200,
            Method="GET",
            ProxyAction="Proxy",
            TargetServer="localhost",
            RoutingHint="TargetServer",
        )
        yield Line(at + step, server, files.httpproxy("Ecp"), row)
    temporary = f"{EXCHANGE}\\ClientAccess\\OAB\\Temp\\{maker.guid()}.lzx"
    message = f"Download failed and temporary file '{temporary}' needs to be removed"
    yield Line(at + 400, server, files.OAB, oab_row(server, at + 400, message))
    for index, stem in enumerate(
        (
            "/owa/auth/logon.aspx",
            "/owa/auth/errorFE.aspx",
            "/owa/auth/logoff.aspx",
            "/owa/auth/TimeoutLogoff.aspx",
            "/owa/auth/RedirSuiteServiceProxy.aspx",
            "/ecp/auth/TimeoutLogoff.aspx",
        )
    ):
        yield maker.w3c(at + 500 + index, files.IIS_FRONT, "GET", stem, 200, "203.0.113.25", agent)
    yield maker.w3c(at + 520, files.IIS_FRONT, "GET", "/aspnet_client/system_web/4_0_30319/", 403, "203.0.113.25", agent)
    shell = (maker.process_id(), r"C:\Windows\explorer.exe", "explorer.exe")
    cmd = maker.process_id()
    system = "C:\\Windows\\System32\\"
    yield maker.process(at + 600, system + "cmd.exe", '"C:\\Windows\\System32\\cmd.exe"', shell, cmd, user)
    parent = (cmd, system + "cmd.exe", "cmd.exe")
    for index, (image, command) in enumerate(
        (
            ("whoami.exe", "whoami /all"),
            ("net.exe", "net user"),
            ("vssadmin.exe", "vssadmin list shadows"),
            ("wbadmin.exe", "wbadmin get versions"),
        )
    ):
        yield maker.process(at + 610 + index, system + image, command, parent, None, user)


def _e(plan: Plan) -> Iterator[Line]:
    maker = Recorder(EXCH01, f"{plan.seed}/E")
    return merge(_everyday(plan), _in_order(_scanners(maker, plan.start + 4 * HOUR)), key=lambda line: line.epoch)


def _f(plan: Plan) -> Iterator[Line]:
    """One intruder works through five tenants between 01:00 and 09:00 UTC.

    Two of them are patched: there it stays an attempt.
    """
    streams: list[Iterable[Line]] = []
    for index, server in enumerate(TENANTS):
        maker = Recorder(server, f"{plan.seed}/F")
        at = plan.start + (1.2 + 1.6 * index) * HOUR
        if index in {1, 3}:
            mixed = list(scan_autodiscover(maker, at, FIRST, 3))
            mixed += forged(maker, at + 9, FIRST, "/ecp/proxyLogon.ecp?#", 401)
        else:
            mixed = list(intrusion(maker, at, FIRST, unified_messaging=False, hands=index == 0))
        streams += [_everyday(plan, server, 1 / len(TENANTS)), _in_order(mixed)]
    return merge(*streams, key=lambda line: line.epoch)


def _h(plan: Plan) -> Iterator[Line]:
    """Text that wants to run where it is shown: markup, terminal escapes, formulas, line ends, right-to-left marks."""
    maker = Recorder(EXCH01, f"{plan.seed}/H")
    hostile = (
        "<script>alert(1)</script>",
        "\x1b[31mred\x1b]0;title\x07",
        "=cmd|' /C calc'!A0",
        "@SUM(1+1)*cmd|' /C calc'!A0",
        "\u202egnp.exe\u202c",
        '"><img src=x onerror=alert(1)>',
        "{{7*7}}${7*7}<%= 7*7 %>",
        "-1+1;\\x00\\n",
    )
    mixed = list(intrusion(maker, plan.start + ATTACK, FIRST._replace(agent="<b>python</b>-requests/2.25.1 \x1b[31m")))
    for index, text in enumerate(hostile):
        at = plan.start + ATTACK + 600 + index * 60
        actor = FIRST._replace(agent=text, shell_agent=text)
        mixed += forged(maker, at, actor, "/autodiscover/autodiscover.xml?#", 200, stem=f"/ecp/{index}.js")
        mixed += scan_shells(maker, at + 5, actor, ("/owa/auth/ErrorAA.aspx", "/aspnet_client/supp0rt.aspx"))
        row = httpproxy_row(
            EXCH01,
            at + 10,
            maker.guid(),
            Protocol="Owa",
            UrlHost=text,
            UrlStem=f"/owa/auth/{text}".replace("\n", ""),
            AuthenticatedUser=text,
            AnchorMailbox=text,
            UserAgent=text,
            ClientIpAddress=FIRST.address,
            HttpStatus=302,
            Method="GET",
            GenericErrors=text,
        )
        mixed.append(Line(at + 10, EXCH01, files.httpproxy("Owa"), row))
        pairs = {"TIME": "1", "CMD": f"Get-Mailbox.Filter='{text}'", "URL": "/ecp/", "EX": text, "ACTID": maker.guid()}
        mixed.append(Line(at + 11, EXCH01, files.ECP_SERVER, ecp_row(EXCH01, at + 11, "ECP.Request", pairs)))
        cmd = (maker.process_id(), r"C:\Windows\System32\inetsrv\w3wp.exe", text)
        mixed.append(maker.process(at + 12, r"C:\Windows\System32\cmd.exe", f"cmd /c echo {text}", cmd, None, text))
    return merge(_everyday(plan), _in_order(mixed), key=lambda line: line.epoch)


def _i(plan: Plan) -> Iterator[Line]:
    """The second comes when the first has long been inside; neither shares an address, a canary or a shell with the other."""
    maker = Recorder(EXCH01, f"{plan.seed}/I")
    later = plan.start + ATTACK + max(plan.days - 1, 0.3) * DAY
    mixed = [*intrusion(maker, plan.start + ATTACK, FIRST), *intrusion(maker, later, SECOND, unified_messaging=False)]
    return merge(_everyday(plan), _in_order(mixed), key=lambda line: line.epoch)


def _j(plan: Plan) -> Iterator[Line]:
    """Exchange 2010 has no proxy log and no second web site: IIS and the Windows logs are all there is."""
    kept = {files.IIS_FRONT, files.APPLICATION, files.SYSMON, files.SECURITY, files.MANAGEMENT}
    everyday = (line for line in _everyday(plan, OLD) if line.log in kept)
    mixed = _in_order(unified_messaging_lines(Recorder(OLD, f"{plan.seed}/J"), plan.start + ATTACK))
    return merge(everyday, mixed, key=lambda line: line.epoch)


RECIPES = {"A": _a, "B": _b, "C": _c, "D": _d, "E": _e, "F": _f, "G": _a, "H": _h, "I": _i, "J": _j}


def lines_of(name: str, plan: Plan) -> Iterator[Line]:
    """All lines of scenario `name`, in time order. Raises: KeyError for a name that is none of the letters."""
    return RECIPES[name](plan)
