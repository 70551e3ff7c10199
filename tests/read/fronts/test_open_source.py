from __future__ import annotations

import gzip
import io
import json
import os
import uuid
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicia.read.fronts import Limits, Opened, open_source
from indicia.read.fronts.parts import parts_of
from indicia.read.fronts.sniff import FileKind
from indicia.records import BlockKind, Context, MentionKind, Severity, Tlp
from tests.read.fronts import made


@pytest.fixture
def opened(tmp_path: Path):
    def run(name: str, data: bytes | str, **limits: int) -> Opened:
        path = tmp_path / name
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        found = open_source(path, limits=Limits(**limits))
        for document in found.documents:
            end = 0
            for block in document.blocks:
                assert end <= block.start < block.end <= len(document.text), "blocks are in order and do not overlap"
                end = block.end
        for mention in found.mentions:
            text = next(d.text for d in found.documents if d.id == mention.span.document)
            assert text[mention.span.start : mention.span.end] == mention.span.text
        return found

    return run


def kinds(found: Opened) -> list[tuple[BlockKind, str]]:
    document = found.documents[0]
    return [(b.kind, document.text[b.start : b.end]) for b in document.blocks]


def values(found: Opened, kind: MentionKind) -> set[str]:
    return {m.value for m in found.mentions if m.kind is kind}


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Statement on the attack\n\nWe condemn it.\n", "Statement on the attack"),
        ("19 July 2021\n\nStatement on the attack\n\nWe condemn it.\n", "Statement on the attack"),
        ("Published: July 19, 2021\n\nWe condemn the attack on our parliament.\n", None),
        ("19 July 2021\n", None),
    ],
)
def test_a_date_is_no_title(opened, text: str, title: str | None) -> None:
    assert opened("a.txt", text).documents[0].title == title


def test_plain_text_stays_as_it_is(opened) -> None:
    text = "Head\n\nOne line\nwrapped here.\n\n- item one\n- item two\n\nTactic\tID\nExecution\tT1059\n"
    found = opened("a.txt", text)
    assert found.documents[0].text == text
    assert [kind for kind, _ in kinds(found)] == [
        BlockKind.HEADING,
        BlockKind.PARAGRAPH,
        BlockKind.LIST_ITEM,
        BlockKind.LIST_ITEM,
        BlockKind.ROW,
        BlockKind.ROW,
    ]
    assert kinds(found)[1][1] == "One line\nwrapped here."


@pytest.mark.parametrize(
    "data",
    [
        "Zürich – “quoted”".encode("utf-8-sig"),
        "Zürich – “quoted”".encode("utf-16"),
        "Zürich – “quoted”".encode("utf-16-be").join([b"\xfe\xff", b""]),
        "Zürich – “quoted”".encode("cp1252"),
    ],
    ids=["bom", "utf-16", "utf-16-be", "cp1252"],
)
def test_encodings(opened, data: bytes) -> None:
    assert opened("a.txt", data).documents[0].text == "Zürich – “quoted”"


def test_nuls_and_carriage_returns_go(opened) -> None:
    assert (
        opened("a.txt", b"one\r\ntwo\0 three\rfour " + b"plain words " * 9)
        .documents[0]
        .text.startswith("one\ntwo three\nfour ")
    )


def test_markdown_keeps_words_and_tables(opened) -> None:
    source = (
        "---\ntitle: The report\ndate: 2021-07-19\n---\n# Head *one*\n\nSome **bold** and `code_x`,\na "
        "[link](https://vendor.example/x) "
        "and file_name_x.exe.\n\n| Tactic | Technique | ID |\n|---|:--|--|\n| Execution | `PowerShell` | T1059.001 |"
        "\n\n> quoted\n> more\n\n"
        "```\nrun  it\n```\n1. first\n2. second\n"
    )
    found = opened("a.md", source)
    document = found.documents[0]
    assert (document.title, document.published, document.media_type) == ("The report", "2021-07-19", "text/markdown")
    assert kinds(found) == [
        (BlockKind.HEADING, "Head one"),
        (BlockKind.PARAGRAPH, "Some bold and code_x, a link and file_name_x.exe."),
        (BlockKind.ROW, "Tactic\tTechnique\tID"),
        (BlockKind.ROW, "Execution\tPowerShell\tT1059.001"),
        (BlockKind.QUOTE, "quoted more"),
        (BlockKind.CODE, "run  it"),
        (BlockKind.LIST_ITEM, "first"),
        (BlockKind.LIST_ITEM, "second"),
    ]
    assert document.where(document.text.index("Execution")) == "line 12"


