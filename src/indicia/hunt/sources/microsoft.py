"""Azure, Entra ID, Microsoft 365 and Defender, as diagnostic settings, Graph, the command line and Log Analytics export them.

References: Microsoft, "Azure Monitor activity log event schema", "Sign-in log schema", "Audit log schema", "Office 365
Management Activity API schema", "Advanced hunting schema".
"""

from __future__ import annotations

from indicia.hunt.sources.form import ANY, PRESENT, Answer, LogSource, Serves
from indicia.hunt.sources.web import WEB

__all__ = ["SOURCES"]

_ACTIVITY = {
    "operationname": ("operationName", "operationName.value", "OperationNameValue", "operationName.localizedValue"),
    "operationnamevalue": ("OperationNameValue", "operationName", "operationName.value"),
    "categoryvalue": ("CategoryValue", "category", "category.value"),
    "resourceprovidervalue": ("ResourceProviderValue", "resourceProviderName.value"),
    "resourceid": ("resourceId", "_ResourceId"),
    "properties.message": ("properties.message", "operationName.localizedValue", "operationName", "OperationName"),
}
_AUDIT = {
    "properties.message": (
        "properties.message",
        "activityDisplayName",
        "properties.activityDisplayName",
        "OperationName",
        "operationName",
    ),
    "operationname": ("OperationName", "activityDisplayName", "properties.activityDisplayName"),
    "activitydisplayname": ("ActivityDisplayName", "properties.activityDisplayName", "OperationName"),
    "category": ("Category", "properties.category"),
    "loggedbyservice": ("LoggedByService", "properties.loggedByService"),
    "status": ("Status", "result", "properties.result"),
    "targetresources.type": ("targetResources.type", "properties.targetResources.type"),
}
_SIGN_IN = {
    "resulttype": ("ResultType", "status.errorCode", "properties.status.errorCode"),
    "resultdescription": ("ResultDescription", "status.failureReason", "properties.status.failureReason"),
    "authenticationrequirement": ("AuthenticationRequirement", "properties.authenticationRequirement"),
    "appdisplayname": ("AppDisplayName", "properties.appDisplayName"),
    "resourcedisplayname": ("ResourceDisplayName", "properties.resourceDisplayName"),
    "conditionalaccessstatus": ("ConditionalAccessStatus", "properties.conditionalAccessStatus"),
    "devicedetail.trusttype": ("deviceDetail.trustType", "properties.deviceDetail.trustType"),
    "devicedetail.deviceid": ("deviceDetail.deviceId", "properties.deviceDetail.deviceId"),
    "useragent": ("UserAgent", "properties.userAgent"),
    "riskstate": ("RiskState", "properties.riskState"),
    "authenticationprotocol": ("AuthenticationProtocol", "properties.authenticationProtocol"),
}
_DEFENDER = {
    "image": ("FolderPath", "InitiatingProcessFolderPath"),
    "commandline": ("ProcessCommandLine",),
    "parentimage": ("InitiatingProcessFolderPath",),
    "parentcommandline": ("InitiatingProcessCommandLine",),
    "originalfilename": ("ProcessVersionInfoOriginalFileName",),
    "product": ("ProcessVersionInfoProductName",),
    "company": ("ProcessVersionInfoCompanyName",),
    "description": ("ProcessVersionInfoFileDescription",),
    "integritylevel": ("ProcessIntegrityLevel",),
    "user": ("AccountName", "AccountUpn"),
    "hashes": ("SHA256", "SHA1", "MD5"),
}
_BY_PROCESS = {"image": ("InitiatingProcessFolderPath",), "commandline": ("InitiatingProcessCommandLine",)}
_FILE = {**_BY_PROCESS, "targetfilename": ("FolderPath",)}
_NETWORK = {
    **_BY_PROCESS,
    "destinationip": ("RemoteIP",),
    "destinationport": ("RemotePort",),
    "destinationhostname": ("RemoteUrl",),
    "sourceip": ("LocalIP",),
    "sourceport": ("LocalPort",),
}
_REGISTRY = {**_BY_PROCESS, "targetobject": ("RegistryKey",), "details": ("RegistryValueData",)}
_IMAGE_LOAD = {**_BY_PROCESS, "imageloaded": ("FolderPath",)}

