"""A small knowledge for tests: a few true rows of ATT&CK, KEV and NIST (ids, names, relations), so that results do not move
when the built-in data is renewed."""

from __future__ import annotations

from indicia.knowledge import Attack, Index
from indicia.knowledge.tables import (
    Actor,
    Agency,
    Analytic,
    AttackTables,
    Countermeasure,
    Detection,
    Group,
    Incident,
    KevEntry,
    LogSource,
    Mitigation,
    Tactic,
    Technique,
    Use,
)

__all__ = ["SampleKnowledge"]

TACTICS = (
    ("TA0043", "Reconnaissance", "reconnaissance"),
    ("TA0042", "Resource Development", "resource-development"),
    ("TA0001", "Initial Access", "initial-access"),
    ("TA0002", "Execution", "execution"),
    ("TA0003", "Persistence", "persistence"),
    ("TA0004", "Privilege Escalation", "privilege-escalation"),
    ("TA0005", "Defense Evasion", "defense-evasion"),
    ("TA0006", "Credential Access", "credential-access"),
    ("TA0007", "Discovery", "discovery"),
    ("TA0008", "Lateral Movement", "lateral-movement"),
    ("TA0009", "Collection", "collection"),
    ("TA0011", "Command and Control", "command-and-control"),
    ("TA0010", "Exfiltration", "exfiltration"),
    ("TA0040", "Impact", "impact"),
)
TECHNIQUES = {
    "T1190": ("Exploit Public-Facing Application", "initial-access"),
    "T1505.003": ("Web Shell", "persistence"),
    "T1059.001": ("PowerShell", "execution"),
    "T1003.001": ("LSASS Memory", "credential-access"),
    "T1560.001": ("Archive via Utility", "collection"),
    "T1583.003": ("Virtual Private Server", "resource-development"),
    "T1566.001": ("Spearphishing Attachment", "initial-access"),
    "T1018": ("Remote System Discovery", "discovery"),
    "T1114.002": ("Remote Email Collection", "collection"),
    "T1136.002": ("Domain Account", "persistence"),
}
MITIGATIONS = {
    "M1051": ("Update Software", ("T1190",)),
    "M1030": ("Network Segmentation", ("T1190", "T1136.002")),
    "M1048": ("Application Isolation and Sandboxing", ("T1190",)),
    "M1042": ("Disable or Remove Feature or Program", ("T1505.003", "T1059.001")),
    "M1018": ("User Account Management", ("T1505.003",)),
    "M1025": ("Privileged Process Integrity", ("T1003.001",)),
    "M1026": ("Privileged Account Management", ("T1190", "T1003.001", "T1059.001", "T1136.002")),
    "M1047": ("Audit", ("T1560.001",)),
    "M1032": ("Multi-factor Authentication", ("T1114.002", "T1136.002")),
    "M1056": ("Pre-compromise", ("T1583.003",)),
}
SYSMON = "WinEventLog:Sysmon"
DETECTIONS = {
    "DET0080": ("T1190", (("NSM:Flow", "http.log"), (SYSMON, "EventCode=1"))),
    "DET0394": ("T1505.003", ((SYSMON, "EventCode=11"), (SYSMON, "EventCode=1"))),
    "DET0455": ("T1059.001", (("WinEventLog:PowerShell", "EventCode=4103, 4104, 4105, 4106"),)),
    "DET0363": ("T1003.001", ((SYSMON, "EventCode=10"),)),
    "DET0298": ("T1560.001", (("WinEventLog:Security", "EventCode=4688"),)),
    "DET0574": ("T1018", ((SYSMON, "EventCode=1"),)),
}
HAFNIUM = ("T1190", "T1505.003", "T1059.001", "T1003.001", "T1560.001", "T1583.003", "T1018", "T1114.002", "T1136.002")
CVES = ("CVE-2021-26855", "CVE-2021-26857", "CVE-2021-26858", "CVE-2021-27065")


class SampleKnowledge:
    """The tables that advice and the brief ask for."""

    def __init__(self) -> None:
        self.attack = Attack.of(
            AttackTables(
                version="18.1",
                date="2025-11-13",
                tactics=tuple(
                    Tactic(id=key, name=name, shortname=short, order=at) for at, (key, name, short) in enumerate(TACTICS)
                ),
                techniques=tuple(
                    Technique(id=key, name=name, tactics=(tactic,)) for key, (name, tactic) in sorted(TECHNIQUES.items())
                ),
                groups=(Group(id="G0125", name="HAFNIUM", aliases=("HAFNIUM", "Silk Typhoon")),),
                software=(),
                campaigns=(),
                mitigations=tuple(
                    Mitigation(id=key, name=name, techniques=ids) for key, (name, ids) in sorted(MITIGATIONS.items())
                ),
                detections=tuple(
                    Detection(
                        id=key,
                        name=key,
                        techniques=(technique,),
                        analytics=(
                            Analytic(
                                id=f"{key}-1",
                                platforms=("Windows",),
                                log_sources=tuple(
                                    LogSource(component="", name=name, channel=channel) for name, channel in sources
                                ),
                            ),
                        ),
                    )
                    for key, (technique, sources) in sorted(DETECTIONS.items())
                ),
                uses=tuple(Use(source="G0125", target=key) for key in HAFNIUM),
                revoked={"T1100": "T1505.003"},
            )
        )
        self.actors: Index[Actor] = Index((), lambda row: row.id, lambda row: row.names)
        self.agencies: Index[Agency] = Index((), lambda row: row.id, lambda row: (row.name,))
        self.kev = Index(
            [
                KevEntry(
                    cve=cve,
                    vendor="Microsoft",
                    product="Exchange Server",
                    name=cve,
                    added="2021-11-03",
                    due="2021-04-16",
                    ransomware=True,
                )
                for cve in CVES
            ],
            lambda row: row.cve,
            lambda row: (row.name,),
        )
        self.nist = Index(
            [
                Countermeasure(id="SI-02", name="Flaw Remediation", techniques=("T1190",)),
                Countermeasure(id="SC-39", name="Process Isolation", techniques=("T1003.001",)),
                Countermeasure(id="CM-07", name="Least Functionality", techniques=("T1505.003", "T1059.001", "T1018")),
            ],
            lambda row: row.id,
            lambda row: (row.name,),
        )
        self.d3fend = Index(
            [Countermeasure(id="D3-PSEP", name="Process Segment Execution Prevention", techniques=("T1190",))],
            lambda row: row.id,
            lambda row: (row.name,),
        )
        self.incidents = Index(
            [
                Incident(
                    id="exchange-2021",
                    name="Microsoft Exchange hack",
                    cves=CVES,
                    techniques=("T1190", "T1505.003"),
                    patches=("KB5000871 (2021-03-02)",),
                )
            ],
            lambda row: row.id,
            lambda row: (row.name,),
        )
