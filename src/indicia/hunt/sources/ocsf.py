"""The Open Cybersecurity Schema Framework: one class of events for each kind of thing that happens, whoever wrote it.

Reference: OCSF schema 1.3, classes 1001, 1007, 3002, 4001 to 4003 and 6003; AWS, "OCSF source of CloudTrail events".
"""

from __future__ import annotations

from indicia.hunt.sources.form import ANY, PRESENT, Answer, LogSource, Serves
from indicia.hunt.sources.web import WEB

_ACTOR = {
    "image": ("actor.process.file.path", "process.file.path"),
    "commandline": ("actor.process.cmd_line", "process.cmd_line"),
    "user": ("actor.user.name",),
}
_FILE = {**_ACTOR, "targetfilename": ("file.path",)}
_NAME = {"query": ("query.hostname",), "qname": ("query.hostname",), "record_type": ("query.type",)}
_TIMES = ("time", "time_dt")
_MACHINES = ("device.hostname", "device.name", "device.ip")
_FROM = ("src_endpoint.ip",)
_FLOW = {
    "sourceip": ("src_endpoint.ip",),
    "src_ip": ("src_endpoint.ip",),
    "c-ip": ("src_endpoint.ip",),
    "sourceport": ("src_endpoint.port",),
    "src_port": ("src_endpoint.port",),
    "destinationip": ("dst_endpoint.ip",),
    "dst_ip": ("dst_endpoint.ip",),
    "destinationport": ("dst_endpoint.port",),
    "dst_port": ("dst_endpoint.port",),
    "destinationhostname": ("dst_endpoint.hostname", "dst_endpoint.domain"),
    "protocol": ("connection_info.protocol_name",),
    "action": ("action", "disposition", "status"),
}
_REQUEST = {
    **WEB,
    "cs-method": ("http_request.http_method",),
    "cs-uri-stem": ("http_request.url.path",),
    "c-uri-stem": ("http_request.url.path",),
    "cs-uri-query": ("http_request.url.query_string", "http_request.url.path"),
    "c-uri-query": ("http_request.url.query_string", "http_request.url.path"),
    "cs-uri": ("http_request.url.url_string", "http_request.url.path"),
    "c-uri": ("http_request.url.url_string", "http_request.url.path"),
    "cs-user-agent": ("http_request.user_agent",),
    "c-useragent": ("http_request.user_agent",),
    "cs-referer": ("http_request.referrer",),
    "cs-host": ("http_request.url.hostname", "dst_endpoint.hostname"),
    "r-dns": ("http_request.url.hostname", "dst_endpoint.hostname"),
    "sc-status": ("http_response.code", "http_status"),
    "c-ip": ("src_endpoint.ip",),
}
_CALL = {
    "eventname": ("api.operation",),
    "eventsource": ("api.service.name",),
    "errorcode": ("api.response.error",),
    "errormessage": ("api.response.error_message", "api.response.message"),
    "useragent": ("http_request.user_agent",),
    "sourceipaddress": ("src_endpoint.ip", "src_endpoint.domain"),
    "awsregion": ("cloud.region",),
    "useridentity.type": ("actor.user.type",),
    "useridentity.arn": ("actor.user.uid", "actor.user.uid_alt"),
    "useridentity.username": ("actor.user.name",),
    "useridentity.sessioncontext.sessionissuer.type": ("actor.session.issuer",),
    "recipientaccountid": ("cloud.account.uid",),
}
_LOGON = {
    "eventid": ("metadata.event_code",),
    "targetusername": ("user.name",),
    "targetdomainname": ("user.domain",),
    "subjectusername": ("actor.user.name",),
    "ipaddress": ("src_endpoint.ip",),
    "workstationname": ("src_endpoint.hostname", "src_endpoint.name"),
    "logontype": ("logon_type_id",),
    "authenticationpackagename": ("auth_protocol",),
    "processname": ("logon_process.file.path", "actor.process.file.path"),
}
_TOLD = (
    Answer("status_id", done=("1",), failed=("2",)),
    Answer("status", done=("success",), failed=("failure",)),
)
_CLOUDTRAIL = {"metadata.product.name": ("cloudtrail",)}

