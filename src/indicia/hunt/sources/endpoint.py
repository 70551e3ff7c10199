"""What agents on machines write: Elastic's common schema, processes by Sysmon's names without a channel beside them, histories.

Reference: Elastic, "ECS field reference".
"""

from __future__ import annotations

from indicia.hunt.sources.form import ANY, LogSource, Serves

_PROCESS = {
    "image": ("process.executable",),
    "commandline": ("process.command_line",),
    "parentimage": ("process.parent.executable",),
    "parentcommandline": ("process.parent.command_line",),
    "originalfilename": ("process.pe.original_file_name",),
    "product": ("process.pe.product",),
    "company": ("process.pe.company",),
    "description": ("process.pe.description",),
    "currentdirectory": ("process.working_directory",),
    "user": ("user.name",),
    "processid": ("process.pid",),
    "parentprocessid": ("process.parent.pid",),
    "hashes": ("process.hash.sha256", "process.hash.sha1", "process.hash.md5"),
}
_BY_PROCESS = {"image": ("process.executable",), "commandline": ("process.command_line",), "user": ("user.name",)}
_FILE = {**_BY_PROCESS, "targetfilename": ("file.path",)}
_NETWORK = {
    **_BY_PROCESS,
    "destinationip": ("destination.ip",),
    "destinationport": ("destination.port",),
    "destinationhostname": ("destination.domain",),
    "sourceip": ("source.ip",),
    "sourceport": ("source.port",),
}
_DNS = {**_BY_PROCESS, "queryname": ("dns.question.name",), "query": ("dns.question.name",)}
_REGISTRY = {**_BY_PROCESS, "targetobject": ("registry.path",), "details": ("registry.data.strings",)}
_LIBRARY = {**_BY_PROCESS, "imageloaded": ("dll.path", "file.path")}
_SYSTEMS = (("windows", ("windows", "")), ("linux", ("linux",)), ("macos", ("macos", "darwin")))


def _of_each_system() -> tuple[Serves, ...]:
    found = []
    for product, kinds in _SYSTEMS:
        for category, of, types, fields in (
            ("process_creation", "process", ("start", "process_started", ""), _PROCESS),
            ("file_event", "file", ("creation", "change", ""), _FILE),
            ("file_delete", "file", ("deletion",), _FILE),
            ("network_connection", "network", ("start", "connection", "connection\nstart", ""), _NETWORK),
            ("dns_query", "dns", (), _DNS),
            ("registry_set", "registry", ("change", ""), _REGISTRY),
            ("registry_event", "registry", (), _REGISTRY),
            ("image_load", "library", (), _LIBRARY),
        ):
            only = {"event.category": (of,), "host.os.type": kinds} | ({"event.type": types} if types else {})
            found.append(Serves(product, category, only=only, fields=fields))
    return tuple(found)


# What people typed: a command, perhaps with its time and whose it was.
_TYPED = {"commandline": ("CommandLine",), "user": ("User",)}
_UNKNOWN = ("image", "parentimage", "parentcommandline", "originalfilename", "currentdirectory")

SOURCES = (
    LogSource(
        name="shell-history",
        marks=(),
        serves=(
            Serves("linux"),
            *(Serves(system, "process_creation", fields=_TYPED | dict.fromkeys(_UNKNOWN, ())) for system in ("linux", "macos")),
        ),
        of_machines=True,
    ),
    LogSource(
        name="powershell-history",
        marks=(),
        serves=(Serves("windows", "ps_script", fields={"scriptblocktext": ("CommandLine",)}),),
        of_machines=True,
    ),
    LogSource(
        name="ecs-endpoint",
        marks=(
            ("event.category", "process.executable"),
            ("event.category=file", "file.path"),
            ("event.category=registry", "registry.path"),
        ),
        serves=_of_each_system(),
        times=("@timestamp", "event.created"),
        hosts=("host.name", "host.hostname", "agent.hostname"),
        users=("user.name",),
        addresses=("source.ip",),
        actions=("event.action",),
    ),
    LogSource(
        name="crowdstrike",
        marks=(("event_simplename", "imagefilename"), ("event_simplename", "commandline"), ("event_simplename", "aid")),
        serves=tuple(
            Serves(
                product,
                "process_creation",
                only={"event_simplename": ("processrollup2", "syntheticprocessrollup2"), "event_platform": platforms},
                fields={
                    "image": ("ImageFileName",),
                    "parentimage": ("ParentBaseFileName",),
                    "user": ("UserName", "UserSid"),
                    "hashes": ("SHA256HashData", "MD5HashData"),
                },
            )
            for product, platforms in (("windows", ("win", "")), ("linux", ("lin",)), ("macos", ("mac",)))
        ),
        times=("timestamp", "contexttimestamp", "processstarttime"),
        hosts=("computername", "aid"),
        users=("username", "usersid"),
        addresses=("remoteaddressip4", "aip"),
        actions=("commandline", "imagefilename", "event_simplename"),
        of_machines=True,
    ),
    LogSource(
        name="process",
        marks=(("image", "commandline"), ("commandline", "parentimage"), ("commandline", "parentcommandline")),
        serves=(Serves(ANY, "process_creation"),),
        times=("utctime", "eventtime"),
        hosts=("computer", "computername", "hostname"),
        users=("user",),
        actions=("image",),
    ),
    LogSource(
        name="antivirus",
        marks=(("signature", "filename"), ("threatname", "path")),
        serves=(Serves("", "antivirus", fields={"signature": ("Signature", "ThreatName"), "filename": ("Filename", "Path")}),),
        actions=("signature", "threatname"),
    ),
)
