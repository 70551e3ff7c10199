"""What products say that they have detected: one table. A new product is one row, with an example in
`tests/cases/hunt/detections.yml`.

Each row says which records speak, where their name, object and action stand, and what their words for gravity mean here. What a
product calls an attempt is one, and what it says that it stopped is one as well; anything else was let through, which does not
say that it worked. No row gives `critical`: that a product holds something for certain is still the word of one.

References: OISF, "Suricata EVE JSON" and its classification.config; Snort, classification.config; Zeek, "Notice index";
Fortinet, "FortiOS log message reference"; Palo Alto Networks, "Threat log fields"; Check Point, "Log Exporter fields"; AWS,
"GuardDuty finding format", "Security Hub ASFF"; Microsoft, "SecurityAlert", "alert resource type", "riskDetection";
SentinelOne, CrowdStrike and VMware Carbon Black, their alert schemas; Wazuh, "Rules classification"; Falco, "Style guide of
rules"; OWASP, ModSecurity "Log messages"; OCSF, "Detection Finding".
"""

from __future__ import annotations

from collections.abc import Mapping

from indicia.hunt.sources.form import PRESENT
from indicia.hunt.sources.saying import Detection, Means
from indicia.records import RuleLevel, Stage

__all__ = ["DETECTIONS"]

_INFO, _LOW, _MEDIUM, _HIGH = RuleLevel.INFORMATIONAL, RuleLevel.LOW, RuleLevel.MEDIUM, RuleLevel.HIGH
_STOPPED = (
    *("block*", "drop*", "den*", "reject*", "reset*", "prevent*", "quarantin*", "clean*", "remov*", "delet*", "mitigat*"),
    *("terminat*", "kill*", "sinkhole*", "contained", "remediat*", "stopped", "disinfect*"),
)


def _words(field: str, *, tried: bool = False) -> tuple[Means, ...]:
    """What most products mean by the words for gravity."""
    return (
        Means(_HIGH, {field: ("critical", "very-high", "fatal", "emergency", "alert", "high", "severe")}, tried),
        Means(_MEDIUM, {field: ("medium", "moderate", "major", "error", "warning", "suspicious")}, tried),
        Means(_LOW, {field: ("low", "minor", "notice")}, tried),
        Means(_INFO, {field: ("info*", "unknown", "debug", "none", "")}, tried),
    )


def _numbers(field: str, high: float, medium: float, low: float = 0) -> tuple[Means, ...]:
    """What a number that grows with gravity means."""
    return (
        Means(_HIGH, {field: (f">={high}",)}),
        Means(_MEDIUM, {field: (f">={medium}",)}),
        Means(_LOW, {field: (f">={low}",)}),
    )


def _classes(category: str, priority: str) -> tuple[Means, ...]:
    """Classifications of Snort and Suricata, by their short names or in words; of others the priority."""
    return (
        Means(
            _HIGH,
            {category: ("*command and control*", "command-and-control", "*used for c2*", "domain-c2")},
            stage=Stage.CONTROL,
        ),
        Means(_HIGH, {category: ("*trojan was detected*", "trojan-activity", "*targeted malicious*", "targeted-activity")}),
        Means(_HIGH, {category: ("successful-admin", "successful-user", "successful administrator*", "successful user*")}),
        Means(_HIGH, {category: ("*credential theft*", "credential-theft", "*exploit kit*", "exploit-kit")}),
        Means(_HIGH, {category: ("*executable code was detected*", "shellcode-detect")}, tried=True, stage=Stage.EXPLOIT),
        Means(
            _HIGH,
            {category: ("attempted administrator*", "attempted-admin", "attempted user*", "attempted-user")},
            tried=True,
            stage=Stage.EXPLOIT,
        ),
        Means(_MEDIUM, {category: ("web application attack", "web-application-attack")}, tried=True, stage=Stage.EXPLOIT),
        Means(
            _MEDIUM,
            {
                category: (
                    "attempted*",
                    "*network scan*",
                    "network-scan",
                    "*denial of service*",
                    "*-dos",
                    "misc attack",
                    "misc-attack",
                )
            },
            tried=True,
            stage=Stage.PROBE,
        ),
        Means(_MEDIUM, {category: ("*crypto currency*", "coin-mining", "*phishing*", "social-engineering", "*malware*")}),
        Means(_MEDIUM, {category: ("successful-recon*", "*information leak", "*default username*", "default-login-attempt")}),
        Means(_LOW, {category: (PRESENT,), priority: (">=2",)}),
        Means(_LOW, {category: ("*policy violation*", "*privacy violation*", "policy-violation", "*unwanted program*")}),
        Means(_MEDIUM, {priority: ("1",)}),
        Means(_LOW),
    )