def test_the_house_is_read_from_a_title_that_ends_with_it(opened) -> None:
    head = "<head><title>A wiper in the wild | FireEye</title></head>"
    page = f"<html>{head}<body><article><p>It was seen.</p></article></body></html>"
    document = opened("page", page).documents[0]
    assert (document.title, document.publisher) == ("A wiper in the wild | FireEye", "FireEye")


PAGE = """<!doctype html><html lang="en-GB"><head><meta charset="utf-8"><title>T | Site</title>
<script type="application/ld+json">{"@type":"NewsArticle","headline":"Head","datePublished":"2021-07-19T09:00:00Z",
"publisher":{"name":"Wire Example"}}</script><style>p{}</style></head><body>
<nav><a href="/">Home</a></nav><div class="cookie-banner"><p>We use cookies</p></div>
<article><h1>Head &amp; tail</h1><p>He said &#8220;it was <b>them</b>, <q>surely</q>&#8221;.<br>New line</p>
<table><tr><th>Tactic</th><th>ID</th></tr><tr><td><p>Exec</p><p>ution</p></td><td>T1059</td></tr></table>
<blockquote><p>cited</p></blockquote><ul><li>a<ul><li>b</li></ul></li></ul><pre>x  y
z</pre><p hidden>no</p><script>evil()</script></article><footer>imprint</footer></body></html>"""


def test_html_reads_what_a_reader_reads(opened) -> None:
    found = opened("page", PAGE)
    document = found.documents[0]
    assert (document.title, document.published, document.publisher, document.language) == (
        "Head",
        "2021-07-19",
        "Wire Example",
        "en-GB",
    )
    assert kinds(found) == [
        (BlockKind.HEADING, "Head & tail"),
        (BlockKind.PARAGRAPH, "He said “it was them, surely”.\nNew line"),
        (BlockKind.ROW, "Tactic\tID"),
        (BlockKind.ROW, "Exec ution\tT1059"),
        (BlockKind.QUOTE, "cited"),
        (BlockKind.LIST_ITEM, "a"),
        (BlockKind.LIST_ITEM, "b"),
        (BlockKind.CODE, "x  y\nz"),
    ]
    assert document.where(document.text.index("T1059")) == "body/article/table/tbody/tr[2]"


WORDS = "".join(
    f"<p>Paragraph {n} tells how the intruders moved from the gateway to the mail server, in words.</p>" for n in range(6)
)
TABLE = "<table><tr><td>IPv4</td><td>198.51.100[.]7</td></tr></table>"
AWKWARD = {
    "all in a form": f'<form id="aspnetForm"><div id="top-nav"><a>Home</a></div><div>{WORDS}{TABLE}</div></form>',
    "named after its sidebar": f'<div class="menu"><a>Home</a></div><div class="post with-sidebar">{WORDS}{TABLE}</div>',
    "named after its buttons": f'<div class="share-page"><div class="share"><a>Home</a></div>{WORDS}{TABLE}</div>',
    "folded away": f'<main>{WORDS}<div style="display:none">{TABLE}</div></main><div style="display:none">Home</div>',
    "in a widget": f'<article>{WORDS}<div class="widget">{TABLE}</div></article><div class="widget"><a>Home</a></div>',
    "search form": f'<form action="/search"><label>Home</label><input></form><main>{WORDS}{TABLE}</main>',
    "line breaks": f"<nav>Home</nav><div>{WORDS.replace('<p>', '').replace('</p>', '<br><br>')}{TABLE}</div>",
}


