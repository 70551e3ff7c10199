"""ATT&CK as MITRE publishes it (a STIX 2.0 or 2.1 bundle, plain or gzip) -> `AttackTables`: structure only, no descriptions.

References: github.com/mitre/cti and github.com/mitre-attack/attack-stix-data (USAGE documents: object types, `revoked-by`,
`x_mitre_deprecated`, detection strategies and analytics since 18.0).
"""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Iterable
from functools import partial
from itertools import islice
from pathlib import Path

import msgspec

from indicia.errors import FormatError, InputError, LimitError
from indicia.knowledge.months import MONTHS
from indicia.knowledge.tables import (
    Analytic,
    AttackTables,
    Campaign,
    Citation,
    Detection,
    Group,
    LogSource,
    Mitigation,
    Software,
    Tactic,
    Technique,
    Use,
)

# The largest release so far unpacks to about 55 MB; ten times that is still no danger, more is not ATT&CK.
MAX_BYTES = 600_000_000
_PIECE = 1 << 20
# A channel such as "EventCode=4688" is a name; a longer one is a sentence of ATT&CK's authors, and those stay out.
MAX_CHANNEL_WORDS = 4

_NUMBERED = {"attack-pattern", "campaign", "intrusion-set", "malware", "tool"}
_SOURCES = {"mitre-attack", "mitre-mobile-attack", "mitre-ics-attack"}
_STATED = re.compile(r"\((\d{4})(?:, ?([A-Z][a-z]{2,8})\.?(?: (\d{1,2}))?)?\)")
_RETRIEVED = re.compile(r"[Rr]etrieved (?:on )?([A-Z][a-z]{2,8})\.? (\d{1,2}), ?(\d{4})")
_IN_URL = re.compile(r"/(20[012]\d)[/-](0[1-9]|1[0-2])(?:[/-]([0-2]\d|3[01])(?!\d))?(?=[/-])")
_IN_NAME = re.compile(r"\b([A-Z][a-z]{2,8}) ((?:19|20)\d\d)\b")


class _Phase(msgspec.Struct):
    kill_chain_name: str
    phase_name: str


class _Reference(msgspec.Struct):
    source_name: str = ""
    external_id: str = ""
    description: str = ""
    url: str = ""


class _LogReference(msgspec.Struct):
    x_mitre_data_component_ref: str = ""
    name: str = ""
    channel: str | None = None


class _Object(msgspec.Struct):
    """The fields that we keep of any STIX object; all others (descriptions above all) are never even decoded."""

    type: str
    id: str = ""
    name: str = ""
    created: str = ""
    modified: str = ""
    revoked: bool = False
    x_mitre_deprecated: bool = False
    aliases: list[str] = []
    x_mitre_aliases: list[str] = []
    x_mitre_platforms: list[str] = []
    x_mitre_shortname: str = ""
    x_mitre_version: str = ""
    first_seen: str = ""
    last_seen: str = ""
    tactic_refs: list[str] = []
    kill_chain_phases: list[_Phase] = []
    external_references: list[_Reference] = []
    relationship_type: str = ""
    source_ref: str = ""
    target_ref: str = ""
    x_mitre_analytic_refs: list[str] = []
    x_mitre_log_source_references: list[_LogReference] = []

    @property
    def live(self) -> bool:
        return not self.revoked and not self.x_mitre_deprecated

    @property
    def number(self) -> str:
        """ATT&CK's own id, `T1190`; empty where there is none."""
        return next((ref.external_id for ref in self.external_references if ref.source_name in _SOURCES), "")


class _Bundle(msgspec.Struct):
    objects: list[_Object]
    type: str = ""