SOURCES = (
    LogSource(
        name="ocsf-process",
        marks=(("class_uid=1007", "process.cmd_line"),),
        serves=(
            Serves(
                ANY,
                "process_creation",
                only={"activity_id": ("1", "")},
                fields={
                    "image": ("process.file.path",),
                    "commandline": ("process.cmd_line",),
                    "parentimage": ("actor.process.file.path", "process.parent_process.file.path"),
                    "parentcommandline": ("actor.process.cmd_line", "process.parent_process.cmd_line"),
                    "user": ("process.user.name", "actor.user.name"),
                    "processid": ("process.pid",),
                },
            ),
        ),
        times=_TIMES,
        hosts=_MACHINES,
        users=("process.user.name", "actor.user.name"),
        actions=("process.cmd_line",),
    ),
    LogSource(
        name="ocsf-file",
        marks=(("class_uid=1001", "file.path"),),
        serves=(
            Serves(ANY, "file_event", only={"activity_id": ("1", "3", "")}, fields=_FILE),
            Serves(ANY, "file_delete", only={"activity_id": ("4",)}, fields=_FILE),
        ),
        times=_TIMES,
        hosts=_MACHINES,
        users=("actor.user.name",),
        actions=("file.path",),
    ),
    LogSource(
        name="ocsf-http",
        marks=(("class_uid=4002", "http_request.http_method"), ("class_uid=4002", "http_request.url.path")),
        serves=(
            Serves(ANY, "webserver", fields=_REQUEST),
            Serves("", "proxy", only={"http_request.url.hostname": (PRESENT,)}, fields=_REQUEST),
        ),
        times=_TIMES,
        hosts=("device.hostname", "dst_endpoint.hostname", "dst_endpoint.ip"),
        addresses=_FROM,
        actions=("http_request.url.url_string", "http_request.url.path"),
    ),
    LogSource(
        name="ocsf-dns",
        marks=(("class_uid=4003", "query.hostname"),),
        serves=(
            Serves("", "dns", fields=_NAME),
            Serves(ANY, "dns_query", fields={**_ACTOR, "queryname": ("query.hostname",)}),
        ),
        times=_TIMES,
        hosts=_MACHINES,
        addresses=_FROM,
        actions=("query.hostname",),
    ),
    LogSource(
        name="ocsf-network",
        marks=(("class_uid=4001", "dst_endpoint.ip"), ("class_uid=4001", "dst_endpoint.hostname")),
        serves=(
            Serves(ANY, "network_connection", fields={**_ACTOR, **_FLOW}),
            Serves("", "firewall", fields=_FLOW),
        ),
        times=_TIMES,
        hosts=_MACHINES,
        users=("actor.user.name",),
        addresses=_FROM,
        actions=("dst_endpoint.hostname", "dst_endpoint.ip"),
    ),
    LogSource(
        name="ocsf-cloudtrail",
        marks=(("class_uid=6003", "api.operation"), ("class_uid=3002", "api.operation")),
        serves=(Serves("aws", "", "cloudtrail", only=_CLOUDTRAIL, fields=_CALL),),
        times=_TIMES,
        hosts=("cloud.account.uid", "cloud.project_uid"),
        users=("actor.user.uid", "actor.user.name", "user.name"),
        addresses=_FROM,
        actions=("api.operation",),
        objects=("api.request.data.", "resources."),
        answers=(*_TOLD, Answer("api.response.error", done=("",))),
    ),
    LogSource(
        name="ocsf-logon",
        marks=(("class_uid=3002", "user.name"),),
        serves=(Serves("windows", "", "security", only={"metadata.log_name": ("security",)}, fields=_LOGON),),
        times=_TIMES,
        hosts=("device.hostname", "dst_endpoint.hostname", "device.ip"),
        users=("user.name",),
        addresses=_FROM,
        actions=("activity_name", "message"),
        answers=_TOLD,
        of_machines=True,
    ),
)
