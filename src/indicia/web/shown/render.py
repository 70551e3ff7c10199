"""Pages and their JSON twins: what a page function is asked, what it gives, and how that becomes an answer."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response, StreamingResponse

from indicia import __version__
from indicia.knowledge import Knowledge, load
from indicia.records import SURE, Assessment, Claim, Judgement, Tlp
from indicia.share.redact import marking_of
from indicia.view.inert import inert_cell, visible
from indicia.view.wording import called, percent
from indicia.view.words import firmness_words, known_state, propositions, source_words, tie_words
from indicia.web.cases.jobs import Jobs
from indicia.web.cases.shelf import Held, Shelf
from indicia.web.guard.entrance import Folders, author_of, form_token, is_given

PER_PAGE = 100
TABS = (
    ("", "Overview"),
    ("documents", "Documents"),
    ("claims", "Ledger"),
    ("timeline", "Timeline"),
    ("hunt", "Hunt"),
    ("weigh", "Weigh"),
    ("advise", "Advise"),
    ("export", "Export"),
    ("search", "Search"),
)
_encoder = msgspec.json.Encoder(order="deterministic")


class Page(NamedTuple):
    """What a page function gives. `data` is the JSON twin as well; `view` only helps the template."""

    template: str
    title: str
    data: Mapping[str, Any]
    view: Mapping[str, Any] = {}
    status: int = 200


def case_address(slug: str, *parts: str) -> str:
    """The address of a page of a case; parts are quoted."""
    return "/".join(["/case", quote(slug, safe=""), *(quote(part, safe="") for part in parts)])


class Ask:
    """One request, with the case that it is about (None on pages above the cases)."""

    def __init__(
        self,
        request: Request,
        held: Held | None = None,
        *,
        path: str = "",
        id: str = "",
        typed: Mapping[str, str] | None = None,
        trouble: str = "",
    ) -> None:
        """`path` and `id` are those of the page on which a form is shown again: with what was `typed`, and what is wrong."""
        self.request = request
        self._held = held
        self._path, self._id = path, id
        self.typed: Mapping[str, str] = typed or {}
        self.trouble = trouble
        self.shelf: Shelf = request.app.state.shelf
        self.jobs: Jobs = request.app.state.jobs
        self.folders: Folders = request.app.state.folders

    @property
    def held(self) -> Held:
        assert self._held is not None  # only pages of a case ask
        return self._held

    @property
    def maybe_held(self) -> Held | None:
        return self._held

    @property
    def knowledge(self) -> Knowledge:
        return load()

    def one(self, name: str, default: str = "") -> str:
        """The last value of a query parameter, made visible, at most 500 characters of it."""
        return visible(self.request.query_params.get(name, default)[:500].strip())

    def many(self, name: str) -> list[str]:
        return [value[:500] for value in self.request.query_params.getlist(name)[:500]]

    def number(self, name: str, default: int = 1) -> int:
        text = self.one(name)
        return max(1, min(int(text), 10_000_000)) if text.isascii() and text.isdigit() and len(text) < 9 else default

    @property
    def path(self) -> str:
        """The path of the page, also when its JSON twin was asked for."""
        return self._path or self.request.url.path.removesuffix(".json")

    @property
    def reads_only(self) -> bool:
        """Whether nothing can be changed here: forms that would are not shown."""
        return bool(self.request.app.state.reads_only)

    @property
    def id(self) -> str:
        """The record that the page is about."""
        return self._id or str(self.request.path_params["id"])

    def filled(self, name: str, otherwise: object = "") -> str:
        """What stands in a field, made visible: what was typed there, where a form comes back."""
        return visible(self.typed.get(name, str(otherwise or "")))

    def link(self, **changes: str | int | None) -> str:
        """This page with other parameters; None takes one away. Turning a filter leads back to the first page."""
        left = [(key, value) for key, value in self.request.query_params.multi_items() if key not in changes and key != "page"]
        left += [(key, str(value)) for key, value in changes.items() if value is not None and value != ""]
        return self.path + (f"?{urlencode(left)}" if left else "")

    def link_many(self, name: str, values: Iterable[str]) -> str:
        """This page with all these values of one parameter, and no others of it."""
        left = [(key, value) for key, value in self.request.query_params.multi_items() if key not in {name, "page"}]
        left += [(name, value) for value in values]
        return self.path + (f"?{urlencode(left)}" if left else "")

    @property
    def query(self) -> str:
        """The filters of this page, as they stand in its address."""
        query = self.request.url.query
        return f"?{query}" if query else ""

    def csv_address(self) -> str:
        """The table of this page, with its filters, as CSV."""
        return f"{self.path}.csv{self.query}"

    @property
    def json_address(self) -> str:
        path = "/index" if self.path == "/" else self.path
        return f"{path}.json{self.query}"


class Paged(NamedTuple):
    """A page of a list."""

    rows: Sequence[Any]
    total: int
    page: int
    pages: int

    @property
    def place(self) -> dict[str, int]:
        """Which page of how many it is, as every list tells it."""
        return {"total": self.total, "page": self.page, "pages": self.pages}


def paged(rows: Sequence[Any], page: int, per_page: int = PER_PAGE) -> Paged:
    """>>> paged([1, 2, 3], 2, 2)
    Paged(rows=[3], total=3, page=2, pages=2)
    """
    pages = max(1, -(-len(rows) // per_page))
    page = min(max(1, page), pages)
    return Paged(rows=rows[(page - 1) * per_page : page * per_page], total=len(rows), page=page, pages=pages)


def short(count: int) -> str:
    """A number for a narrow place.

    >>> short(999), short(12_345), short(1_000_000)
    ('999', '12k', '1M')
    """
    if count < 1_000:
        return str(count)
    return f"{count // 1_000}k" if count < 1_000_000 else f"{count / 1_000_000:.1f}M".replace(".0M", "M")


@cache
def _stamp() -> str:
    """Changes with the style sheet and the script, so that a browser never shows a page under an older one."""
    parts = [
        files("indicia.web").joinpath("static", name).read_bytes()
        for name in ("indicia.css", "indicia.js", "live.js", "pictures.js")
    ]
    return hashlib.sha256(b"".join(parts)).hexdigest()[:10]


def said(claim: Claim) -> str:
    """A claim in one sentence: who, stance, whom."""
    return f"{source_words(claim)} {'; '.join(words for words, _ in propositions(claim))}"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(str(files("indicia.web").joinpath("templates"))),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        tabs=TABS, words=WORDS, version=__version__, case_address=case_address, stamp=_stamp(), sure=SURE
    )
    environment.filters.update(
        inert=visible,
        short=short,
        decibans=lambda value: f"{value:+.1f}".replace("-", "\u2212") if abs(value) >= 0.05 else "0",
        said=said,
        source=source_words,
        firmly=firmness_words,
        propositions=propositions,
        tied=tie_words,
        known_state=known_state,
        deed=deed,
        leaders=leaders,
        details=details,
        moment=lambda time: time.strftime("%Y-%m-%d %H:%M:%S") if time else "no time",
        percent=percent,
    )
    return environment


def answer(ask: Ask, page: Page, *, as_json: bool) -> Response:
    """The page as HTML, or its data as JSON."""
    if as_json:
        return Response(_encoder.encode(dict(page.data)), page.status, media_type="application/json")
    held = ask.maybe_held
    html = (
        _environment()
        .get_template(page.template)
        .render(
            **page.data,
            **page.view,
            title=page.title,
            ask=ask,
            held=held,
            tlp=marking_of(held.case) if held else None,
            counts_of=held.counts if held else {},
            show=held.show if held else visible,
            token=form_token(ask.request),
            author=author_of(ask.request),
            named=is_given(ask.request),
            reads_only=ask.reads_only,
        )
    )
    return HTMLResponse(html.encode("utf-8", "replace"), page.status)


# Tables that leave the page: CSV (RFC 4180) that a spreadsheet shows and does not run, written as it is read.
CHUNK = 64_000  # characters sent at a time


def as_csv(name: str, head: Sequence[str], rows: Iterable[Sequence[object]], marking: Tlp) -> StreamingResponse:
    """A download. The marking stands in a last column, since a table has neither head nor foot."""

    def text() -> Iterator[str]:
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow([*head, "tlp"])
        for row in rows:
            cells = (str(cell).encode("utf-8", "replace").decode("utf-8") for cell in (*row, marking.label))
            writer.writerow([inert_cell(cell) for cell in cells])
            if out.tell() > CHUNK:
                yield out.getvalue()
                out.seek(0)
                out.truncate()
        yield out.getvalue()

    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Marking": marking.label}
    return StreamingResponse(text(), media_type="text/csv; charset=utf-8", headers=headers)


# The field's words, each in a sentence or two, for people who meet them here for the first time.
WORDS: dict[str, str] = {
    "case": "Everything about one affair: texts, claims, what was found in logs, the weighing and the advice. It is one file.",
    "claim": "One source takes a stance towards one accused, in one sentence of a text. The sentence is always kept with it.",
    "source": "Who speaks: a government, a company, an official. When a paper quotes a minister, the minister is the source.",
    "stance": "What the source does with the accusation: accuses, endorses, denies, questions it, or declines to name anyone.",
    "accused": "Whom the claim is about, and no more than the words say. “From the territory of …” is a place, not the state.",
    "deed": "Somebody did it: carried it out, directed it or enabled it. A tie says nothing about that.",
    "tie": "Whom somebody belongs to: part of a state, working for it, linked to it. It has its own firmness.",
    "prominence": "Whether a text makes the claim itself, reports who made it, or says it in passing.",
    "level": "What kind of party is accused, from the weakest to the strongest: place, operator, group, agency, state.",
    "firmness": "How surely the source says it, from confirmed to hedged. A flat statement has no such word.",
    "channel": "The kind of act that carries the claim: a technical report, a political statement, an indictment, a sanction.",
    "basis": "The grounds that the source gives: technical, intelligence, legal, political, or none stated.",
    "origin": "The first utterance behind copies. Ten papers that quote one speech are one origin and count once.",
    "stated": "A text that was read says it.",
    "known": "Our tables say it; none of these texts does.",
    "concluded": "The program infers it from what is stated, known and seen.",
    "technique": "A way of attacking, numbered in MITRE ATT&CK, such as T1190: exploiting a server that faces the internet.",
    "indicator": "Something you can look for: an address, a domain, a file's hash.",
    "sighting": "A rule or an indicator that matched a record in a log, with the file and the line.",
    "chain": "Sightings that belong together by what they share, such as a client address or a request id, in order of time.",
    "outcome": "Whether the log shows that it worked. A request answered with “not found” is an attempt.",
    "reach": "The time that the logs cover, and their gaps. They cannot show what happened outside it.",
    "observed": "Evidence from traces: techniques, tools, victims. It is weighed apart from what people said.",
    "said": "Evidence from claims: who named whom. It rests on trust in the speakers.",
    "hypothesis": "A candidate for who did it, at a level. “An actor not in our knowledge” is always one of them.",
    "posterior": "How probable a hypothesis is after the evidence. The prior is what it was before.",
    "decisive": "The smallest set of items without which the verdict would change.",
    "deciban": "The weight of an item: +10 makes the odds ten times as great, −10 a tenth.",
    "reliability": "How far the source can be trusted, A (completely) to E (not), F (cannot be judged). The Admiralty code.",
    "credibility": "How far this one item can be believed, 1 (confirmed by others) to 5 (improbable), 6 (cannot be judged).",
    "likelihood": "How probable something is, in the seven bands of ICD 203, from almost no chance to almost certain.",
    "confidence": "How good the grounds for a judgement are. It is not likelihood, and the two are never merged.",
    "measure": "Something to do: contain, patch, mitigate, detect, hunt, report. Each says which finding calls for it.",
    "TLP": "Traffic Light Protocol 2.0: who may see something. The whole carries the strictest marking of its parts.",
    "judgement": "What a person decided about a record. It is kept beside the machine's own, with author and time.",
    "STIX": "The standard format of threat intelligence, read by OpenCTI and many others.",
    "MISP": "A platform for sharing indicators, and its format of events.",
    "Navigator": "MITRE's viewer for ATT&CK; the layer colours the techniques in the case.",
}


# What an assessment comes to, in as few words as a card has room for.
def leaders(assessment: Assessment) -> str:
    """Whom the evidence points to, several joined by "or"; empty where the grounds are insufficient."""
    names = called(assessment)
    return " or ".join(names[id] for id in assessment.leaders if id in names)


# What a person decided, in words: what they did, and what of it is more than a yes or no.
DEEDS = {
    "confirm": "confirmed it",
    "reject": "rejected it",
    "correct": "corrected it",
    "regrade": "graded it",
    "add": "added it",
    "note": "commented",
    "star": "starred it, or removed the star",
    "done": "marked it as done, or undid that",
    "hypothesis": "kept a hypothesis",
}
UNSAID = {"tie_state", "incident_id"}  # ids beside the words that were typed
_SAID_IN_WORDS = {"correct", "regrade"}


def deed(one: Judgement) -> str:
    """What somebody did: what follows their name."""
    return DEEDS.get(one.action, one.action)


def details(one: Judgement) -> str:
    """The fields that were corrected, or the grades that were given; empty for everything else.

    >>> details(Judgement(id="", subject="", action="regrade", author="", time="", value='{"reliability":"B","weight":0}'))
    'reliability: B, weight: 0'
    """
    if one.action not in _SAID_IN_WORDS:
        return ""
    try:
        fields = msgspec.json.decode(one.value, type=dict[str, str | int | float])
    except (msgspec.MsgspecError, UnicodeError):
        return one.value
    return ", ".join(f"{name.replace('_', ' ')}: {value}" for name, value in fields.items() if name not in UNSAID)