SOURCES = (
    LogSource(
        name="defender",
        marks=(
            ("actiontype", "devicename", "initiatingprocessfilename"),
            ("actiontype", "devicename", "deviceid"),
            ("properties.actiontype", "properties.devicename"),
        ),
        serves=(
            Serves("windows", "process_creation", only={"actiontype": ("processcreated",)}, fields=_DEFENDER),
            Serves("windows", "file_event", only={"actiontype": ("filecreated", "filemodified", "filerenamed")}, fields=_FILE),
            Serves("windows", "file_delete", only={"actiontype": ("filedeleted",)}, fields=_FILE),
            Serves(
                "windows",
                "network_connection",
                only={"actiontype": ("connectionsuccess", "connectionattempt", "connectionfailed", "connectionfound")},
                fields=_NETWORK,
            ),
            Serves("windows", "registry_set", only={"actiontype": ("registryvalueset",)}, fields=_REGISTRY),
            Serves(
                "windows",
                "registry_event",
                only={"actiontype": ("registryvalueset", "registrykeycreated", "registrykeydeleted", "registryvaluedeleted")},
                fields=_REGISTRY,
            ),
            Serves("windows", "image_load", only={"actiontype": ("imageloaded",)}, fields=_IMAGE_LOAD),
        ),
        times=("timestamp", "timegenerated", "properties.timestamp", "time"),
        hosts=("devicename", "properties.devicename"),
        users=("accountname", "initiatingprocessaccountname", "accountupn"),
        addresses=("remoteip",),
        actions=("actiontype",),
    ),
    LogSource(
        name="m365-audit",
        marks=(("operation", "workload"), ("operation", "recordtype"), ("eventsource=securitycompliancecenter", "eventname")),
        serves=(
            Serves("m365", "", "audit"),
            *(
                Serves(
                    "m365",
                    "",
                    service,
                    fields={
                        "eventsource": ("eventSource", "Workload"),
                        "eventname": ("eventName", "Name", "AlertName", "Operation"),
                        "status": ("status", "ResultStatus", "Status"),
                    },
                )
                for service in ("exchange", "threat_management", "threat_detection")
            ),
        ),
        times=("creationtime", "timegenerated", "creationdate"),
        users=("userid", "userkey"),
        hosts=("organizationid", "organizationname"),
        addresses=("clientip", "clientipaddress", "actoripaddress"),
        actions=("operation", "eventname"),
        objects=("objectid",),
        answers=(
            Answer("operation", failed=("userloginfailed",)),
            Answer(
                "resultstatus",
                done=("succeeded", "success", "true", "partiallysucceeded"),
                failed=("failed", "failure", "false"),
            ),
        ),
    ),
    LogSource(
        name="azure-risk",
        marks=(("riskeventtype",), ("properties.riskeventtype",)),
        serves=tuple(
            Serves("azure", "", service, fields={"riskeventtype": ("riskEventType", "properties.riskEventType")})
            for service in ("riskdetection", "pim")
        ),
        times=("activitydatetime", "detecteddatetime", "timegenerated", "time"),
        users=("userprincipalname", "properties.userprincipalname"),
        addresses=("ipaddress", "properties.ipaddress"),
        actions=("riskeventtype", "properties.riskeventtype"),
    ),
    LogSource(
        name="azure-signin",
        marks=(
            ("userprincipalname", "appdisplayname"),
            ("properties.userprincipalname", "properties.appdisplayname"),
            ("appdisplayname", "serviceprincipalid", "resourcedisplayname"),
            ("category=signinlogs",),
            ("category=noninteractiveusersigninlogs",),
            ("category=serviceprincipalsigninlogs",),
        ),
        serves=(Serves("azure", "", "signinlogs", fields=_SIGN_IN),),
        times=("createddatetime", "timegenerated", "time", "properties.createddatetime"),
        users=("userprincipalname", "properties.userprincipalname", "serviceprincipalname"),
        addresses=("ipaddress", "calleripaddress", "properties.ipaddress"),
        hosts=("tenantid", "resourcetenantid", "properties.resourcetenantid", "aadtenantid"),
        actions=("appdisplayname", "properties.appdisplayname"),
        answers=tuple(
            Answer(name, done=("0",), failed=(PRESENT,))
            for name in ("resulttype", "status.errorcode", "properties.status.errorcode")
        ),
    ),
    LogSource(
        name="azure-audit",
        marks=(
            ("activitydisplayname", "activitydatetime"),
            ("loggedbyservice", "operationname"),
            ("properties.activitydisplayname",),
            ("category=auditlogs",),
            ("initiatedby", "targetresources"),
        ),
        serves=(Serves("azure", "", "auditlogs", fields=_AUDIT),),
        times=("activitydatetime", "timegenerated", "time", "properties.activitydatetime"),
        users=(
            "initiatedby.user.userprincipalname",
            "properties.initiatedby.user.userprincipalname",
            "initiatedby.app.displayname",
            "identity",
        ),
        addresses=("initiatedby.user.ipaddress", "calleripaddress"),
        hosts=("tenantid", "aadtenantid"),
        actions=("activitydisplayname", "properties.activitydisplayname", "operationname"),
        objects=(
            "targetresources.userprincipalname",
            "targetresources.displayname",
            "properties.targetresources.userprincipalname",
            "properties.targetresources.displayname",
        ),
        answers=tuple(Answer(name, done=("success",), failed=("failure",)) for name in ("result", "properties.result")),
    ),
    LogSource(  # what gateways and front doors log of requests
        name="azure-requests",
        marks=(
            ("properties.requesturi", "properties.httpmethod", "properties.clientip"),
            ("properties.requesturi", "properties.httpmethod", "properties.httpstatus"),
            ("properties.requesturi", "properties.httpmethod", "properties.httpstatuscode"),
        ),
        serves=(
            Serves(
                ANY,
                "webserver",
                fields={
                    **WEB,
                    "cs-method": ("properties.httpMethod",),
                    "cs-uri-stem": ("properties.requestUri",),
                    "cs-uri-query": ("properties.requestQuery", "properties.requestUri"),
                    "c-uri": ("properties.requestUri", "properties.requestQuery"),
                    "cs-user-agent": ("properties.userAgent",),
                    "c-useragent": ("properties.userAgent",),
                    "sc-status": ("properties.httpStatus", "properties.httpStatusCode"),
                    "cs-host": ("properties.host", "properties.hostName"),
                },
            ),
        ),
        times=("timestamp", "time"),
        addresses=("properties.clientip",),
        actions=("properties.requesturi",),
    ),
    LogSource(
        name="azure-activity",
        marks=(
            ("operationnamevalue", "resourceid"),
            ("operationnamevalue", "caller"),
            ("operationname.value", "caller"),
            ("operationname.value", "eventtimestamp"),
            ("operationname", "resourceid", "category=administrative"),
            ("operationname", "resourceid", "category"),
            ("operationname", "caller"),
            ("operationname", "authorization.action"),
        ),
        serves=(Serves("azure", "", "activitylogs", fields=_ACTIVITY),),
        times=("eventtimestamp", "timegenerated", "time", "submissiontimestamp"),
        users=(
            "caller",
            "identity.claims.name",
            "claims.name",
            "identity.claims.http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn",
            "identity.claim.upn",
            "identity.claims.appid",
            "identity.claim.appid",
            "identity.authorization.evidence.principalid",
        ),
        addresses=("calleripaddress", "httprequest.clientipaddress", "properties.clientip", "properties.clientipaddress"),
        hosts=("subscriptionid", "tenantid"),
        actions=("operationname.value", "operationnamevalue", "operationname"),
        objects=("resourceid", "_resourceid"),
        answers=tuple(
            Answer(name, done=("succeeded", "success"), failed=("failed", "failure"))
            for name in ("status.value", "activitystatusvalue", "resulttype", "status")
        ),
    ),
)