@pytest.mark.parametrize("body", AWKWARD.values(), ids=AWKWARD.keys())
def test_html_tells_the_text_from_the_page_around_it(opened, body: str) -> None:
    text = opened("a.html", f"<!doctype html><html><body>{body}</body></html>").documents[0].text
    assert text.count("tells how") == 6 and "198.51.100[.]7" in text and "Home" not in text


def test_html_nested_without_end_does_not_hang(opened) -> None:
    found = opened("deep.html", "<!doctype html><body>" + "<div>" * 60_000 + "deep words")
    assert found.documents or found.problems


def test_pdf_keeps_sentences_whole_and_knows_pages(opened) -> None:
    words = [
        "banks",
        "hospitals",
        "ministries",
        "harbours",
        "airports",
        "utilities",
        "railways",
        "carriers",
        "insurers",
        "retailers",
        "museums",
        "theatres",
    ]
    made_of = "International {} characteristically demonstrate state-sponsored responsibilities for {} incomprehensibly. "
    source = "".join(made_of.format(one, other) for one in words for other in words[:2])
    head = "#set page(width: 9cm, height: 7cm, header: [Quarterly review 7])\n#set par(justify: true)\n"
    head += '#set text(hyphenate: true, lang: "en")\n'
    found = opened("a.pdf", made.pdf(head + source))
    document = found.documents[0]
    assert not found.problems
    assert " ".join(document.text.split()) == source.strip()
    assert {block.path for block in document.blocks} >= {"page 1", "page 2"}


def test_pdf_without_text_says_so(opened) -> None:
    problem = opened("scan.pdf", made.pdf("#rect(width: 5cm, height: 5cm)")).problems[0]
    assert "no text layer" in problem.what and problem.severity is Severity.FAILED and "OCR" in problem.hint


def test_pdf_broken_and_encrypted(opened) -> None:
    broken = opened("b.pdf", b"%PDF-1.7\n" + os.urandom(500)).problems[0]
    assert broken.severity is Severity.FAILED and "PDF" in broken.what
    locked = (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj "
        b"3 0 obj<</Filter/Standard/V 1/R 2/O<" + b"41" * 32 + b">/U<" + b"42" * 32 + b">/P -4>>endobj\n"
        b"trailer<</Root 1 0 R/Encrypt 3 0 R/ID[<41><41>]>>\n%%EOF"
    )
    assert opened("c.pdf", locked).problems[0].what == "is encrypted"


def test_pdf_longer_than_allowed_is_cut_with_a_word(opened) -> None:
    found = opened("long.pdf", made.pdf("#set page(height: 4cm)\n" + "Words of a page. #pagebreak()\n" * 12), pages=5)
    assert found.documents and any("pages" in problem.what for problem in found.problems)


CATALOG = b"<</Type/Catalog/Pages 2 0 R>>"
PAGE_OF_WORDS = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>"
SHOWN = b"BT /F1 12 Tf 10 10 Td (Words of a page) Tj ET\n"
FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"


def packed_stream(data: bytes) -> bytes:
    packed = zlib.compress(data, 9)
    return b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(packed), packed)


@pytest.mark.parametrize(
    ("pages", "content"),
    [
        (b"<</Type/Pages/Kids[3 0 R]/Count 2000000000>>", SHOWN),
        (b"<</Type/Pages/Kids[" + b"3 0 R " * 60_000 + b"]/Count 60000>>", SHOWN),
        (b"<</Type/Pages/Kids[2 0 R]/Count 5>>", SHOWN),
        (b"<</Type/Pages/Kids[3 0 R]/Count 1>>", SHOWN * 200_000),
    ],
    ids=["claims two billion pages", "one page sixty thousand times", "its own parent", "ten megabytes in a few kilobytes"],
)
def test_pdf_bombs_end(opened, pages: bytes, content: bytes) -> None:
    found = opened(
        "bomb.pdf", made.raw_pdf(CATALOG, pages, PAGE_OF_WORDS, packed_stream(content), FONT), pages=50, pdf_seconds=20
    )
    assert found.documents or found.problems
    assert sum(len(document.text) for document in found.documents) < 10_000


