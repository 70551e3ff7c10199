"""However a document is marked, and wherever in it: it is read as no less. What only talks of the protocol marks nothing."""

from __future__ import annotations

import html
import json
from collections.abc import Callable
from email.header import Header
from pathlib import Path
from time import process_time

import pytest
import yaml

from indicia.read.fronts import Limits, open_source
from indicia.read.text.banners import banner
from indicia.records import UNMARKED, Document, Tlp
from tests.read.fronts import made

CASES = Path(__file__).parent.parent.parent / "cases" / "read" / "markings"
BANNERS = yaml.safe_load((CASES / "banners.yml").read_text("utf-8"))
CLASSIFIED = yaml.safe_load((CASES / "classified.yml").read_text("utf-8"))
DECOYS = yaml.safe_load((CASES / "decoys.yml").read_text("utf-8"))
PROSE = "The intruders were in the network for two years before anybody saw them, two officials said on Monday."
LONG = "\n\n".join([PROSE] * 60)  # further down than anybody looks for a head


def _paragraphs(text: str) -> str:
    return "".join(made.paragraph(html.escape(part)) for part in text.split("\n") if part.strip())


def _page(*, head: str = "", body: str = PROSE, around: str = "") -> bytes:
    text = f"<article><p>{body}</p></article>"
    return f"<!doctype html><html><head><meta charset=utf-8>{head}</head><body>{around}{text}</body></html>".encode()


def _mail(*, subject: str = "News", headers: str = "", body: str = PROSE) -> bytes:
    coded = Header(subject, "utf-8").encode()
    head = f"From: a@example.org\nTo: b@example.org\nSubject: {coded}\n{headers}Date: Mon, 19 Jul 2021 10:00:00 +0200\n"
    return f"{head}Content-Type: text/plain; charset=utf-8\n\n{body}\n".encode()


def _word_head(text: str) -> str:
    return f"<w:hdr {made.W}>{_paragraphs(text)}</w:hdr>"


