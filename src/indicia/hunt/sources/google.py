"""Google Cloud and Workspace.

References: Google Cloud, "AuditLog"; Google Workspace, "Reports API: activities".
"""

from __future__ import annotations

from indicia.hunt.sources.form import PRESENT, Answer, LogSource, Serves

_DATA = {
    f"data.protopayload.{name.lower()}": (f"data.protoPayload.{name}", f"protoPayload.{name}")
    for name in ("authorizationInfo.permission", "authorizationInfo.granted", "serviceName", "methodName", "resourceName")
}
_WORKSPACE = {
    "eventservice": ("eventService", "id.applicationName", "protoPayload.serviceName"),
    "eventname": ("eventName", "events.name", "protoPayload.metadata.event.eventName"),
}

SOURCES = (
    LogSource(
        name="google-workspace",
        marks=(
            ("protopayload.metadata.event",),
            ("protopayload.metadata.event.eventname",),
            ("eventservice", "eventname"),
            ("id.applicationname", "events.name"),
        ),
        serves=(
            Serves("gcp", "", "google_workspace.admin", fields=_WORKSPACE),
            Serves("gcp", "", "google_workspace.login", fields=_WORKSPACE),
        ),
        times=("id.time", "timestamp", "receivetimestamp"),
        users=("actor.email", "protopayload.authenticationinfo.principalemail"),
        addresses=("ipaddress", "protopayload.requestmetadata.callerip"),
        actions=("events.name", "eventname", "protopayload.metadata.event.eventname"),
    ),
    LogSource(
        name="gcp-audit",
        marks=(("protopayload.methodname",), ("data.protopayload.methodname",), ("gcp.audit.method_name",)),
        serves=(
            Serves(
                "gcp",
                "",
                "gcp.audit",
                fields={
                    "gcp.audit.method_name": (
                        "gcp.audit.method_name",
                        "protoPayload.methodName",
                        "data.protoPayload.methodName",
                    ),
                    **_DATA,
                    "data.protopayload.resource.type": ("data.resource.type", "resource.type"),
                    "data.protopayload.logname": ("data.logName", "logName"),
                },
            ),
        ),
        times=("timestamp", "receivetimestamp", "data.timestamp"),
        users=("protopayload.authenticationinfo.principalemail", "data.protopayload.authenticationinfo.principalemail"),
        addresses=("protopayload.requestmetadata.callerip", "data.protopayload.requestmetadata.callerip"),
        hosts=("resource.labels.project_id", "data.resource.labels.project_id"),
        actions=("protopayload.methodname", "data.protopayload.methodname"),
        objects=("protopayload.resourcename", "data.protopayload.resourcename"),
        answers=(
            Answer("protopayload.status.code", done=("0",), failed=(PRESENT,)),
            Answer("data.protopayload.status.code", done=("", "0"), failed=(PRESENT,)),
        ),
    ),
)
