"""The lines that one intruder leaves: from the first forged request to the data that leaves the house.

Order and spacing follow a real case: the forged requests within 15 seconds, each seen in HttpProxy and in both IIS
logs, then the two cmdlets in the ECP Server log and in the Windows log. The shells are named but empty: where code
would stand, a comment does.
"""

from __future__ import annotations

from collections.abc import Iterator

from examples.scenarios import files
from examples.scenarios.files import Line
from examples.scenarios.place import EXCHANGE, Actor
from examples.scenarios.recorder import Recorder
from examples.scenarios.render import httpproxy_row, oab_row

__all__ = ["FIRST", "SECOND", "forged", "intrusion", "scan_autodiscover", "scan_shells"]

INERT = '<script language="JScript" runat="server">function Page_Load(){/*inert test marker*/}</script>'

FIRST = Actor(
    address="198.51.100.23",
    agent="python-requests/2.25.1",
    canary="Xh3kQ0aa9Uu.test-canary",
    stem="/ecp/y.js",
    shell="/owa/auth/RedirSuiteServerProxy.aspx",
    oab_shell="/aspnet_client/discover.aspx",
    shell_agent="antSword/v2.1",
    tool="mail",
)
SECOND = Actor(
    address="198.51.100.181",
    agent="python-requests/2.19.1",
    canary="Zt71LmPq0.other-canary",
    stem="/ecp/main.css",
    shell="/owa/auth/OutlookZH.aspx",
    oab_shell="/aspnet_client/system_web/log.aspx",
    shell_agent="Mozilla/5.0 (compatible; Baiduspider/2.0; +http://spider.example/)",
    tool="access",
)


def forged(
    maker: Recorder,
    epoch: float,
    actor: Actor,
    target: str,
    status: int,
    *,
    agent: str = "",
    stem: str = "",
    protocol: str = "Ecp",
    method: str = "POST",
) -> Iterator[Line]:
    """One request of CVE-2021-26855 as three logs tell it: front end (static path), proxy (its target), back end."""
    server, request = maker.server, maker.guid()
    stem, agent = stem or actor.stem, agent or actor.agent
    yield maker.w3c(
        epoch,
        files.IIS_FRONT,
        method,
        stem,
        status,
        actor.address,
        agent,
        query=f"&CorrelationID=<empty>;&cafeReqId={request};&encoding=;",
    )
    path, _, query = target.rstrip("#").partition("?")
    if status < 400:
        yield maker.w3c(
            epoch + 0.2,
            files.IIS_BACK,
            method,
            path,
            status,
            server.address,
            agent,
            query=query or "-",
            port=444,
            user=f"{server.netbios}\\{server.name}$",
        )
    row = httpproxy_row(
        server,
        epoch + 0.4,
        request,
        Protocol=protocol,
        UrlStem=stem,
        AuthenticationType="FBA",
        AnchorMailbox=f"ServerInfo~a]@{server.fqdn}:444{target}",
        UserAgent=agent,
        ClientIpAddress=actor.address,
        HttpStatus=status,
        Method=method,
        ProxyAction="Proxy",
        TargetServer=server.fqdn,
        TargetServerVersion=server.version,
        RoutingType="IntraForest",
        RoutingHint="X-BEResource-Cookie",
        TotalRequestTime=maker.rng.randrange(150, 2200),
    )
    yield Line(epoch + 0.4, server, files.httpproxy(protocol), row)


def _visit(maker: Recorder, epoch: float, actor: Actor, stem: str, method: str, status: int, agent: str) -> Iterator[Line]:
    """A visit to a shell. Below /owa/ the proxy logs it too; /aspnet_client/ is served by IIS alone."""
    query = "-"
    if stem.startswith("/owa/"):
        request = maker.guid()
        query = f"&CorrelationID=<empty>;&cafeReqId={request};&encoding=;"
        row = httpproxy_row(
            maker.server,
            epoch + 0.1,
            request,
            Protocol="Owa",
            UrlStem=stem,
            AuthenticationType="FBA",
            UserAgent=agent,
            ClientIpAddress=actor.address,
            HttpStatus=status,
            Method=method,
            ProxyAction="None",
            TotalRequestTime=maker.rng.randrange(20, 900),
        )
        yield Line(epoch + 0.1, maker.server, files.httpproxy("Owa"), row)
    yield maker.w3c(epoch, files.IIS_FRONT, method, stem, status, actor.address, agent, query=query)