# Where a banner can stand in a file of each kind: the file's name, and what is in it.
IN_TEXT: dict[str, tuple[str, Callable[[str], bytes]]] = {
    "text alone": ("a.txt", lambda line: line.encode()),
    "text, on top": ("a.txt", lambda line: f"{line}\n\n{PROSE}\n".encode()),
    "text, at the foot": ("a.txt", lambda line: f"{LONG}\n\n{line}\n".encode()),
    "text, in between": ("a.txt", lambda line: f"{LONG}\n\n{line}\n\n{LONG}\n".encode()),
    "text in UTF-16": ("a.txt", lambda line: f"{PROSE}\n\n{line}\n".encode("utf-16")),
    "Markdown": ("a.md", lambda line: f"# Report\n\n{line}\n\n{PROSE}\n".encode()),
    "Markdown, bold": ("a.md", lambda line: f"# Report\n\n**{line}**\n\n{PROSE}\n".encode()),
    "Markdown, quote": ("a.md", lambda line: f"# Report\n\n{PROSE}\n\n> {line}\n".encode()),
    "HTML": ("a.html", lambda line: _page(body=f"{PROSE}</p><p>{html.escape(line)}")),
    "HTML, in pieces": (
        "a.html",
        lambda line: _page(body=f"{PROSE}</p><p><b>{html.escape(line[:3])}</b>{html.escape(line[3:])}"),
    ),
    "HTML header": ("a.html", lambda line: _page(around=f"<header><div>{html.escape(line)}</div></header>")),
    "HTML footer": ("a.html", lambda line: _page(around=f"<footer><p>{html.escape(line)}</p></footer>")),
    "DOCX": ("a.docx", lambda line: made.docx(_paragraphs(f"{PROSE}\n{line}"))),
    "mail": ("a.eml", lambda line: _mail(body=f"{PROSE}\n\n{line}")),
}
BESIDE: dict[str, tuple[str, Callable[[str], bytes]]] = {
    "HTML menu": ("a.html", lambda line: _page(around=f"<nav><ul><li>{html.escape(line)}</li></ul></nav>")),
    "HTML drawing": ("a.html", lambda line: _page(around=f"<svg><text x='1'>{html.escape(line)}</text></svg>")),
    "HTML tooltip": ("a.html", lambda line: _page(around=f'<p title="{html.escape(line)}"></p>')),
    "feed, category": ("a.html", lambda line: _page(around=f"<category>{html.escape(line)}</category>")),
    "DOCX comment": ("a.docx", lambda line: made.docx(_paragraphs(PROSE), word__comments=_word_head(line))),
    "HTML title": ("a.html", lambda line: _page(head=f"<title>{html.escape(line)}</title>")),
    "HTML meta": ("a.html", lambda line: _page(head=f'<meta name="description" content="{html.escape(line)}">')),
    "HTML picture": ("a.html", lambda line: _page(around=f'<img src="x.png" alt="{html.escape(line)}">')),
    "DOCX header": ("a.docx", lambda line: made.docx(_paragraphs(PROSE), word__header1=_word_head(line))),
    "DOCX footer": ("a.docx", lambda line: made.docx(_paragraphs(PROSE), word__footer2=_word_head(line))),
    "DOCX title": (
        "a.docx",
        lambda line: made.docx(_paragraphs(PROSE), docProps__core=f"<c xmlns:d='d'><d:title>{html.escape(line)}</d:title></c>"),
    ),
    "DOCX property": (
        "a.docx",
        lambda line: made.docx(
            _paragraphs(PROSE), docProps__custom=f'<P><property name="Label"><s>{html.escape(line)}</s></property></P>'
        ),
    ),
    "mail subject": ("a.eml", lambda line: _mail(subject=line)),
    "mail subject, answered": ("a.eml", lambda line: _mail(subject=f"RE: FW: {line}")),
    "mail header": ("a.eml", lambda line: _mail(headers=f"X-Label: {Header(line, 'utf-8').encode()}\n")),
    "CSV comment": ("a.csv", lambda line: f"# {line}\nindicator,type\n198.51.100.7,ip\n".encode()),
    "JSON": ("a.json", lambda line: json.dumps({"note": line, "text": PROSE}).encode()),
    "JSON within a string": ("a.json", lambda line: json.dumps({"text": f"{line}\n\n{PROSE}"}, ensure_ascii=False).encode()),
}
# Values of fields that are markings by their name.
FIELDS: dict[str, tuple[str, Callable[[str], bytes]]] = {
    "front matter": ("a.md", lambda label: f"---\ntitle: A\ntlp: {label}\n---\n# Report\n\n{PROSE}\n".encode()),
    "front matter, quoted": ("a.md", lambda label: f'---\nclassification: "{label}"\n---\n# Report\n\n{PROSE}\n'.encode()),
    "CSV column": ("a.csv", lambda label: f"indicator,type,tlp\n198.51.100.7,ip,{label}\n198.51.100.8,ip,\n".encode()),
    "CSV column, quoted": ("a.csv", lambda label: f'indicator,type,"TLP level"\n198.51.100.7,ip,"{label}"\n'.encode()),
    "X-header": ("a.eml", lambda label: _mail(headers=f"X-TLP: {label}\n")),
    "X-header, the second": ("a.eml", lambda label: _mail(headers=f"X-Marking: none\nX-Marking: {label}\n")),
    "HTML meta by name": ("a.html", lambda label: _page(head=f'<meta name="classification" content="{label}">')),
    "JSON": ("a.json", lambda label: json.dumps({"tlp": label, "text": PROSE}).encode()),
    "JSON, name and value": ("a.json", lambda label: json.dumps({"metadata": [{"name": "TLP", "value": label}]}).encode()),
    "CSAF": ("a.json", lambda label: json.dumps({"document": {"distribution": {"tlp": {"label": label}}}}).encode()),
    "JSON Lines": ("a.jsonl", lambda label: f'{{"text": "{PROSE}", "marking": "{label}"}}\n{{"text": "x"}}\n'.encode()),
    "DOCX property": (
        "a.docx",
        lambda label: made.docx(
            _paragraphs(PROSE), docProps__custom=f'<P><property name="Classification"><s>{label}</s></property></P>'
        ),
    ),
}


def documents(path: Path, name: str, data: bytes, **limits: int) -> tuple[Document, ...]:
    file = path / name
    file.write_bytes(data)
    found = open_source(file, limits=Limits(**limits)).documents
    assert found, f"nothing was read of {name}"
    return found


# A label where only machines look for one.
UNSEEN: dict[str, tuple[str, bytes]] = {
    "HTML comment": ("a.html", _page(around="<!-- TLP:RED -->")),
    "HTML data": ("a.html", _page(around='<div data-tlp="red"></div>')),
    "HTML style": ("a.html", _page(around='<div class="banner tlp-red"></div>')),
    "HTML picture's name": ("a.html", _page(around='<img src="/img/tlp-red.png">')),
    "HTML keywords": ("a.html", _page(head='<meta name="keywords" content="apt, tlp:red, news">')),
    "JSON-LD": ("a.html", _page(head='<script type="application/ld+json">{"conditionsOfAccess":"TLP:RED"}</script>')),
    "mail, label of Microsoft's": (
        "a.eml",
        _mail(headers="msip_labels: MSIP_Label_1_Name=TLP:RED; MSIP_Label_1_Enabled=true\n"),
    ),
    "mail, label of a government": (
        "a.eml",
        _mail(headers="X-Protective-Marking: VER=2018.6, SEC=SECRET, ORIGIN=a@example.org\n"),
    ),
    "front matter, a list": ("a.md", f"---\ntags: [apt, tlp:red]\n---\n{PROSE}\n".encode()),
    "JSON, a record": ("a.json", json.dumps({"tlp": {"colour": "red"}, "text": PROSE}).encode()),
    "DOCX header in two lines": ("a.docx", made.docx(_paragraphs(PROSE), word__header1=_word_head("TLP\nRED"))),
    "PDF, author": ("a.pdf", made.pdf(f'#set document(author: "TLP:RED desk")\n{PROSE}')),
    "PDF, footnote": ("a.pdf", made.pdf(f"{PROSE}#footnote[TLP:RED]")),
    "a name with dots": ("tlp.red.report.txt", PROSE.encode()),
    "STIX, label": (
        "a.json",
        json.dumps({"type": "bundle", "objects": [{"type": "indicator", "labels": ["tlp:red"], "pattern": ""}]}).encode(),
    ),
}


