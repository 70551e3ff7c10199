"""Records that are detections of some product, and nothing else: what they say is told by the table in `detections`.

References: AWS, "GuardDuty finding format", "Security Hub ASFF"; Google, "Security Command Center findings"; Microsoft,
"SecurityAlert", "alert resource type", "AlertInfo"; SentinelOne, CrowdStrike, VMware Carbon Black and Palo Alto Networks,
their alert schemas; Elastic, "Alert schema"; Falco, "Output formatting"; OCSF, "Detection Finding"; OWASP, ModSecurity "Log
messages"; Snort 3, "alert_json"; Broadcom, "Symantec Endpoint Protection external logging".
"""

from __future__ import annotations

from indicia.hunt.sources.form import Line, LogSource

__all__ = ["LAST", "SOURCES"]

_REMOTE = (
    "service.action.awsapicallaction.remoteipdetails.ipaddressv4",
    "service.action.networkconnectionaction.remoteipdetails.ipaddressv4",
    "service.action.kubernetesapicallaction.remoteipdetails.ipaddressv4",
    "service.action.portprobeaction.portprobedetails.remoteipdetails.ipaddressv4",
    "service.action.rdsloginattemptaction.remoteipdetails.ipaddressv4",
)
_KEYS = "resource.accesskeydetails.username"
_SEP = (
    (r"\bComputer name: ([^,]+)", ("computer",)),
    (r"\bRisk name: ([^,]+)", ("risk",)),
    (r"\b(?:Occurrences: \d+,|File path: )([^,]+)", ("file",)),
    (r"\bActual action: ([^,]+)", ("done",)),
    (r"\bUser(?: Name)?: ([^,]+)", ("user",)),
    (r"\b(?:Begin|Event time): ([^,]+)", ("begin",)),
)
_INSTANCE = ("resource.instancedetails.instanceid", "resource.eksclusterdetails.name", "resource.s3bucketdetails.name")

