"""The brief as DOCX: it opens, bears its marking on each page and is read back with it, whatever a case holds."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from indicia.read.fronts import open_source
from indicia.records import Severity, Tlp
from indicia.share import render
from indicia.share.brief.build import abridged, build
from indicia.share.redact import marking_of
from indicia.view.lines import plain
from tests.share.brief.cases import KNOWLEDGE, named

docx = pytest.importorskip("docx", reason="python-docx is not installed (the extra docx)")


@pytest.mark.parametrize("name", ["exchange", "empty", "hostile"])
def test_it_opens_with_page_one_first_and_the_marking_at_head_and_foot(name: str) -> None:
    case = named(name)
    brief = build(case, KNOWLEDGE)
    paper = docx.Document(io.BytesIO(render(case, "docx", KNOWLEDGE)))
    heads = [one.text for one in paper.paragraphs if one.style.name == "Heading 1"]
    assert heads[:6] == [box.title for box in brief.page_one]
    assert heads[6:-1] == [f"Annex: {section.title}" for section in brief.sections]
    for place in (paper.sections[0].header, paper.sections[0].footer):
        assert place.paragraphs[0].text == marking_of(case).label
    assert paper.core_properties.author == "Indicia"


def test_each_number_leads_to_its_note() -> None:
    brief = abridged(build(named("exchange"), KNOWLEDGE))
    data = render(named("exchange"), "docx", KNOWLEDGE)
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        text = file.read("word/document.xml").decode()
    assert all(f'w:name="note-{note.number}"' in text for note in brief.notes)
    assert text.count("w:anchor=") >= len(brief.notes)


def test_the_same_case_gives_the_same_bytes() -> None:
    assert render(named("exchange"), "docx", KNOWLEDGE) == render(named("exchange"), "docx", KNOWLEDGE)


def test_it_is_read_back_with_its_marking_and_its_title(tmp_path: Path) -> None:
    case = named("exchange")
    path = tmp_path / "brief.docx"
    path.write_bytes(render(case, "docx", KNOWLEDGE))
    opened = open_source(str(path))
    (document,) = opened.documents
    assert document.marking is marking_of(case) is not Tlp.CLEAR
    assert document.title == build(case, KNOWLEDGE).title
    assert plain(build(case, KNOWLEDGE).gist[0]) in document.text
    assert not [one for one in opened.problems if one.severity is not Severity.NOTE]