@pytest.mark.parametrize("place", UNSEEN)
def test_a_label_for_machines_marks_it(tmp_path: Path, place: str) -> None:
    assert marking_of_file(tmp_path, *UNSEEN[place]) is Tlp.RED


def marking_of_file(path: Path, name: str, data: bytes) -> Tlp | None:
    (document,) = documents(path, name, data)
    return document.marking


def test_the_lists_are_long_enough() -> None:
    assert len(BANNERS) >= 100 and len(DECOYS) >= 30


@pytest.mark.parametrize("place", IN_TEXT)
def test_a_banner_in_the_text_marks_it(tmp_path: Path, place: str) -> None:
    name, make = IN_TEXT[place]
    wrong: dict[str, Tlp | None] = {}
    for case in BANNERS:
        means, found = Tlp(case["means"]), marking_of_file(tmp_path, name, make(case["text"]))
        if found is not (None if case.get("doubtful") else means):
            wrong[case["text"]] = found
        assert (found or UNMARKED).rank >= means.rank, (case["text"], found)
    assert wrong == {}


@pytest.mark.parametrize("place", BESIDE)
def test_a_banner_beside_the_text_marks_it(tmp_path: Path, place: str) -> None:
    name, make = BESIDE[place]
    wrong: dict[str, Tlp | None] = {}
    for case in BANNERS:
        found = marking_of_file(tmp_path, name, make(case["text"]))
        if (found or UNMARKED).rank < Tlp(case["means"]).rank or (found is None and not case.get("doubtful")):
            wrong[case["text"]] = found
    assert wrong == {}


@pytest.mark.parametrize("place", FIELDS)
def test_a_field_that_is_a_marking_marks_it(tmp_path: Path, place: str) -> None:
    name, make = FIELDS[place]
    for label, means in (
        ("RED", Tlp.RED),
        ("TLP:RED", Tlp.RED),
        ("tlp-red", Tlp.RED),
        ("Amber+Strict", Tlp.AMBER_STRICT),
        ("TLP:AMBER", Tlp.AMBER),
        ("green", Tlp.GREEN),
        ("WHITE", Tlp.CLEAR),
    ):
        assert marking_of_file(tmp_path, name, make(label)) is means, label


@pytest.mark.parametrize("place", sorted(IN_TEXT.keys() - {"Markdown, bold", "HTML, in pieces"}))
def test_what_talks_of_the_protocol_marks_nothing(tmp_path: Path, place: str) -> None:
    name, make = IN_TEXT[place]
    wrong = {text: found for text in DECOYS if (found := marking_of_file(tmp_path, name, make(text))) is not None}
    assert wrong == {}


@pytest.mark.parametrize("place", ["text, on top", "text, in between", "HTML footer", "DOCX header", "mail subject", "JSON"])
def test_a_marking_of_another_scheme_counts(tmp_path: Path, place: str) -> None:
    name, make = (IN_TEXT | BESIDE)[place]
    wrong: dict[str, Tlp | None] = {}
    for case in CLASSIFIED:
        found = marking_of_file(tmp_path, name, make(case["text"]))
        wrong |= {case["text"]: found} if found is not Tlp(case["means"]) else {}
    assert wrong == {}


def test_a_label_counts_before_what_is_only_restricted() -> None:
    for case in CLASSIFIED:
        found = banner(f"TLP:GREEN\n\n{case['text']}\n\n{PROSE}")
        assert found is (Tlp.GREEN if case.get("yields") else Tlp(case["means"])), case["text"]


def test_a_banner_counts_beside_an_explanation() -> None:
    explained = next(text for text in DECOYS if text.startswith("TLP:RED\n"))
    assert banner(f"TLP:AMBER\n\n{explained}") is Tlp.AMBER
    assert banner(f"{explained}\n\n{LONG}\n\nTLP:GREEN") is Tlp.GREEN
    assert banner(f"TLP:CLEAR\n\nTLP:RED\n\n{PROSE}") is Tlp.RED, "the strictest wins"