def _reset(maker: Recorder, at: float, actor: Actor) -> Iterator[Line]:
    """CVE-2021-27065: script into the external URL, a reset that writes it out as a page, then the cleaning up."""
    server = maker.server
    base = "/ecp/DDI/DDIService.svc"
    canary = f"msExchEcpCanary={actor.canary}"
    directory = "11111111-2222-4333-8444-555555555555"
    worker = maker.process_id()
    path = EXCHANGE + "\\FrontEnd\\HttpProxy" + actor.shell.replace("/", "\\")

    yield from forged(maker, at + 5.2, actor, f"{base}/GetObject?{canary}&schema=OABVirtualDirectory#", 200)

    yield from forged(maker, at + 7.5, actor, f"{base}/SetObject?{canary}&schema=OABVirtualDirectory#", 200)
    activity = maker.guid()
    command = f"Set-OabVirtualDirectory.ExternalUrl='http://f/{INERT}'.Identity='{directory}'"
    yield from maker.ecp(at + 7.8, command, "OABVirtualDirectory", actor.canary, activity)
    identity = f'-Identity "{server.name}\\OAB (Default Web Site)"'
    yield maker.cmdlet(at + 7.7, "Set-OabVirtualDirectory", f'-ExternalUrl "http://f/{INERT}" {identity}')

    yield from forged(maker, at + 10.1, actor, f"{base}/SetObject?{canary}&schema=ResetOABVirtualDirectory#", 200)
    activity = maker.guid()
    command = f"Remove-OABVirtualDirectory.Force=$true.Identity='{directory}'"
    yield from maker.ecp(at + 10.3, command, "ResetOABVirtualDirectory", actor.canary, activity)
    folder = EXCHANGE + "\\FrontEnd\\HttpProxy\\OAB"
    command = f"New-OABVirtualDirectory.WebSiteName='Default Web Site'.Path='{folder}'.Server='{server.name}'"
    yield from maker.ecp(at + 10.6, command, "ResetOABVirtualDirectory", actor.canary, activity)
    yield maker.cmdlet(at + 10.3, "Remove-OabVirtualDirectory", f"-Force $true {identity}")
    yield maker.cmdlet(at + 10.6, "New-OabVirtualDirectory", f'-WebSiteName "Default Web Site" -Server "{server.name}"')
    yield maker.file_made(at + 10.5, r"C:\Windows\System32\inetsrv\w3wp.exe", path, worker)

    yield from forged(maker, at + 13.0, actor, f"{base}/SetObject?{canary}&schema=OABVirtualDirectory#", 200)
    command = f"Set-OabVirtualDirectory.ExternalUrl=$null.Identity='{directory}'"
    fault = "Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException ADNoSuchObjectException"
    yield from maker.ecp(at + 13.3, command, "OABVirtualDirectory", actor.canary, maker.guid(), fault)
    yield maker.cmdlet(at + 13.2, "Set-OabVirtualDirectory", f"-ExternalUrl $null {identity}", event_id=6)


def _hands(maker: Recorder, at: float, actor: Actor) -> Iterator[Line]:
    """What is done through the shell, as Sysmon tells it: look round, take credentials, stay, collect, carry off."""
    system = "C:\\Windows\\System32\\"
    worker = (maker.process_id(), system + r"inetsrv\w3wp.exe", 'w3wp.exe -ap "MSExchangeOWAAppPool" -v "v4.0"')
    shell = maker.process_id()
    cmd = (shell, system + "cmd.exe", "cmd.exe")
    yield maker.process(
        at, system + "cmd.exe", 'cmd /c cd /d "C:\\inetpub\\wwwroot\\aspnet_client"&whoami&echo [S]', worker, shell
    )
    yield maker.process(at + 1, system + "whoami.exe", "whoami", cmd)
    yield maker.process(at + 35, system + "net.exe", 'net group "Exchange Organization administrators" /domain', cmd)
    yield maker.process(at + 80, system + "quser.exe", "quser", cmd)
    dump = f"rundll32.exe {system}comsvcs.dll MiniDump 684 C:\\root\\lsass.dmp full"
    yield maker.process(at + 300, system + "rundll32.exe", dump, cmd)
    yield maker.file_made(at + 301, system + "rundll32.exe", r"C:\root\lsass.dmp", maker.process_id())
    task = 'schtasks /create /ru SYSTEM /sc daily /tn "Win Update" /tr "C:\\Users\\Public\\opera\\opera_browser.exe" /f'
    yield maker.process(at + 420, system + "schtasks.exe", task, cmd)
    if actor.tool == "mail":
        powershell = system + r"WindowsPowerShell\v1.0\powershell.exe"
        snapin = "powershell -c Add-PSSnapin Microsoft.Exchange.Management.PowerShell.SnapIn; Get-MailboxExportRequest"
        yield maker.process(at + 900, powershell, snapin, cmd)
        archive = r"7z.exe a -mx9 -pxxxxxxxx C:\ProgramData\it.zip C:\ProgramData\mail"
        yield maker.process(at + 1500, r"C:\ProgramData\7z.exe", archive, cmd)
        copy = r"cmd /c copy C:\ProgramData\it.zip C:\inetpub\wwwroot\aspnet_client\it.zip"
        yield maker.process(at + 1560, system + "cmd.exe", copy, worker)
        yield maker.w3c(
            at + 1600, files.IIS_FRONT, "GET", "/aspnet_client/it.zip", 200, actor.address, "Wget/1.20.3", taken=48211
        )
    else:
        yield maker.process(at + 900, system + "net.exe", "net user svc_mon Xxxxxxxx1! /add /domain", cmd)