def test_docx_paragraphs_and_tables(opened) -> None:
    row = "<w:tr><w:tc>{0}</w:tc><w:tc>{1}</w:tc></w:tr>"
    body = (
        made.paragraph("Head", "Heading1")
        + made.paragraph("It was &lt;them&gt;.")
        + "<w:p><w:r><w:t>kept </w:t></w:r><w:del><w:r><w:delText>gone</w:delText></w:r></w:del><w:ins><w:r><w:t>added</"
        "w:t></w:r></w:ins></w:p>"
        + "<w:tbl>"
        + row.format(made.paragraph("Tactic"), made.paragraph("ID"))
        + row.format(made.paragraph("Exec") + made.paragraph("ution"), made.paragraph("T1059"))
        + "</w:tbl>"
    )
    assert kinds(opened("a.docx", made.docx(body))) == [
        (BlockKind.HEADING, "Head"),
        (BlockKind.PARAGRAPH, "It was <them>."),
        (BlockKind.PARAGRAPH, "kept added"),
        (BlockKind.ROW, "Tactic\tID"),
        (BlockKind.ROW, "Exec ution\tT1059"),
    ]


def test_docx_with_entities_is_refused(opened) -> None:
    entities = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    bomb = f'<?xml version="1.0"?>{entities}<w:document {made.W}><w:body><w:p>&b;</w:p></w:body></w:document>'
    found = opened("a.docx", made.zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": bomb.encode()}))
    assert not found.documents and "faulty XML" in found.problems[0].what


def test_mail_with_attachments(opened) -> None:
    found = opened(
        "a.eml",
        made.mail(
            "The actor uses 198.51.100[.]7.", attachments={"iocs.txt": b"c2[.]example.com", "x.exe": b"MZ" + bytes(range(256))}
        ),
    )
    first, second = found.documents
    assert (first.published, first.publisher, first.title) == ("2021-07-19", "CERT Example", "Advisory 2021-07")
    assert "198.51.100[.]7" in first.text and second.text == "c2[.]example.com" and second.name.endswith("a.eml!iocs.txt")
    assert [p.where.endswith("!x.exe") for p in found.problems] == [True]


def test_zip_and_gzip_and_their_bombs(opened) -> None:
    found = opened("a.zip", made.zipped({"b.txt": b"words of b", "c/d.html": PAGE.encode(), "e.bin": bytes(range(256))}))
    assert [d.name.rsplit("!", 1)[1] for d in found.documents] == ["b.txt", "c/d.html"]
    assert opened("a.txt.gz", gzip.compress(b"words in gzip")).documents[0].text == "words in gzip"
    bomb = made.zipped({"big.txt": b"0" * 40_000_000})
    assert "zip bomb" in opened("bomb.zip", bomb).problems[0].what
    assert "gzip bomb" in opened("bomb.gz", gzip.compress(b"0" * 40_000_000)).problems[0].what
    nested = b"words at the bottom"
    for _ in range(8):
        nested = made.zipped({"inner.zip": nested})
    deep = opened("deep.zip", nested)
    assert not deep.documents and "nested deeper" in deep.problems[0].what
    assert "broken zip" in opened("bad.zip", b"PK\x03\x04" + os.urandom(50)).problems[0].what
    cut = gzip.compress(b"words " * 5000)[:-40]
    assert any("breaks off" in p.what for p in opened("cut.gz", cut).problems)


BUNDLE = {
    "type": "bundle",
    "objects": [
        {"type": "identity", "id": "identity--1", "name": "CERT Example"},
        {"type": "report", "name": "Report", "published": "2021-07-19T00:00:00Z", "created_by_ref": "identity--1"},
        {
            "type": "attack-pattern",
            "name": "Web Shell",
            "external_references": [{"source_name": "mitre-attack", "external_id": "T1505.003"}],
        },
        {
            "type": "indicator",
            "pattern_type": "stix",
            "pattern": "[ipv4-addr:value = '198.51.100.7'] OR [file:hashes.'SHA-256' = '" + "Ab" * 32 + "']",
        },
        {"type": "domain-name", "value": "c2.example.com"},
        {"type": "vulnerability", "name": "CVE-2021-26855"},
        {"type": "intrusion-set", "name": "HAFNIUM"},
    ],
}


def test_stix_bundle(opened) -> None:
    found = opened("b.json", json.dumps(BUNDLE, indent=1))
    document = found.documents[0]
    assert (document.title, document.published, document.publisher) == ("Report", "2021-07-19", "CERT Example")
    assert values(found, MentionKind.TECHNIQUE) == {"T1505.003"}
    assert values(found, MentionKind.INDICATOR) == {"198.51.100.7", "ab" * 32, "c2.example.com"}
    assert values(found, MentionKind.VULNERABILITY) == {"CVE-2021-26855"}
    assert values(found, MentionKind.ACTOR) == {"HAFNIUM"}
    assert {m.span.text for m in found.mentions} == {
        "T1505.003",
        "198.51.100.7",
        "Ab" * 32,
        "c2.example.com",
        "CVE-2021-26855",
        "HAFNIUM",
    }


def test_navigator_layer_leaves_out_what_it_does_not_mark(opened) -> None:
    techniques = [
        {"techniqueID": "T1505", "showSubtechniques": True},
        {"techniqueID": "T1505.003", "score": 1, "tactic": "persistence"},
        {"techniqueID": "T1190", "color": "#ff0000"},
        {"techniqueID": "T1003", "score": 1, "enabled": False},
    ]
    layer = {"name": "L", "versions": {"layer": "4.5"}, "domain": "enterprise-attack", "techniques": techniques}
    assert values(opened("l.json", json.dumps(layer)), MentionKind.TECHNIQUE) == {"T1505.003", "T1190"}


def test_misp_event(opened) -> None:
    event = {
        "Event": {
            "info": "Report",
            "date": "2021-07-19",
            "Orgc": {"name": "CERT Example"},
            "Tag": [
                {"name": 'misp-galaxy:mitre-attack-pattern="Web Shell - T1505.003"'},
                {"name": 'misp-galaxy:threat-actor="HAFNIUM"'},
            ],
            "Attribute": [
                {"type": "ip-dst", "value": "198.51.100.7"},
                {"type": "filename|md5", "value": "a.exe|" + "0123456789abcdef" * 2},
                {"type": "link", "value": "https://vendor.example/post"},
                {"type": "vulnerability", "value": "CVE-2021-26855"},
            ],
            "Object": [{"name": "file", "Attribute": [{"type": "sha1", "value": "0123456789" * 4}]}],
        }
    }
    found = opened("m.json", json.dumps(event))
    assert values(found, MentionKind.INDICATOR) == {
        "198.51.100.7",
        "a.exe",
        "0123456789abcdef" * 2,
        "https://vendor.example/post",
        "0123456789" * 4,
    }
    assert [m.context.value for m in found.mentions if m.value.startswith("https")] == ["reference"]
    assert values(found, MentionKind.TECHNIQUE) == {"T1505.003"} and values(found, MentionKind.ACTOR) == {"HAFNIUM"}


@pytest.mark.parametrize("form", ["{%s}", '{"response": {%s}}', '{"response": [{%s}]}'])
def test_what_a_search_of_a_misp_server_found_is_read(opened, form: str) -> None:
    attribute = {"uuid": str(uuid.UUID(int=1)), "type": "ip-dst", "value": "198.51.100.7"}
    item = {"uuid": str(uuid.UUID(int=2)), "meta-category": "file", "name": "file", "Attribute": [attribute]}
    attributes, objects = f'"Attribute": [{json.dumps(attribute)}]', f'"Object": {json.dumps(item)}'
    for found in (opened("a.json", form % attributes), opened("o.json", form % objects)):
        assert values(found, MentionKind.INDICATOR) == {"198.51.100.7"} and not found.problems


def test_csv_feed(opened) -> None:
    feed = (
        "DateAdded,FirstSeen,Indicator,IndicatorType,TLP\n2021-03-02,,198.51.100.7,ipv4address,white\n"
        f'2021-03-02,,"{"a1" * 32}",sha256,white\n2021-03-02,,hxxp://bad[.]example.com/x,,white\n2021-03-02,,nothing '
        f"here,comment,white\n"
    )
    found = opened("feed.csv", feed)
    assert values(found, MentionKind.INDICATOR) == {"198.51.100.7", "a1" * 32, "http://bad.example.com/x"}
    assert found.problems[0].count == 1
    wide = opened("wide.csv", f"sha256;domain\n{'b2' * 32};c2.example.com\n")
    assert values(wide, MentionKind.INDICATOR) == {"b2" * 32, "c2.example.com"}


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b" \n\n \t", "is empty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "is a picture"),
        (b"MZ" + bytes(range(256)) * 4, "is a Windows program"),
        (b"ElfFile\x00" + bytes(200), "is a Windows event log"),
        (os.urandom(4000), "is a binary file"),
        (b"7z\xbc\xaf\x27\x1c" + bytes(200), "is a 7-Zip archive"),
        (b"BZh91AY&SY" + bytes(range(256)), "is a compressed file (bzip2)"),
        (b"\xd0\xcf\x11\xe0" + bytes(600) + "__substg1.0_0037001F".encode("utf-16-le"), "is a broken Outlook message"),
        (b"\xd0\xcf\x11\xe0" + bytes(600) + "EncryptedPackage".encode("utf-16-le"), "is an encrypted Office file"),
        (made.zipped({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<x/>"}), "is a broken spreadsheet"),
        (made.zipped({"mimetype": b"application/vnd.oasis.opendocument.text"}, level=0), "is a broken OpenDocument"),
    ],
)
def test_what_cannot_be_read_fails_with_a_word(opened, data: bytes, words: str) -> None:
    found = opened("x", data)
    assert not found.documents
    assert words in found.problems[0].what and found.problems[0].severity is Severity.FAILED and found.problems[0].hint


def test_missing_folder_stream_and_unreadable(tmp_path: Path) -> None:
    assert "no such file" in open_source(tmp_path / "none").problems[0].what
    assert "holds no files" in open_source(tmp_path).problems[0].what
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "2.txt").write_text("two words")
    (tmp_path / "1.txt").write_text("one word")
    (tmp_path / "loop").symlink_to(tmp_path, target_is_directory=True)
    found = open_source(tmp_path)
    assert [Path(d.name).name for d in found.documents] == ["1.txt", "2.txt"]
    assert open_source("-", stdin=io.BytesIO(b"from a stream")).documents[0].name == "-"
    assert open_source("-").problems[0].severity is Severity.FAILED
    assert "neither a file" in open_source("/dev/null").problems[0].what


LONG = "".join(f"line {number} of it, ümlaut\n" for number in range(1000))


def test_a_very_long_text_becomes_several_documents_that_say_where_they_stand(opened) -> None:
    found = opened("long.txt", LONG, part_bytes=4000)
    assert "".join(d.text for d in found.documents) == LONG and len(found.documents) > 3
    for document in found.documents:
        start, end = map(int, document.name.rsplit("#char=", 1)[1].split(","))
        assert LONG[start:end] == document.text and document.text.endswith("\n")
    assert opened("long.txt.gz", gzip.compress(LONG.encode()), part_bytes=4000).documents[1].text == found.documents[1].text
    packed = opened("long.zip", made.zipped({"a/long.txt": LONG.encode()}), part_bytes=4000)
    assert [d.text for d in packed.documents] == [d.text for d in found.documents]
    assert "long.zip!a/long.txt#char=0," in packed.documents[0].name


@settings(deadline=None, max_examples=60)
@given(st.text(alphabet="ab é\n,.漢", min_size=1, max_size=400), st.integers(4, 90), st.integers(4, 90))
def test_parts_put_together_are_the_whole(text: str, size: int, first: int) -> None:
    data = text.encode()
    parts = list(parts_of(data[:size], io.BytesIO(data[size:]), FileKind.PLAIN, size, first))
    assert len(parts[0].data) <= first
    assert "".join(part.text for part in parts) == text
    assert all(text[part.start : part.end] == part.text and len(part.data) <= size for part in parts)


def test_long_markdown_html_and_feeds_come_in_parts_too(opened) -> None:
    rows = "".join(f"198.51.100.{n % 256},ip,high\n" for n in range(2000))
    feed = opened("feed.csv", "value,type,confidence\n" + rows, part_bytes=4000)
    assert len(feed.documents) > 5 and len(feed.mentions) == 2000
    assert feed.documents[-1].blocks[-1].path == "row 2001"
    page = opened("long.html", "<!doctype html><body><article>" + "<p>A paragraph of words.</p>\n" * 900, part_bytes=4000)
    assert len(page.documents) > 5 and sum(d.text.count("A paragraph of words.") for d in page.documents) == 900
    notes = opened("long.md", "# Head\n\nSome **bold** and `code`.\n\n" * 300, part_bytes=4000)
    assert len(notes.documents) > 2 and all("*" not in d.text for d in notes.documents)
    wide = opened("wide.txt", LONG.encode("utf-16"), part_bytes=4000)
    assert [d.text for d in wide.documents] == [LONG]


def test_what_has_to_be_read_whole_has_a_size(opened) -> None:
    large = opened("large.json", b'{"a": "' + b"x" * 9000 + b'"}', part_bytes=1000, file_bytes=5000)
    assert not large.documents and "larger than 5,000 bytes" in large.problems[0].what
    cut = opened("cut.eml", made.mail("words " * 2000), part_bytes=1000, file_bytes=5000)
    assert cut.documents and any("the rest was not read" in p.what for p in cut.problems)


def test_only_as_much_is_unpacked_as_may_be(opened) -> None:
    lines = "".join(f"{n} {n * n}\n" for n in range(9000)).encode()
    for name, data in (("a.gz", gzip.compress(lines)), ("a.zip", made.zipped({"a.txt": lines}))):
        found = opened(name, data, part_bytes=10_000, total_bytes=30_000)
        assert 0 < sum(len(d.text) for d in found.documents) <= 30_000
        assert any("unpacks to more than the limit" in p.what for p in found.problems)
    both = gzip.compress(b"first words\n") + gzip.compress(b"second words\n")
    assert opened("both.gz", both).documents[0].text == "first words\nsecond words\n"


def test_the_same_input_gives_the_same_documents(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(PAGE)
    assert open_source(tmp_path / "a.html") == open_source(tmp_path / "a.html")


def test_strings_are_found_however_json_escapes_them(opened) -> None:
    """PHP, and with it MISP, writes `\\/`; others escape all that is not ASCII."""
    url, path = "https://c2.example.com/a/b", "C:\\Temp\\ü.exe"
    attributes = [{"type": "url", "value": url}, {"type": "filename", "value": path}, {"type": "url", "value": url}]
    event = {"Event": {"info": "value", "Attribute": attributes}}
    for text in (json.dumps(event).replace("/", "\\/"), json.dumps(event, ensure_ascii=False, indent=1)):
        found = opened("m.json", text)
        assert {m.value for m in found.mentions} >= {url}
        document = found.documents[0]
        places = [m.span.start for m in found.mentions if m.value == url]
        assert len(places) == 2 and min(places) > 10
        for mention in found.mentions:
            assert document.text[mention.span.start : mention.span.end] in (url, path)


def test_docx_notes_changes_and_running_heads(opened) -> None:
    inserted = "<w:p><w:ins><w:r><w:t>They used 203[.]0[.]113[.]8.</w:t></w:r></w:ins>"
    deleted = "<w:del><w:r><w:delText>And 203[.]0[.]113[.]9.</w:delText></w:r></w:del></w:p>"
    endnotes = f"<w:endnotes {made.W}><w:endnote>{made.paragraph('Seen at 203[.]0[.]113[.]77.')}</w:endnote></w:endnotes>"
    header = f"<w:hdr {made.W}>{made.paragraph('TLP:AMBER')}</w:hdr>"
    data = made.docx(inserted + deleted, word__endnotes=endnotes, word__header1=header)
    (document,) = opened("a.docx", data).documents
    assert document.text == "They used 203[.]0[.]113[.]8.\n\nSeen at 203[.]0[.]113[.]77."
    assert document.blocks[1].path == "endnote 1" and document.marking is Tlp.AMBER


FEEDS = {
    "names with underscores": "first_seen,ioc_value,ioc_type,reference\n2026-01-01,198.51.100.4:8080,ip:port,https://ref.example/1\n",
    "columns named in a comment": '# a feed\n# id,dateadded,url,threat\n"1","2026-01-01","http://198.51.100.4/a.sh","x"\n',
    "one sure column": "IP Address,Port,Country\n198.51.100.4,443,US\n",
}


@pytest.mark.parametrize("text", FEEDS.values(), ids=FEEDS)
def test_feeds_by_their_columns(opened, text: str) -> None:
    found = opened("feed.csv", text)
    assert [d.media_type for d in found.documents] == ["text/csv"]
    assert [(m.value, m.method) for m in found.mentions] in (
        [("198.51.100.4", "feed")],
        [("http://198.51.100.4/a.sh", "feed")],
    )


def test_several_layers_in_one_file_and_a_score_of_nothing(opened) -> None:
    one = {
        "name": "A",
        "domain": "mitre-enterprise",
        "version": "3.0",
        "techniques": [{"techniqueID": "T1190", "score": 1}, {"techniqueID": "T1003", "score": 0, "color": "#fff"}],
    }
    two = {"name": "B", "versions": {"layer": "4.5"}, "techniques": [{"techniqueID": "T1505.003", "comment": "seen"}]}
    assert values(opened("l.json", json.dumps([one, two])), MentionKind.TECHNIQUE) == {"T1190", "T1505.003"}


def test_stix_2_0(opened) -> None:
    objects = [
        {"type": "indicator", "id": "indicator--1", "labels": ["benign"], "pattern": "[domain-name:value = 'good.example']"},
        {"type": "observed-data", "id": "observed-data--1", "objects": {"0": {"type": "ipv4-addr", "value": "203.0.113.10"}}},
    ]
    found = opened("b.json", json.dumps({"type": "bundle", "spec_version": "2.0", "objects": objects}))
    assert [(m.value, m.context) for m in found.mentions] == [
        ("good.example", Context.BENIGN),
        ("203.0.113.10", Context.STATED),
    ]


def test_misp_clusters_of_galaxies(opened) -> None:
    cluster = {"tag_name": 'misp-galaxy:mitre-attack-pattern="PowerShell - T1059.001"'}
    event = {"Event": {"info": "x", "Attribute": [], "Galaxy": [{"type": "mitre-attack-pattern", "GalaxyCluster": [cluster]}]}}
    assert values(opened("e.json", json.dumps(event)), MentionKind.TECHNIQUE) == {"T1059.001"}


FEED = """<?xml version="1.0"?><rss version="2.0"><channel><title>Example News</title>
<item><title>One</title><link>https://news.example.com/1</link><description>The first.</description>
<pubDate>Thu, 02 May 2024 10:00:00 GMT</pubDate></item>
<item><title>Two</title><link>https://news.example.com/2</link><description>The second.</description></item></channel></rss>"""


def test_a_feed_that_was_saved_is_a_text_for_each_entry(opened) -> None:
    found = opened("news.xml", FEED)
    assert [(one.title, one.published, one.publisher) for one in found.documents] == [
        ("One", "2024-05-02", "Example News"),
        ("Two", None, "Example News"),
    ]
    assert all("http" not in one.text for one in found.documents)


def test_json_of_anybody_is_read_as_it_is_meant(opened) -> None:
    said = "France’s Foreign Ministry blames “APT31” for the attack on Kestrel Ports."
    (document,) = opened("any.json", json.dumps({"report": {"text": said, "tags": ["a", "b"]}})).documents
    assert said in document.text
    assert "\\u2019" not in document.text
    assert document.block_at(document.text.index(said)).path == "report.text"
