from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from indicia.read.fronts import document_from_text
from indicia.read.techniques.contexts import passages


def texts(text: str) -> list[str]:
    document = document_from_text(text, name="t")
    return [text[p.start : p.end] for p in passages(document)]


def test_lines_that_only_wrap_are_joined() -> None:
    assert texts("The loader decrypts its payload and then\ninjects it. It sleeps.") == [
        "The loader decrypts its payload and then\ninjects it.",
        "It sleeps.",
    ]


def test_lines_of_a_list_stand_alone() -> None:
    assert texts("Used:\n- Mimikatz\n- PsExec\n") == ["Used:", "- Mimikatz", "- PsExec"]


@given(st.text(alphabet="aB.\n\t -!1é", max_size=200))
def test_in_order_without_overlap(text: str) -> None:
    end = 0
    for passage in passages(document_from_text(text, name="t")):
        assert end <= passage.start < passage.end <= len(text)
        assert text[passage.start : passage.end].strip() == text[passage.start : passage.end]
        end = passage.end