def parse_release(path: Path | str, *, version: str | None = None) -> AttackTables:
    """The tables of one ATT&CK enterprise release, every list in the order of its ids.

    `version` is by default the one in the bundle (`x-mitre-collection`) or in the file's name. `date` is that of the newest
    change in it. Works for every release from 12.1; detection strategies exist only since 18.0 (earlier ones give none).
    Raises: InputError (missing, unreadable), FormatError (no ATT&CK bundle), LimitError (unpacks to more than 600 MB).
    """
    path = Path(path)
    try:
        bundle = msgspec.json.decode(read_limited(path, MAX_BYTES), type=_Bundle)
    except (ValueError, RecursionError) as error:  # msgspec's own, and where it is no UTF-8
        raise FormatError(f"not a STIX bundle: {error}", where=str(path)) from error
    if not any(item.type == "x-mitre-tactic" for item in bundle.objects):
        raise FormatError("a STIX bundle without ATT&CK tactics", where=str(path))
    return _Release(bundle.objects).tables(version or _version(bundle.objects, path.name))


def read_limited(path: Path, limit: int) -> bytes:
    """The bytes of `path`, unpacked where they are gzip, never more than `limit`. Raises: InputError, LimitError."""
    if path.exists() and not (path.is_file() or path.is_dir()):
        raise InputError("is a pipe or a device", where=str(path), hint="give the file itself")
    try:
        with path.open("rb") as probe:
            packed = probe.read(2) == b"\x1f\x8b"
        with gzip.open(path, "rb") if packed else path.open("rb") as file:
            # In pieces: a reader that is asked for so much at once takes the memory for it, however short the file is.
            data = b"".join(islice(iter(partial(file.read, _PIECE), b""), limit // _PIECE + 1))
    except FileNotFoundError as error:
        raise InputError("no such file", where=str(path)) from error
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"cannot be read: {error}", where=str(path)) from error
    if len(data) > limit:
        raise LimitError(f"more than {limit:,} bytes", where=str(path))
    return data


def citation_date(name: str, description: str, url: str) -> str | None:
    """When a cited report was published: ISO, cut to month or year where no more is told; None where nothing tells it.

    Asked in order: the reference's own "(2015, March 30)", a date in the address, "March 2015" in ATT&CK's name for it.

    >>> citation_date("Naikon", "Baumgartner, K. (2015, May). The MsnMM Campaigns. Retrieved April 10, 2019.", "")
    '2015-05'
    """
    if stated := _STATED.search(description):
        year, month, day = stated[1], MONTHS.get((stated[2] or "").lower()), int(stated[3] or 0)
        if 1980 <= int(year) <= 2100:
            return year if not month else f"{year}-{month:02d}" + (f"-{day:02d}" if 1 <= day <= 31 else "")
    if found := _IN_URL.search(url.rpartition("/http")[2] or url):  # what follows in an archive's address, not its own date
        return f"{found[1]}-{found[2]}" + (f"-{found[3]}" if found[3] and found[3] != "00" else "")
    for named in _IN_NAME.finditer(name):
        if month := MONTHS.get(named[1].lower()):
            return f"{named[2]}-{month:02d}"
    return None


def _retrieved(description: str) -> str | None:
    """The day on which ATT&CK's authors read it: it cannot be younger."""
    if (found := _RETRIEVED.search(description)) and (month := MONTHS.get(found[1].lower())):
        return f"{found[3]}-{month:02d}-{int(found[2]):02d}"
    return None


def _version(objects: Iterable[_Object], name: str) -> str:
    for item in objects:
        if item.type == "x-mitre-collection" and item.x_mitre_version:
            return item.x_mitre_version
    found = re.search(r"(\d{1,3}\.\d{1,3})", name)
    return found[1] if found else ""


class _Release:
    """One bundle while it is being turned into tables."""

    def __init__(self, objects: list[_Object]) -> None:
        self.objects = objects
        self.by_id = {item.id: item for item in objects if item.id}
        self.relations: dict[str, list[_Object]] = {}
        for item in objects:
            if item.type == "relationship" and item.live:
                self.relations.setdefault(item.relationship_type, []).append(item)

    def tables(self, version: str) -> AttackTables:
        return AttackTables(
            version=version,
            date=max((item.modified for item in self.objects), default="")[:10],
            tactics=self.tactics(),
            techniques=self.techniques(),
            groups=tuple(
                Group(
                    id=item.number,
                    name=item.name,
                    aliases=_others(item.name, item.aliases),
                    stix=item.id,
                    alias_citations=_alias_citations(item),
                )
                for item in self.living("intrusion-set")
            ),
            software=tuple(
                Software(
                    id=item.number,
                    name=item.name,
                    type=item.type,
                    aliases=_others(item.name, item.x_mitre_aliases),
                    platforms=tuple(item.x_mitre_platforms),
                    stix=item.id,
                )
                for item in self.living("malware", "tool")
            ),
            campaigns=self.campaigns(),
            mitigations=self.mitigations(),
            detections=self.detections(),
            uses=self.uses(),
            citations=self.citations(),
            revoked=self.revoked(),
            deprecated=tuple(
                sorted(
                    item.number
                    for item in self.objects
                    if item.x_mitre_deprecated and not item.revoked and item.number and item.type in _NUMBERED
                )
            ),
            technique_stix={item.number: item.id for item in self.living("attack-pattern")},
            created={item.number: item.created for item in self.living(*_NUMBERED) if "" < item.created < item.modified},
        )

    def living(self, *types: str) -> list[_Object]:
        return sorted((i for i in self.objects if i.type in types and i.live and i.number), key=lambda i: i.number)

    def ends(self, relation: str, source: str, target: str) -> Iterable[tuple[_Object, _Object, _Object]]:
        """(relation, source, target) where both ends are live and of the wanted types (regular expressions)."""
        for item in self.relations.get(relation, ()):
            a, b = self.by_id.get(item.source_ref), self.by_id.get(item.target_ref)
            if not (a and b and a.live and b.live and a.number and b.number):
                continue
            if re.fullmatch(source, a.type) and re.fullmatch(target, b.type):
                yield item, a, b

    def related(self, relation: str, source: str, target: str) -> dict[str, set[str]]:
        """source's ATT&CK id -> those of its targets."""
        found: dict[str, set[str]] = {}
        for _, a, b in self.ends(relation, source, target):
            found.setdefault(a.number, set()).add(b.number)
        return found

    def tactics(self) -> tuple[Tactic, ...]:
        matrix = next((item for item in self.objects if item.type == "x-mitre-matrix" and item.live), None)
        place = {ref: n for n, ref in enumerate(matrix.tactic_refs if matrix else [])}
        found = sorted(self.living("x-mitre-tactic"), key=lambda item: (place.get(item.id, 99), item.number))
        return tuple(Tactic(id=t.number, name=t.name, shortname=t.x_mitre_shortname, order=n) for n, t in enumerate(found))

    def techniques(self) -> tuple[Technique, ...]:
        order = {tactic.shortname: tactic.order for tactic in self.tactics()}
        parents = self.related("subtechnique-of", "attack-pattern", "attack-pattern")
        return tuple(
            Technique(
                id=item.number,
                name=item.name,
                tactics=tuple(
                    sorted(
                        {p.phase_name for p in item.kill_chain_phases if p.kill_chain_name == "mitre-attack"},
                        key=lambda name: (order.get(name, 99), name),
                    )
                ),
                platforms=tuple(item.x_mitre_platforms),
                parent=min(parents[item.number]) if item.number in parents else None,
            )
            for item in self.living("attack-pattern")
        )

    def campaigns(self) -> tuple[Campaign, ...]:
        by = self.related("attributed-to", "campaign", "intrusion-set")
        return tuple(
            Campaign(
                id=item.number,
                name=item.name,
                aliases=_others(item.name, item.aliases),
                first_seen=item.first_seen[:10] or None,
                last_seen=item.last_seen[:10] or None,
                attributed_to=tuple(sorted(by.get(item.number, ()))),
                stix=item.id,
            )
            for item in self.living("campaign")
        )

    def mitigations(self) -> tuple[Mitigation, ...]:
        against = self.related("mitigates", "course-of-action", "attack-pattern")
        return tuple(
            Mitigation(id=m.number, name=m.name, techniques=tuple(sorted(against.get(m.number, ()))), stix=m.id)
            for m in self.living("course-of-action")
            if m.number.startswith("M")
        )

    def detections(self) -> tuple[Detection, ...]:
        detects = self.related("detects", "x-mitre-detection-strategy", "attack-pattern")
        return tuple(
            Detection(
                id=item.number,
                name=item.name,
                techniques=tuple(sorted(detects.get(item.number, ()))),
                analytics=tuple(
                    Analytic(
                        id=analytic.number,
                        platforms=tuple(analytic.x_mitre_platforms),
                        log_sources=tuple(self.log_source(log) for log in analytic.x_mitre_log_source_references),
                    )
                    for ref in item.x_mitre_analytic_refs
                    if (analytic := self.by_id.get(ref)) and analytic.live
                ),
            )
            for item in self.living("x-mitre-detection-strategy")
        )

    def log_source(self, log: _LogReference) -> LogSource:
        component = self.by_id.get(log.x_mitre_data_component_ref)
        channel = log.channel or ""
        if channel == "None" or (len(channel.split()) > MAX_CHANNEL_WORDS and not channel.startswith("EventCode=")):
            channel = ""
        return LogSource(component=component.name if component else "", name=log.name, channel=channel)

    def uses(self) -> tuple[Use, ...]:
        found: dict[tuple[str, str], set[str]] = {}
        for relation, a, b in self.ends("uses", "intrusion-set|campaign|malware|tool", "attack-pattern|malware|tool"):
            names = {ref.source_name for ref in relation.external_references if ref.source_name not in _SOURCES}
            found.setdefault((a.number, b.number), set()).update(names)
        return tuple(Use(source=a, target=b, citations=tuple(sorted(names))) for (a, b), names in sorted(found.items()))

    def citations(self) -> tuple[Citation, ...]:
        """Every report that a `uses` or `attributed-to` relation cites."""
        found: dict[str, _Reference] = {}
        for relation in ("uses", "attributed-to"):
            for item in self.relations.get(relation, ()):
                for ref in item.external_references:
                    if ref.source_name and ref.source_name not in _SOURCES:
                        found.setdefault(ref.source_name, ref)
        return tuple(
            Citation(name=name, date=citation_date(name, ref.description, ref.url), retrieved=_retrieved(ref.description))
            for name, ref in sorted(found.items())
        )

    def revoked(self) -> dict[str, str]:
        """Old id -> the living id at the end of its chain of successors."""
        step = {item.source_ref: item.target_ref for item in self.relations.get("revoked-by", ())}
        found: dict[str, str] = {}
        for start in step:
            old, new, seen = self.by_id.get(start), self.by_id.get(step[start]), {start}
            while new and not new.live and new.id in step and new.id not in seen:
                seen.add(new.id)
                new = self.by_id.get(step[new.id])
            # Some objects kept their number when they were replaced: nothing to follow then.
            if old and new and old.number and new.number and old.number != new.number and old.type != "course-of-action":
                found[old.number] = new.number
        return dict(sorted(found.items()))


def _alias_citations(item: _Object) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """For each alias the reports that ATT&CK cites for it: it keeps them as references that bear the alias as their name."""
    return tuple(
        (alias, tuple(citations))
        for alias in _others(item.name, item.aliases)
        for ref in item.external_references
        if ref.source_name == alias and (citations := re.findall(r"\(Citation: ([^)]+)\)", ref.description))
    )


def _others(name: str, aliases: Iterable[str]) -> tuple[str, ...]:
    """The aliases without the name itself, in ATT&CK's order, each once."""
    return tuple(dict.fromkeys(alias.strip() for alias in aliases if alias.strip() and alias.strip() != name))
