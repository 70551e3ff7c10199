"""Queries to run now: the rules that fit the case, converted by pySigma for Splunk, Elastic (ES|QL) and Kusto."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

import msgspec
import yaml

from indicia.advise import words
from indicia.advise.kinds import whole_words
from indicia.advise.needs import Need
from indicia.errors import RuleError
from indicia.records import Audience, Measure, MeasureKind, Record, stable_id
from indicia.rulefile import bounded, rule_documents

MOST = 40  # queries in one advice; the rest stay rules
PER_TECHNIQUE = 12  # rule ids named on one detection
MAX_RULE = 200_000  # characters; no honest rule is longer


class HuntRule(Record, frozen=True, kw_only=True):
    """What advice needs of a Sigma rule. `covers` are the technique ids and CVEs of its tags, `product` and `service` those of
    its log source."""

    id: str
    title: str
    file: str
    text: str
    covers: tuple[str, ...]
    product: str = ""
    service: str = ""


@cache
def packed() -> dict[str, str]:
    """The rules that come with the program, file name -> text."""
    folder = files("indicia") / "hunt" / "rules" / "pack"
    if not folder.is_dir():
        return {}
    return {
        one.name: one.read_text("utf-8")
        for one in sorted(folder.iterdir(), key=lambda one: one.name)
        if one.name.endswith(".yml")
    }


_TAG = re.compile(r"attack\.(t\d{4}(?:\.\d{3})?)(?![\d.])|cve\.(\d{4})[-.](\d{4,})", re.IGNORECASE)


def fitting(rules: Mapping[str, str], needs: Iterable[Need]) -> list[HuntRule]:
    """The rules whose tags name a technique or flaw among the needs. A rule that is no YAML mapping is passed over: the hunt,
    which loads the same files, reports it."""
    wanted = {need.id for need in needs}
    found = []
    for name, text in rules.items():
        # A look at the text first: of thousands of rules few fit, and only these are worth parsing.
        named = {tag[0].upper() if tag[0] else f"CVE-{tag[1]}-{tag[2]}" for tag in _TAG.findall(text[:MAX_RULE])}
        if wanted.intersection(named):
            rule = _rule(name, text)
            if rule and wanted.intersection(rule.covers):
                found.append(rule)
    return found


@lru_cache(maxsize=4096)
def _rule(name: str, text: str) -> HuntRule | None:
    if len(text) > MAX_RULE:
        return None
    try:
        row = next((bounded(document) for document in rule_documents(text)), None)
    except (yaml.YAMLError, RuleError, ValueError, RecursionError):
        return None
    if not isinstance(row, dict) or not isinstance(row.get("tags"), list):
        return None
    tags = [str(tag).lower() for tag in row["tags"]]
    covers = [tag.removeprefix("attack.").upper() for tag in tags if re.fullmatch(r"attack\.t\d{4}(\.\d{3})?", tag)]
    covers += [
        "CVE-" + tag.removeprefix("cve.").replace(".", "-") for tag in tags if re.fullmatch(r"cve\.\d{4}[-.]\d{4,}", tag)
    ]
    source = logs if isinstance(logs := row.get("logsource"), dict) else {}
    return HuntRule(
        id=str(row.get("id", name)),
        title=str(row.get("title", name)),
        file=name,
        text=text,
        covers=tuple(covers),
        product=str(source.get("product", "")).casefold(),
        service=str(source.get("service", "")),
    )


# ATT&CK's platforms whose logs bear these names of products in Sigma. A rule for another product has no platform.
PLATFORMS = {
    "windows": {"Windows"},
    "linux": {"Linux"},
    "macos": {"macOS"},
    "aws": {"IaaS"},
    "gcp": {"IaaS"},
    "azure": {"IaaS", "Identity Provider", "Office Suite"},
    "m365": {"Office Suite", "Identity Provider"},
    "okta": {"Identity Provider"},
    "kubernetes": {"Containers"},
    "cisco": {"Network Devices"},
    "fortinet": {"Network Devices"},
    "paloalto": {"Network Devices"},
}


def in_place(rules: Iterable[HuntRule], platforms: frozenset[str], texts: Sequence[str]) -> list[HuntRule]:
    """The rules whose platform is one of `platforms` and whose product is named in `texts`."""

    def named(told: tuple[str, ...]) -> bool:
        return any(whole_words(told).search(text) for text in texts)

    away = [product.rules for product in words.products() if not named(product.words)]

    def has_part(rule: HuntRule) -> bool:
        of = f"{rule.product} {rule.service} {rule.title}"
        there = PLATFORMS.get(rule.product, platforms)
        return not platforms.isdisjoint(there) and not any(whole_words(one).search(of) for one in away)

    return [rule for rule in rules if has_part(rule)]


def rules_by_technique(rules: Iterable[HuntRule]) -> dict[str, tuple[str, ...]]:
    """Technique id -> ids of the rules that cover it."""
    found: dict[str, list[str]] = defaultdict(list)
    for rule in rules:
        for key in rule.covers:
            found[key].append(rule.id)
    return {key: tuple(ids[:PER_TECHNIQUE]) for key, ids in found.items()}


def queries(rules: Iterable[HuntRule], needs: Sequence[Need]) -> list[Measure]:
    """One hunt for each rule, the heaviest need first; `text` holds its query in each language that can say it."""
    by_id = {need.id: need for need in needs}
    rows = []
    for rule in rules:
        mine = [by_id[key] for key in rule.covers if key in by_id]
        rows.append((-max(need.weight for need in mine), rule.title, rule, mine))
    rows.sort(key=lambda row: row[:2])
    return [_hunt(rule, mine) for _, _, rule, mine in rows[:MOST]]


def _hunt(rule: HuntRule, needs: list[Need]) -> Measure:
    text, left_out = _queries(rule.text)
    best = min(needs, key=lambda need: -need.weight)
    return Measure(
        id=stable_id("measure", "hunt", rule.id),
        kind=MeasureKind.HUNT,
        title=rule.title,
        instruction=" ".join(
            (
                "Run this over all the logs you keep, not only new ones. Fields bear the log's own names "
                "(Kusto: the columns of",
                "W3CIISLog); put your index or table in front.",
                *left_out,
            )
        ),
        audience=Audience.SOC,
        covers=tuple(need.id for need in needs),
        reasons=tuple(dict.fromkeys(reason for need in needs for reason in need.reasons[:2])),
        rank=best.rank,
        effort=1,
        source="Indicia rules",
        references=(f"rule {rule.id}", rule.file),
        text=text,
    )


# The columns of Microsoft Sentinel's table W3CIISLog; other names that Kusto could not take get underscores.
KUSTO = {
    "cs-method": "csMethod",
    "cs-uri-stem": "csUriStem",
    "cs-uri-query": "csUriQuery",
    "cs-username": "csUserName",
    "cs(User-Agent)": "csUserAgent",
    "cs-user-agent": "csUserAgent",
    "cs(Referer)": "csReferer",
    "cs-host": "csHost",
    "cs-bytes": "csBytes",
    "sc-status": "scStatus",
    "sc-substatus": "scSubStatus",
    "sc-win32-status": "scWin32Status",
    "sc-bytes": "scBytes",
    "c-ip": "cIP",
    "s-ip": "sIP",
    "s-port": "sPort",
    "time-taken": "TimeTaken",
}


def _kusto_name(field: str | None) -> str:
    return KUSTO.get(field or "") or re.sub(r"\W", "_", field or "")


@cache
def _backends() -> tuple[tuple[str, Any], ...]:
    # Imported here: only who wants queries pays for the parsers.
    from sigma.backends.elasticsearch.elasticsearch_esql import ESQLBackend
    from sigma.backends.kusto.kusto import KustoBackend
    from sigma.backends.splunk.splunk import SplunkBackend
    from sigma.processing.pipeline import ProcessingItem, ProcessingPipeline
    from sigma.processing.transformations import FieldFunctionTransformation

    names = FieldFunctionTransformation({}, transform_func=_kusto_name)
    columns = ProcessingPipeline(name="Kusto column names", items=[ProcessingItem(names)])
    makers: tuple[tuple[str, Callable[[], Any]], ...] = (
        ("Splunk", SplunkBackend),
        ("Elastic ES|QL", ESQLBackend),
        ("Kusto", lambda: KustoBackend(columns)),
    )
    return tuple((name, maker()) for name, maker in makers)


@cache
def _converted() -> dict[str, tuple[str, tuple[str, ...]]]:
    """The queries of the rules that come with the program, by the hash of the rule's text. Made by `scripts/build_queries.py`,
    since the converters take longer to start than all the rest of an advice."""
    data = (files("indicia") / "advise" / "data" / "queries.json").read_bytes()
    return msgspec.json.decode(data, type=dict[str, tuple[str, tuple[str, ...]]])


def key_of(text: str) -> str:
    """Under which key the queries of a rule are kept: they change when its text does."""
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def _queries(text: str) -> tuple[str, tuple[str, ...]]:
    return _converted().get(key_of(text)) or convert(text)


@lru_cache(maxsize=4096)
def convert(text: str) -> tuple[str, tuple[str, ...]]:
    """The queries of a rule, each under the name of its language, and a sentence for each language that cannot say it."""
    from sigma.collection import SigmaCollection
    from sigma.exceptions import SigmaError

    lines, left_out = [], []
    try:
        rules = SigmaCollection.from_yaml(text)
    except (SigmaError, ValueError, KeyError) as error:
        return "", (f"The rule could not be read for conversion: {error}.",)
    for name, backend in _backends():
        try:
            lines += [f"-- {name}", *(str(query).strip() for query in backend.convert(rules))]
        except (SigmaError, NotImplementedError, ValueError, KeyError, TypeError) as error:
            left_out.append(f"{name} cannot say it: {error}.")
    return "\n".join(lines), tuple(left_out)