_RISKS: Mapping[str, tuple[str, ...]] = {
    "riskstate properties.riskstate": ("dismissed", "confirmedsafe", "remediated"),
}
_RISK = "risklevel properties.risklevel risklevelaggregated"

DETECTIONS: tuple[Detection, ...] = (
    Detection(
        product="Suricata",
        families=("suricata",),
        only={"alert.signature suricata.eve.alert.signature": (PRESENT,)},
        names=("alert.signature", "suricata.eve.alert.signature"),
        objects=("http.url", "dns.rrname", "tls.sni", "fileinfo.filename"),
        blocked={"alert.action suricata.eve.alert.action": _STOPPED},
        techniques=("alert.metadata.mitre_technique_id", "suricata.eve.alert.metadata.mitre_technique_id"),
        ends=("src_ip", "dest_ip"),
        means=_classes(
            "alert.category suricata.eve.alert.category", "alert.severity suricata.eve.alert.severity event.severity"
        ),
    ),
    Detection(
        product="Suricata or Snort",
        families=("suricata-fast",),
        names=("signature",),
        ends=("src_ip", "dest_ip"),
        blocked={"verdict": _STOPPED},
        means=_classes("category", "priority"),
    ),
    Detection(
        product="Snort",
        families=("snort",),
        names=("msg",),
        ends=("src_addr", "dst_addr"),
        blocked={"action": _STOPPED},
        means=_classes("class", "priority"),
    ),
    Detection(
        product="Zeek",
        families=("zeek",),
        only={"_path": ("notice",), "note": (PRESENT,)},
        names=("note",),
        objects=("msg", "sub"),
        blocked={"actions": ("*drop*",)},
        means=(
            Means(
                _LOW,
                {
                    "note": (
                        *(
                            "ssl::*",
                            "captureloss::*",
                            "packetfilter::*",
                            "weird::*",
                            "software::*",
                            "known::*",
                            "conn::content*",
                        ),
                        *("dpd::*", "communication::*", "notice::*", "stats::*", "x509::*", "site::*"),
                    )
                },
            ),
            Means(_HIGH, {"note": ("*_success", "*::ssh_login_by_password_guesser", "ssh::login_by_password_guesser")}),
            Means(
                _HIGH,
                {"note": ("teamcymrumalwarehashregistry::match", "attack::lateral*", "attack::credential*", "*backdoor*")},
            ),
            Means(
                _MEDIUM,
                {"note": ("scan::*", "*_scan*", "*guess*", "*brute*", "*_attempt*", "*attacker*", "*::attempt*", "*_attack")},
                tried=True,
                stage=Stage.PROBE,
            ),
            Means(_MEDIUM),
        ),
    ),
    Detection(
        product="Zeek intelligence",
        families=("zeek",),
        only={"_path": ("intel",), "seen.indicator": (PRESENT,)},
        names=("seen.indicator",),
        objects=("sources", "seen.where"),
        means=(Means(_MEDIUM),),
    ),
    Detection(
        product="FortiGate",
        families=("fortigate", "cef"),
        only={"virus ftntfgtvirus fortinetfortigatevirus": (PRESENT,)},
        names=("virus", "ftntfgtvirus", "fortinetfortigatevirus"),
        objects=("filename", "fname", "url", "request"),
        blocked={"action act utmaction": _STOPPED},
        ends=("srcip", "dstip"),
        means=(Means(_HIGH),),
    ),
    Detection(
        product="FortiGate",
        families=("fortigate", "cef"),
        only={"attack ftntfgtattack fortinetfortigateattack": (PRESENT,)},
        names=("attack", "ftntfgtattack", "fortinetfortigateattack"),
        objects=("url", "request"),
        blocked={"action act": _STOPPED},
        ends=("srcip", "dstip"),
        means=(
            Means(_MEDIUM, {"subtype ftntfgtsubtype": ("anomaly", "dos")}, tried=True, stage=Stage.PROBE),
            *_words("severity ftntfgtseverity crlevel ftntfgtcrlevel level ftntfgtlevel"),
        ),
    ),
    Detection(
        product="FortiGate",
        families=("fortigate",),
        only={"botnetdomain botnetip": (PRESENT,)},
        names=("botnetdomain", "botnetip"),
        blocked={"action": _STOPPED},
        ends=("srcip", "dstip"),
        means=(Means(_HIGH, stage=Stage.CONTROL),),
    ),
    Detection(
        product="FortiGate",
        families=("fortigate",),
        only={"subtype": ("webfilter", "dns"), "catdesc": ("malicious*", "phishing*", "*spyware*", "*command and control*")},
        names=("catdesc",),
        objects=("url", "hostname", "qname"),
        blocked={"action": _STOPPED},
        ends=("srcip", "dstip"),
        means=(Means(_MEDIUM),),
    ),
    Detection(
        product="PAN-OS",
        families=("paloalto",),
        only={"type": ("threat",), "subtype": (PRESENT,)},
        names=("threatid", "category"),
        objects=("misc",),
        blocked={"action": _STOPPED},
        ends=("src", "dst"),
        means=(
            Means(_INFO, {"subtype": ("url", "file", "data")}),
            Means(_MEDIUM, {"subtype": ("scan", "flood", "packet")}, tried=True, stage=Stage.PROBE),
            Means(_HIGH, {"subtype": ("virus", "wildfire-virus", "ml-virus"), "severity": ("medium", "high", "critical")}),
            Means(_HIGH, {"subtype": ("wildfire",), "category": ("malicious", "phishing", "grayware-malicious")}),
            *_words("severity"),
        ),
    ),
    Detection(
        product="PAN-OS",
        families=("cef",),
        only={"devicevendor": ("palo alto networks",), "name": ("threat", "correlation")},
        names=("cat", "deviceeventcategory", "deviceeventclassid"),
        objects=("request", "fname", "requesturl"),
        blocked={"act deviceaction": _STOPPED},
        means=(
            Means(_INFO, {"deviceeventclassid": ("url", "file", "data")}),
            *_numbers("severity logseverity", 4, 3),
        ),
    ),
    Detection(
        product="Check Point",
        families=("syslog", "cef", "checkpoint"),
        only={"protection_name malware_family flexstring2": (PRESENT,)},
        names=("protection_name", "malware_family", "flexstring2"),
        objects=("malware_action", "resource", "file_name"),
        blocked={"action act": ("prevent", "drop", "reject", "block")},
        ends=("src", "dst"),
        means=(
            Means(_HIGH, {"severity": ("4", "critical", "very-high")}),
            Means(_HIGH, {"severity": ("3", "high"), "confidence_level": ("4", "5", "high", "very-high", "medium-high", "")}),
            Means(_MEDIUM, {"severity": ("2", "3", "medium", "high")}),
            Means(_LOW),
        ),
    ),
    Detection(
        product="Sophos",
        families=("sophos",),
        only={"log_type": ("anti-virus", "idp", "atp", "sandbox", "wireless protection", "antivirus")},
        names=("virus", "threatname", "signature_msg", "threat", "message"),
        objects=("url", "filename", "malware"),
        blocked={"log_subtype status": ("drop", "denied", "deny", "block*", "virus", "detect and drop")},
        ends=("src_ip", "dst_ip"),
        means=(
            Means(_HIGH, {"log_type": ("atp", "anti-virus", "antivirus")}),
            *_words("severity priority"),
        ),
    ),
    Detection(
        product="Juniper",
        families=("juniper-srx",),
        only={"attack-name name virus-name": (PRESENT,), "threat-severity severity file-category virus-name": (PRESENT,)},
        names=("attack-name", "virus-name", "name"),
        blocked={"action": _STOPPED},
        ends=("source-address", "destination-address"),
        means=(
            Means(_HIGH, {"virus-name": (PRESENT,)}),
            *_words("threat-severity severity"),
        ),
    ),
    Detection(
        product="Cisco Firepower",
        families=("cisco-asa",),
        only={"message_id": ("430001", "430005"), "attack threat_name": (PRESENT,)},
        names=("attack", "threat_name"),
        blocked={"inline": ("*block*", "drop*", "*would have*")},
        ends=("src_ip", "dst_ip"),
        means=(Means(_HIGH, {"message_id": ("430005",)}), *_classes("classification", "priority")),
    ),
    Detection(
        product="ModSecurity",
        families=("modsecurity",),
        names=("msg", "attack"),
        objects=("uri", "data"),
        blocked={"denied": (PRESENT,)},
        means=(
            Means(_MEDIUM, {"severity": ("critical", "error", "emergency", "alert", "0", "1", "2", "3")}, stage=Stage.EXPLOIT),
            Means(_LOW),
        ),
    ),
    Detection(
        product="AWS WAF",
        families=("web",),
        only={"webaclid": (PRESENT,), "action": ("block", "captcha", "challenge")},
        names=("terminatingruleid",),
        blocked={"action": (PRESENT,)},
        means=(Means(_MEDIUM, tried=True, stage=Stage.PROBE),),
    ),
    Detection(
        product="GuardDuty",
        families=("guardduty",),
        names=("title", "detail.title", "type", "detail.type"),
        objects=("type", "detail.type"),
        blocked={
            "service.action.networkconnectionaction.blocked": ("true",),
            "detail.service.action.networkconnectionaction.blocked": ("true",),
        },
        means=(
            Means(_LOW, {"type detail.type": ("recon:ec2/portprobe*", "policy:*")}),
            Means(
                _MEDIUM,
                {
                    "type detail.type": ("*bruteforce", "*portprobe*"),
                    "service.resourcerole detail.service.resourcerole": ("target",),
                },
                tried=True,
                stage=Stage.PROBE,
            ),
            *_numbers("severity detail.severity", 7, 4),
        ),
    ),
    Detection(
        product="Security Hub",
        families=("security-hub",),
        only={"compliance.status detail.findings.compliance.status": ("",)},
        names=("title", "detail.findings.title"),
        objects=("types", "resources.id"),
        means=(
            Means(_LOW, {"types detail.findings.types": ("software and configuration*", "*industry and regulatory*")}),
            *_words("severity.label findingproviderfields.severity.label detail.findings.severity.label"),
        ),
    ),
    Detection(
        product="Security Command Center",
        families=("gcp-finding",),
        only={"finding.findingclass findingclass": ("threat", "")},
        names=("finding.category", "category"),
        objects=("finding.resourcename", "resourcename"),
        means=_words("finding.severity severity"),
    ),
    Detection(
        product="Microsoft",
        families=("microsoft-alert",),
        names=("alertname", "alertdisplayname", "displayname", "title", "properties.alertdisplayname", "properties.title"),
        objects=("compromisedentity", "properties.compromisedentity", "threatfamilyname", "threatname"),
        blocked={"status alertstatus": ("blocked", "prevented"), "investigationstate": ("preventedautomatically",)},
        techniques=("attacktechniques", "techniques", "mitretechniques", "properties.techniques"),
        means=(
            Means(_INFO, {"classification": ("falsepositive", "informationalexpectedactivity")}),
            *_words("alertseverity severity properties.severity properties.reportedseverity"),
        ),
    ),
    Detection(
        product="Microsoft 365",
        families=("m365-audit",),
        only={"operation": ("alerttriggered", "alertentitygenerated")},
        names=("name", "alertname"),
        objects=("alertentityid", "objectid"),
        means=_words("severity"),
    ),
    Detection(
        product="Microsoft 365",
        families=("m365-audit",),
        only={
            "operation": ("timaildata", "tiurlclickdata", "atpdetection", "filemalwaredetected"),
            "operation recordtype": (PRESENT,),
        },
        names=("subject", "verdict", "virusinfo", "sourcefilename"),
        objects=("p2sender", "objectid", "url"),
        blocked={"deliveryaction": ("blocked", "deliveredasspam", "replaced", "quarantine*")},
        means=(Means(_MEDIUM),),
    ),
    Detection(
        product="Entra ID Protection",
        families=("azure-risk",),
        names=("riskeventtype", "properties.riskeventtype", "riskdetail"),
        objects=("userprincipalname", "properties.userprincipalname", "userdisplayname"),
        means=(
            Means(_INFO, _RISKS),
            Means(_HIGH, {_RISK: ("high",)}),
            Means(_MEDIUM, {_RISK: ("medium",)}),
            Means(_LOW, {_RISK: ("low", "hidden", "none")}),
        ),
    ),
    Detection(
        product="Entra ID Protection",
        families=("azure-signin",),
        only={
            "risklevelduringsignin properties.risklevelduringsignin": ("high", "medium"),
            "riskstate properties.riskstate": ("atrisk", "confirmedcompromised"),
        },
        names=("riskeventtypes_v2", "riskeventtypes", "properties.riskeventtypes_v2", "riskdetail"),
        objects=("userprincipalname", "properties.userprincipalname"),
        blocked={"resulttype status.errorcode properties.status.errorcode": (">=1",)},
        means=(
            Means(_HIGH, {"risklevelduringsignin properties.risklevelduringsignin": ("high",)}),
            Means(_MEDIUM),
        ),
    ),
    Detection(
        product="SentinelOne",
        families=("sentinelone",),
        names=("threatinfo.threatname", "threatname", "ruleinfo.name", "threatinfo.classification", "classification"),
        objects=("threatinfo.filepath", "filepath", "threatinfo.sha1", "filecontenthash"),
        blocked={"threatinfo.mitigationstatus mitigationstatus": ("mitigated", "blocked")},
        techniques=("indicators.tactics.techniques.name",),
        means=(
            Means(_INFO, {"threatinfo.analystverdict analystverdict": ("false_positive", "benign")}),
            Means(_HIGH, {"threatinfo.confidencelevel confidencelevel": ("malicious",)}),
            Means(_MEDIUM, {"threatinfo.confidencelevel confidencelevel": (PRESENT,)}),
            *_words("ruleinfo.severity"),
        ),
    ),
    Detection(
        product="CrowdStrike",
        families=("crowdstrike-detection",),
        names=(
            "event.detectname",
            "event.name",
            "detectname",
            "detectdescription",
            "display_name",
            "behaviors.display_name",
            "event.detectdescription",
        ),
        objects=("event.commandline", "event.filename", "cmdline", "behaviors.cmdline"),
        blocked={
            "event.patterndispositiondescription patterndispositiondescription pattern_disposition_description": (
                "*prevent*",
                "*kill*",
                "*block*",
                "*quarantin*",
            ),
            "status": ("false_positive",),
        },
        techniques=("event.techniqueid", "technique_id", "behaviors.technique_id", "event.mitreattack.techniqueid"),
        means=(
            *_words("event.severityname severityname severity_name max_severity_displayname")[:3],
            Means(_HIGH, {"event.severity severity max_severity": (">=50", "4", "5")}),
            Means(_MEDIUM, {"event.severity severity max_severity": (">=30", "3")}),
            Means(_LOW),
        ),
    ),
    Detection(
        product="Proofpoint",
        families=("proofpoint",),
        names=("threatsinfomap.classification", "subject"),
        objects=("threatsinfomap.threat", "url", "recipient"),
        blocked={"quarantinefolder": (PRESENT,), "disposition eventtype": ("*blocked*", "quarantin*")},
        means=(
            Means(_MEDIUM, {"malwarescore phishscore impostorscore": (">=80",)}),
            Means(_MEDIUM, {"threatsinfomap.classification classification": ("malware", "phish", "impostor", "toad")}),
            Means(_LOW),
        ),
    ),
    Detection(
        product="Carbon Black",
        families=("carbon-black",),
        names=("reason", "threat_cause_actor_name", "watchlists.name", "report_name", "ioc_hit"),
        objects=("process_name", "process_cmdline"),
        blocked={"sensor_action": ("deny", "terminate"), "run_state": ("did_not_run",)},
        techniques=("attack_technique", "ttps"),
        means=_numbers("severity", 7, 4),
    ),
    Detection(
        product="Cortex XDR",
        families=("cortex-alert",),
        names=("name", "alert_name", "description"),
        objects=("actor_process_command_line", "causality_actor_process_command_line"),
        blocked={"action action_pretty": ("blocked*", "prevented*", "*(blocked)", "*(prevented)")},
        techniques=("mitre_technique_id_and_name",),
        means=_words("severity"),
    ),
    Detection(
        product="Symantec",
        families=("symantec",),
        names=("risk",),
        objects=("file",),
        blocked={"done": ("cleaned*", "quarantined*", "deleted*", "blocked*", "*access denied*")},
        means=(Means(_HIGH),),
    ),
    Detection(
        product="Elastic",
        families=("elastic-alert",),
        names=("kibana.alert.rule.name", "signal.rule.name", "rule.name", "message"),
        objects=("process.command_line", "file.path", "destination.domain"),
        blocked={"event.type": ("*denied*",), "event.outcome": ("prevented",)},
        techniques=("threat.technique.id", "kibana.alert.rule.threat.technique.id", "signal.rule.threat.technique.id"),
        means=(
            *_words("kibana.alert.severity signal.rule.severity kibana.alert.rule.severity")[:3],
            Means(_HIGH, {"event.code": ("malicious_file", "memory_signature", "ransomware", "shellcode_thread")}),
            *_numbers("kibana.alert.risk_score signal.rule.risk_score event.risk_score event.severity", 70, 40),
        ),
    ),
    Detection(
        product="Wazuh",
        families=(
            *("wazuh", "syslog", "aws-cloudtrail", "suricata", "auditd", "access-log", "m365-audit", "gcp-audit"),
            *("github-audit", "azure-signin", "azure-audit"),
        ),
        only={"wazuh.level": (PRESENT,)},
        names=("wazuh.description",),
        techniques=("wazuh.techniques",),
        means=(
            Means(
                _MEDIUM,
                {"wazuh.groups": ("*authentication_fail*", "*scan*", "*web_attack*", "*attack*"), "wazuh.level": (">=7",)},
                True,
            ),
            *_numbers("wazuh.level", 12, 10),
        ),
    ),
    Detection(
        product="Falco",
        families=("falco",),
        names=("rule",),
        objects=("output_fields.proc.cmdline", "output_fields.fd.name", "output"),
        techniques=("tags",),
        means=(
            Means(_HIGH, {"priority": ("emergency", "alert", "critical", "error")}),
            Means(_MEDIUM, {"priority": ("warning", "notice")}),
            Means(_LOW),
        ),
    ),
    Detection(
        product="OCSF finding",
        families=("ocsf-finding",),
        only={"status_id": ("", "0", "1", "2", "99")},
        names=("finding_info.title", "finding.title", "message"),
        objects=("resources.uid", "resources.name", "malware.name"),
        blocked={"disposition_id": ("2", "3", "5", "6", "7", "8", "13", "14"), "disposition action": _STOPPED},
        techniques=("finding_info.attacks.technique.uid", "attacks.technique.uid"),
        means=_numbers("severity_id", 4, 3),
    ),
    Detection(
        product="Okta",
        families=("okta",),
        only={"eventtype": ("security.threat.detected", "security.attack.start", "user.risk.detect")},
        names=("displaymessage",),
        objects=("outcome.reason",),
        blocked={"outcome.result": ("deny", "failure", "rate_limit")},
        means=(Means(_MEDIUM),),
    ),
    Detection(
        product="CEF",
        families=("cef",),
        only={"name activity": (PRESENT,), "devicevendor": (PRESENT,)},
        names=("name", "activity"),
        objects=("unifiipssignature", "fname", "filename", "request", "requesturl", "msg"),
        blocked={"act deviceaction": _STOPPED, "name activity": ("*blocked*", "*prevented*", "*denied*")},
        means=(
            Means(_HIGH, {"severity logseverity": ("9", "10", "very-high", "critical")}),
            Means(_MEDIUM, {"severity logseverity": ("7", "8", "high")}),
        ),
    ),
    Detection(  # whatever else calls itself an alert: nothing is known about its care
        product="An alert",
        families=("alert",),
        names=(
            *("alert_name", "alertname", "alert_title", "threat_name", "threatname", "malware_name", "malwarename"),
            *("detection_name", "detectionname", "attack_name", "signature_name"),
        ),
        blocked={"action status act outcome": _STOPPED},
        means=(
            Means(
                _MEDIUM,
                {
                    "severity alert_severity threat_severity threatseverity priority level": (
                        "critical",
                        "high",
                        "severe",
                        "urgent",
                    )
                },
            ),
            Means(_LOW),
        ),
    ),
)