SOURCES = (
    LogSource(
        name="guardduty",
        marks=(
            ("schemaversion", "accountid", "type", "severity", "service.servicename"),
            ("accountid", "type", "severity", "service.detectorid"),
            ("detail-type=guarddutyfinding", "detail.type"),
            ("detail-type=guardduty finding", "detail.type"),
        ),
        serves=(),
        times=(
            *(
                "service.eventlastseen",
                "detail.service.eventlastseen",
                "service.eventfirstseen",
                "updatedat",
                "detail.updatedat",
            ),
            *("createdat", "time"),
        ),
        hosts=(
            *(*_INSTANCE, *(f"detail.{name}" for name in _INSTANCE)),
            *("accountid", "detail.accountid"),
        ),
        users=(_KEYS, f"detail.{_KEYS}"),
        addresses=(*_REMOTE, *(f"detail.{name}" for name in _REMOTE)),
        actions=("type", "detail.type"),
        objects=("title",),
    ),
    LogSource(
        name="security-hub",
        marks=(
            ("productarn", "awsaccountid", "severity.label"),
            ("productarn", "generatorid", "types"),
            ("detail.findings.productarn",),
        ),
        serves=(),
        times=("updatedat", "lastobservedat", "createdat", "time"),
        hosts=("resources.id", "awsaccountid"),
        addresses=("action.awsapicallaction.remoteipdetails.ipaddressv4", "network.sourceipv4"),
        actions=("title",),
    ),
    LogSource(
        name="gcp-finding",
        marks=(("finding.category", "finding.severity"), ("category", "severity", "findingclass")),
        serves=(),
        times=("finding.eventtime", "eventtime", "finding.createtime", "createtime"),
        hosts=("resource.projectdisplayname", "resource.project_display_name", "finding.resourcename", "resourcename"),
        users=("finding.access.principalemail", "access.principalemail"),
        addresses=("finding.access.callerip", "access.callerip"),
        actions=("finding.category", "category"),
    ),
    LogSource(
        name="microsoft-alert",
        marks=(
            ("alertname", "alertseverity"),
            ("alertdisplayname", "severity"),
            ("properties.alertdisplayname", "properties.severity"),
            ("properties.alertdisplayname", "properties.reportedseverity"),
            ("title", "severity", "servicesource"),
            ("title", "severity", "detectionsource"),
            ("incidentnumber", "title", "severity"),
            ("properties.incidentnumber", "properties.title"),
            ("vendorinformation.provider", "severity", "title"),
            ("alertcreationtime", "severity", "title"),
        ),
        serves=(),
        times=(
            *("starttime", "starttimeutc", "properties.starttimeutc", "alertcreationtime", "firstactivitydatetime"),
            *("firsteventtime", "eventdatetime", "createddatetime", "timegenerated", "timestamp", "properties.createdtimeutc"),
        ),
        hosts=(
            *("compromisedentity", "properties.compromisedentity", "computerdnsname", "devicename", "evidence.devicednsname"),
            *("hoststates.fqdn", "evidence.hostname", "tenantid"),
        ),
        users=(
            *("accountupn", "relateduser.username", "userstates.userprincipalname", "evidence.useraccount.userprincipalname"),
            "accountname",
        ),
        addresses=("evidence.ipaddress", "networkconnections.sourceaddress", "remoteip"),
        actions=("alertname", "alertdisplayname", "title", "properties.alertdisplayname"),
    ),
    LogSource(
        name="sentinelone",
        marks=(
            ("threatinfo.threatname", "threatinfo.mitigationstatus"),
            ("threatinfo.confidencelevel",),
            ("ruleinfo.name", "ruleinfo.severity"),
            ("threatname", "mitigationstatus"),
        ),
        serves=(),
        times=("threatinfo.identifiedat", "threatinfo.createdat", "alertinfo.createdat", "createddate", "createdat"),
        hosts=(
            *("agentrealtimeinfo.agentcomputername", "agentdetectioninfo.name", "agentdetectioninfo.machinename"),
            *("agentcomputername", "agent_computer_name"),
        ),
        users=("threatinfo.processuser", "agentdetectioninfo.agentlastloggedinusername", "username"),
        addresses=("alertinfo.srcip",),
        actions=("threatinfo.threatname", "threatname", "ruleinfo.name"),
        objects=("threatinfo.filepath", "filepath"),
    ),
    LogSource(
        name="crowdstrike-detection",
        marks=(
            ("metadata.eventtype=detectionsummaryevent", "event.computername"),
            ("metadata.eventtype=eppdetectionsummaryevent",),
            ("metadata.eventtype=idpdetectionsummaryevent",),
            ("event.detectname", "event.severity"),
            ("externalapitype", "patterndispositionvalue"),
            ("detection_id", "max_severity_displayname"),
            ("composite_id", "severity_name"),
        ),
        serves=(),
        times=(
            *("event.processstarttime", "event.contexttimestamp", "processstarttime", "metadata.eventcreationtime"),
            "first_behavior",
            *("created_timestamp", "timestamp"),
        ),
        hosts=("event.computername", "event.hostname", "device.hostname", "hostname"),
        users=("event.username", "user_name", "behaviors.user_name"),
        addresses=("event.localip",),
        actions=("event.commandline", "cmdline", "behaviors.cmdline", "event.detectname"),
    ),
    LogSource(
        name="proofpoint",
        marks=(("malwarescore", "phishscore"), ("threatsinfomap.threat", "threatsinfomap.classification")),
        serves=(),
        times=("messagetime", "clicktime", "threattime"),
        hosts=("recipient", "toaddresses"),
        users=("sender", "fromaddress"),
        addresses=("senderip", "clickip"),
        actions=("subject", "url"),
    ),
    LogSource(
        name="carbon-black",
        marks=(
            ("alert_url", "severity", "device_name"),
            ("threat_id", "severity", "device_name"),
            ("org_key", "severity", "reason"),
        ),
        serves=(),
        times=("first_event_timestamp", "first_event_time", "detection_timestamp", "backend_timestamp", "create_time"),
        hosts=("device_name",),
        users=("device_username", "process_username"),
        addresses=("device_external_ip",),
        actions=("reason",),
    ),
    LogSource(
        name="cortex-alert",
        marks=(
            ("alert_id", "severity", "host_name"),
            ("alert_id", "severity", "endpoint_id"),
            ("alert_id", "severity", "actor_process_image_name"),
        ),
        serves=(),
        times=("detection_timestamp", "event_timestamp", "local_insert_ts"),
        hosts=("host_name",),
        users=("user_name", "actor_effective_username"),
        addresses=("action_local_ip", "host_ip"),
        actions=("name", "description"),
    ),
    LogSource(
        name="elastic-alert",
        marks=(
            ("kibana.alert.rule.name",),
            ("signal.rule.name",),
            ("event.kind=alert", "rule.name"),
            ("event.kind=alert", "event.module=endpoint"),
            ("event.kind=alert", "event.code"),
        ),
        serves=(),
        times=("kibana.alert.original_time", "signal.original_time", "@timestamp"),
        hosts=("host.name", "host.hostname", "agent.name"),
        users=("user.name",),
        addresses=("source.ip",),
        actions=("kibana.alert.rule.name", "signal.rule.name", "rule.name", "message"),
        objects=("process.command_line", "file.path"),
    ),
    LogSource(
        name="ocsf-finding",
        marks=(("class_uid=2004", "severity_id"), ("class_uid=2001", "severity_id"), ("class_uid=2005", "severity_id")),
        serves=(),
        times=("time", "time_dt", "finding_info.created_time", "finding.created_time"),
        hosts=("device.hostname", "resources.name", "resources.uid", "cloud.account.uid"),
        users=("actor.user.name", "evidences.actor.user.name"),
        addresses=("src_endpoint.ip", "evidences.src_endpoint.ip"),
        actions=("finding_info.title", "finding.title", "message"),
    ),
    LogSource(
        name="falco",
        marks=(("rule", "priority", "output"), ("rule", "priority", "output_fields")),
        serves=(),
        times=("time", "output_fields.evt.time"),
        hosts=("hostname", "output_fields.k8s.pod.name", "output_fields.container.name", "output_fields.container.id"),
        users=("output_fields.user.name", "output_fields.ka.user.name"),
        actions=("output_fields.proc.cmdline", "output"),
        lines=(
            Line(
                r"^(\d\d:\d\d:\d\d\.\d{9}): (Emergency|Alert|Critical|Error|Warning|Notice|Informational) (.{1,4000})$",
                (": Emergency ", ": Alert ", ": Critical ", ": Error ", ": Warning ", ": Notice ", ": Informational "),
                names=("clock", "priority", "output"),
                finders=((r"^(.*?)(?: \(|$)", ("rule",)), (r"\buser=(\S+)", ("output_fields.user.name",))),
            ),
        ),
    ),
    LogSource(
        name="snort",
        marks=(("msg", "src_addr", "dst_addr", "priority"), ("msg", "src_ap", "dst_ap", "rule")),
        serves=(),
        times=("seconds", "timestamp"),
        addresses=("src_addr", "src_ap"),
        actions=("msg",),
    ),
    LogSource(
        name="modsecurity",
        marks=(("transaction.messages.message",), ("audit_data.messages",)),
        serves=(),
        times=("transaction.time_stamp", "transaction.time"),
        hosts=("hostname", "transaction.request.headers.host"),
        addresses=("client", "transaction.client_ip", "transaction.remote_address"),
        actions=("msg", "transaction.messages.message"),
        objects=("uri",),
        lines=(
            Line(
                r"^(?>.*?\bModSecurity: )(.*)",
                "ModSecurity: ",
                finders=(
                    (r'\[msg "((?:[^"\\]|\\.){1,400})', ("msg",)),
                    (r'\[severity "(\w+)"', ("severity",)),
                    (r'\[id "(\d+)"', ("id",)),
                    (r'\[uri "([^"]{1,400})', ("uri",)),
                    (r'\[hostname "([^"]{1,255})', ("hostname",)),
                    (r'\[data "((?:[^"\\]|\\.){1,400})', ("data",)),
                    (r"^(Access denied)", ("denied",)),
                    (r"\bclient: ([0-9a-fA-F.:]+)", ("client",)),
                ),
            ),
        ),
    ),
    LogSource(
        name="symantec",
        marks=(),
        serves=(),
        times=("begin",),
        hosts=("computer",),
        users=("user",),
        actions=("risk",),
        objects=("file",),
        lines=(
            Line(
                r"^(?>.*?\b(?:Security|Potential) risk found,)(.*)",
                "risk found,",
                finders=_SEP,
            ),
            Line(r"^(?>.*?\bVirus found,)(.*)", "Virus found,", finders=_SEP),
        ),
    ),
)
_NAMES = (
    *("alert_name", "alertname", "alert_title", "threat_name", "threatname", "malware_name", "malwarename"),
    *("detection_name", "detectionname", "attack_name", "signature_name"),
)
LAST = (
    LogSource(
        name="wazuh",
        marks=(("wazuh.level", "wazuh.description"),),
        serves=(),
        times=("timestamp", "@timestamp"),
        hosts=("agent.name", "agent.ip"),
        users=("data.dstuser", "data.srcuser", "syscheck.uname_after"),
        addresses=("data.srcip", "data.src_ip"),
        actions=("wazuh.description",),
        objects=("syscheck.path",),
    ),
    LogSource(
        name="alert",
        marks=tuple(
            (name, gravity) for name in _NAMES for gravity in ("severity", "alert_severity", "threat_severity", "priority")
        ),
        serves=(),
        hosts=("host", "hostname", "host_name", "device_name", "computer", "computer_name"),
        users=("user", "user_name", "username"),
        addresses=("src_ip", "source_ip", "srcip", "client_ip"),
        actions=_NAMES,
    ),
)