@pytest.mark.parametrize("line", ["TLP:RED", "ACME CERT - TLP:RED - page", "This document is marked TLP:RED."])
@pytest.mark.parametrize("place", ["header", "footer"])
def test_a_running_head_of_a_pdf_marks_it(tmp_path: Path, line: str, place: str) -> None:
    source = f"#set page({place}: [{line} #context counter(page).display()])\n" + "#pagebreak()\n".join([PROSE * 3] * 5)
    document = documents(tmp_path, "a.pdf", made.pdf(source))[0]
    assert document.marking is Tlp.RED and "TLP" not in document.text, "it is no part of the text"


def test_the_last_page_and_the_properties_of_a_pdf_mark_it(tmp_path: Path) -> None:
    pages = "#pagebreak()\n".join([PROSE] * 5)
    assert marking_of_file(tmp_path, "a.pdf", made.pdf(f"{pages}\n\nTLP:RED")) is Tlp.RED
    for property in ('title: "Report (TLP:RED)"', 'keywords: ("apt", "TLP:RED")'):
        assert marking_of_file(tmp_path, "a.pdf", made.pdf(f"#set document({property})\n{pages}")) is Tlp.RED
    assert marking_of_file(tmp_path, "a.pdf", made.pdf(pages)) is None


def test_a_watermark_marks_a_word_file(tmp_path: Path) -> None:
    mark = '<w:hdr xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:v="v"><w:p><w:r>'
    mark += '<w:pict><v:shape><v:textpath string="TLP:RED"/></v:shape></w:pict></w:r></w:p></w:hdr>'
    assert marking_of_file(tmp_path, "a.docx", made.docx(_paragraphs(PROSE), word__header3=mark)) is Tlp.RED


def test_a_part_is_marked_as_the_whole(tmp_path: Path) -> None:
    parts = {"a.txt": PROSE.encode(), "b.txt": f"TLP:RED\n\n{PROSE}".encode(), "c.zip": made.zipped({"d.txt": PROSE.encode()})}
    mail = made.mail(text="TLP:AMBER\n\nSee the files.", attachments=parts)
    found = {one.name.rpartition("!")[2]: one.marking for one in documents(tmp_path, "m.eml", mail)}
    whole = str(tmp_path / "m.eml")
    assert found == {whole: Tlp.AMBER, "a.txt": Tlp.AMBER, "b.txt": Tlp.RED, "d.txt": Tlp.AMBER}
    html_only = made.mail(
        text="See the HTML.", html=f"<p><b>TLP:RED</b></p><p>{PROSE}</p>", attachments={"a.txt": PROSE.encode()}
    )
    assert {one.marking for one in documents(tmp_path, "n.eml", html_only)} == {Tlp.RED}
    assert {one.marking for one in documents(tmp_path, "TLP-AMBER.zip", made.zipped({"a.txt": PROSE.encode()}))} == {Tlp.AMBER}
    assert {one.marking for one in documents(tmp_path, "a.zip", made.zipped({"TLP-RED/a.txt": PROSE.encode()}))} == {Tlp.RED}


@pytest.mark.parametrize(
    "name", ["TLP-RED report.txt", "report_TLP_RED.txt", "report [TLP-RED] v2.txt", "2021-07_tlp-red_final.txt"]
)
def test_the_name_of_a_file_marks_it(tmp_path: Path, name: str) -> None:
    assert marking_of_file(tmp_path, name, PROSE.encode()) is Tlp.RED


def test_a_long_text_is_marked_in_all_parts_after_its_banner(tmp_path: Path) -> None:
    long = f"{PROSE}\n\nTLP:RED\n\n" + f"{PROSE}\n\n" * 400
    found = documents(tmp_path, "long.txt", long.encode(), part_bytes=9000, first_bytes=9000)
    assert len(found) > 2 and {one.marking for one in found} == {Tlp.RED}


@pytest.mark.parametrize(
    "text",
    [
        "TLP:RED ",
        "TLP ",
        "tlp[(",
        "T L P ",
        "TLP:AMBER+",
        "this is ",
        "classification:",
        "\nTLP:",
        "a: TLP:GREEN, ",
        "＊ＴＬＰ：",
    ],
)
def test_time_grows_with_the_text_and_no_faster(text: str) -> None:
    def seconds(count: int) -> float:
        made_up = text * count
        start = process_time()
        banner(made_up)
        return process_time() - start

    small = min(seconds(2_000) for _ in range(3))
    assert seconds(32_000) < 16 * 4 * max(small, 0.005)