def intrusion(
    maker: Recorder, at: float, actor: Actor, *, unified_messaging: bool = True, hands: bool = True
) -> Iterator[Line]:
    """The whole chain of `actor` on one server from `at` on (seconds): about 60 lines, not in time order."""
    server = maker.server
    autodiscover = "/autodiscover/autodiscover.xml?#"
    # A static file that takes a POST: the first sign, two minutes before.
    logon = "/owa/auth/Current/themes/resources/logon.css"
    yield from forged(maker, at - 105, actor, autodiscover, 200, stem=logon, protocol="Owa")
    yield from forged(maker, at, actor, autodiscover, 200, agent="ExchangeServicesClient/0.0.0.0")
    mailbox = f"MailboxId=5b0f9c1c-0000-4000-8000-00000000b001@{server.domain}"
    yield from forged(maker, at + 1.6, actor, f"/mapi/emsmdb/?{mailbox}#", 200)
    yield from forged(maker, at + 3.1, actor, "/ecp/proxyLogon.ecp?#", 241)
    yield from _reset(maker, at, actor)
    if unified_messaging:
        yield from unified_messaging_lines(maker, at + 240)
    oab_path = "C:\\inetpub\\wwwroot" + actor.oab_shell.replace("/", "\\")
    message = f"Download failed and temporary file '{oab_path}' needs to be removed"
    yield Line(at + 750, server, files.OAB, oab_row(server, at + 750, message))
    yield from _visit(maker, at + 31, actor, actor.shell, "GET", 200, actor.agent)
    for step in (95, 160, 395, 520, 1000):
        yield from _visit(maker, at + step, actor, actor.shell, "POST", 200, actor.shell_agent)
    for step in (770, 830, 1660):
        yield from _visit(maker, at + step, actor, actor.oab_shell, "POST", 200, actor.shell_agent)
    if hands:
        yield from _hands(maker, at + 95, actor)


def unified_messaging_lines(maker: Recorder, at: float) -> Iterator[Line]:
    """CVE-2021-26857: the voice-mail service trips over a forged object and starts a program that it never should."""
    message = (
        "The Unified Messaging server encountered an error while loading a greeting. Exception: System.InvalidCastException: "
        "Unable to cast object of type 'Microsoft.VisualStudio.Text.Formatting.TextFormattingRunProperties' to type "
        "'GreetingFile'. A Watson report was made for umworkerprocess."
    )
    yield maker.event(at, files.APPLICATION, "Application", "MSExchange Unified Messaging", 1166, [message], level=2)
    parent = (maker.process_id(), EXCHANGE + r"\Bin\UMWorkerProcess.exe", "UMWorkerProcess.exe -port:5065")
    yield maker.process(at + 1, r"C:\Windows\System32\cmd.exe", "cmd.exe /c echo inert", parent)


def scan_autodiscover(maker: Recorder, at: float, actor: Actor, times: int) -> Iterator[Line]:
    """A scanner that asks whether the flaw is there and goes no further: the server answers, nothing is changed."""
    for index in range(times):
        stem = ("/ecp/x.js", "/ecp/default.flt", "/owa/auth/x.js")[index % 3]
        protocol = "Owa" if stem.startswith("/owa/") else "Ecp"
        status = (200, 500, 302)[index % 3]
        yield from forged(
            maker,
            at + index * 2.5,
            actor,
            "/autodiscover/autodiscover.xml?#",
            status,
            stem=stem,
            protocol=protocol,
            method="GET",
        )


def scan_shells(maker: Recorder, at: float, actor: Actor, names: tuple[str, ...], *, status: int = 302) -> Iterator[Line]:
    """Somebody who asks for other people's shells by name. 302 means that the page is not there."""
    for index, stem in enumerate(names):
        missing = 404 if stem.startswith("/aspnet_client/") and status == 302 else status
        yield from _visit(maker, at + index * 1.3, actor, stem, "GET", missing, actor.agent)
