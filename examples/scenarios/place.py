"""The invented place in which the scenarios play: servers, people, programs. Documentation addresses and names only."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["ADMIN", "COLUMNS", "COLUMNS_2016", "EXCHANGE", "PEOPLE", "PHONES", "WEBSHELL_NAMES", "Actor", "Log", "Server"]

EXCHANGE = r"C:\Program Files\Microsoft\Exchange Server\V15"

# Order of an HttpProxy log of build 15.1.2106: 74 columns.
_COLUMNS = """
    DateTime RequestId MajorVersion MinorVersion BuildVersion RevisionVersion ClientRequestId Protocol UrlHost UrlStem
    ProtocolAction AuthenticationType IsAuthenticated AuthenticatedUser Organization AnchorMailbox UserAgent
    ClientIpAddress ServerHostName HttpStatus BackEndStatus ErrorCode Method ProxyAction TargetServer
    TargetServerVersion RoutingType RoutingHint BackEndCookie ServerLocatorHost ServerLocatorLatency RequestBytes
    ResponseBytes TargetOutstandingRequests AuthModulePerfContext HttpPipelineLatency CalculateTargetBackEndLatency
    GlsLatencyBreakup TotalGlsLatency AccountForestLatencyBreakup TotalAccountForestLatency ResourceForestLatencyBreakup
    TotalResourceForestLatency ADLatency SharedCacheLatencyBreakup TotalSharedCacheLatency ActivityContextLifeTime
    ModuleToHandlerSwitchingLatency ClientReqStreamLatency BackendReqInitLatency BackendReqStreamLatency
    BackendProcessingLatency BackendRespInitLatency BackendRespStreamLatency ClientRespStreamLatency
    KerberosAuthHeaderLatency HandlerCompletionLatency RequestHandlerLatency HandlerToModuleSwitchingLatency ProxyTime
    CoreLatency RoutingLatency HttpProxyOverhead TotalRequestTime RouteRefresherLatency UrlQuery BackEndGenericInfo
    GenericInfo GenericErrors EdgeTraceId DatabaseGuid UserADObjectGuid PartitionEndpointLookupLatency RoutingStatus
"""
COLUMNS = tuple(_COLUMNS.split())
# An early 2016 build: no UrlHost, no RoutingType.
COLUMNS_2016 = tuple(name for name in COLUMNS if name not in {"UrlHost", "RoutingType"})

WEBSHELL_NAMES = (
    "/owa/auth/RedirSuiteServerProxy.aspx",
    "/owa/auth/TimeoutLogout.aspx",
    "/owa/auth/ErrorAA.aspx",
    "/owa/auth/OutlookZH.aspx",
    "/owa/auth/8Lw7tAhF9i1pJnRo.aspx",
    "/owa/auth/Current/themes/errorFS.aspx",
    "/aspnet_client/supp0rt.aspx",
    "/aspnet_client/discover.aspx",
    "/aspnet_client/system_web/log.aspx",
    "/aspnet_client/OutlookEN.aspx",
)


class Log(NamedTuple):
    """Which log a line belongs to: its folder below the server's, and how its files are named and headed (see `files`)."""

    kind: str  # httpproxy, ecp-server, ecp-activity, oab, w3c, events
    folder: str
    name: str = ""


class Server(NamedTuple):
    """One Exchange server and how its logs look."""

    name: str
    domain: str
    address: str
    build: tuple[int, int, int, int] = (15, 1, 2106, 2)
    columns: tuple[str, ...] = COLUMNS
    folder: str = ""  # below the output folder; "" when there is one server only
    event_form: str = "evtx_dump"  # or "winlogbeat"

    @property
    def fqdn(self) -> str:
        return f"{self.name.lower()}.{self.domain}"

    @property
    def mail(self) -> str:
        return f"mail.{self.domain}"

    @property
    def netbios(self) -> str:
        return self.domain.split(".", 1)[0].upper()

    @property
    def version(self) -> str:
        return f"{self.build[0]:02d}.{self.build[1]:02d}.{self.build[2]}.{self.build[3]:03d}"


class Actor(NamedTuple):
    """One intruder: where it comes from, what it calls itself, what it leaves behind."""

    address: str
    agent: str
    canary: str
    stem: str  # the static path that carries the forged requests
    shell: str  # written by the virtual directory reset; a path below the front end
    oab_shell: str  # written by the address book generator; below /aspnet_client/
    shell_agent: str
    tool: str  # what it is after once inside: "mail" or "access"


ADMIN = "exadmin"
_PEOPLE = (
    "alvarez becker chen dubois evans fischer garcia haddad ivanova jansen kowalski lindqvist moreau nakamura okafor "
    "petrov quinn rossi schmidt tanaka umarov vogel weber xavier yilmaz zeller"
)
PEOPLE = tuple(_PEOPLE.split())
PHONES = (
    "Apple-iPhone12C1/1804.52",
    "Apple-iPad11C3/1804.52",
    "Android-SAMSUNG-SM-G991B/101.110000000",
    "Outlook-iOS-Android/1.0",
)
