"""What nobody sees who looks at a page accuses nobody; what people see is read, however it is styled."""

from __future__ import annotations

import pytest

from indicia.read.fronts.html import read_html
from indicia.read.fronts.opened import Limits
from tests.work import ended_by

SEEN = "The ministry spoke about the weather of the coming week."
LIE = "The United States accused Norway of the attack on Microsoft."

# How a text is put into a page for machines alone.
HIDDEN = {
    "white": f'<p style="color:#fff">{LIE}</p>',
    "white by name": f'<p style="COLOR: White !important">{LIE}</p>',
    "white by numbers": f'<p style="color: rgb(255, 255, 255)">{LIE}</p>',
    "white of an old page": f'<font color="#FFFFFF">{LIE}</font>',
    "white on white": f'<div style="background:#fefefe"><p style="color:#ffffff">{LIE}</p></div>',
    "white by a sheet": f"<style>.n {{ color: white }}</style><p class=n>{LIE}</p>",
    "clear": f'<p style="color:transparent">{LIE}</p>',
    "clear by numbers": f'<p style="color:rgba(0,0,0,0)">{LIE}</p>',
    "tiny": f'<p style="font-size:1px">{LIE}</p>',
    "of no size": f'<p style="font-size:0">{LIE}</p>',
    "tiny by a sheet": f"<style>#n {{ font-size: .01em }}</style><p id=n>{LIE}</p>",
    "not shown": f'<div style="display:none"><p>{LIE}</p></div>',
    "not shown by a sheet": f"<style>/* x */ .a, .n {{ display: none }}</style><div class=n><p>{LIE}</p></div>",
    "not shown on screens": f"<style>@media screen {{ .n {{ display: none }} }}</style><div class=n><p>{LIE}</p></div>",
    "seen through": f'<p style="opacity:0.01">{LIE}</p>',
    "far away": f'<p style="position:absolute; left:-9999px">{LIE}</p>',
    "far to the left": f'<p style="text-indent:-5000px">{LIE}</p>',
    "cut away": f'<p style="position:absolute; clip:rect(0, 0, 0, 0)">{LIE}</p>',
    "shrunk": f'<p style="transform: scale(0)">{LIE}</p>',
    "hidden": f"<p hidden>{LIE}</p>",
    "for mail programs": f'<p style="mso-hide:all">{LIE}</p>',
}
# What is styled so that people do see it.
SHOWN = {
    "white on black": f'<div style="background-color:#000"><p style="color:#fff">{LIE}</p></div>',
    "white in a dark cell": f'<table><tr><td bgcolor="#102030"><font color="white">{LIE}</font></td></tr></table>',
    "white on a dark page": f"<style>body {{ background: #111; color: #eee }}</style><p style='color:white'>{LIE}</p>",
    "small": f'<p style="font-size:9px">{LIE}</p>',
    "gaps between boxes": f'<div style="font-size:0"><p class="box">{LIE}</p></div>',
    "pale": f'<p style="opacity:.6">{LIE}</p>',
    "a tab that opens": f"<style>.t {{ display: none }} .t.on {{ display: block }}</style><div class=t><p>{LIE}</p></div>",
    "not on paper": f"<style>@media print {{ .n {{ display: none }} }}</style><div class=n><p>{LIE}</p></div>",
    "a page that appears": f"<style>body {{ opacity: 0 }}</style><p>{LIE}</p>",
    "moved a little": f'<p style="margin-left:-20px">{LIE}</p>',
}


def page(part: str, head: str = "") -> str:
    return f"<html><head>{head}</head><body><h1>Weather</h1><p>{SEEN}</p>{part}</body></html>"


@pytest.mark.parametrize("how", HIDDEN)
@pytest.mark.parametrize("whole", [True, False])
def test_what_nobody_sees_is_not_read(how: str, whole: bool) -> None:
    text = page(HIDDEN[how]) if whole else f"<html><body>{HIDDEN[how]}</body></html>"
    parsed = read_html(text, "x.html", Limits())
    assert "accused" not in parsed.text
    assert SEEN in parsed.text or not whole
    if how not in {"hidden", "not shown"} or not whole:
        (told,) = parsed.problems
        assert told.what == f"{len(LIE)} characters that nobody sees who looks at the page were not read"


@pytest.mark.parametrize("how", SHOWN)
def test_what_people_see_is_read(how: str) -> None:
    parsed = read_html(page(SHOWN[how]), "x.html", Limits())
    assert LIE in parsed.text and bool(parsed.problems) is (how == "a tab that opens")


def test_where_the_colour_behind_is_not_known_it_is_said() -> None:
    sheet = '<link rel="stylesheet" href="/site.css">'
    parsed = read_html(page(f'<div class="hero"><p style="color:#fff">{LIE}</p></div>', sheet), "x.html", Limits())
    assert LIE in parsed.text
    assert [one.what for one in parsed.problems] == [
        f"{len(LIE)} characters are white or folded away: perhaps nobody sees them who looks at the page; they were read"
    ]


@pytest.mark.parametrize("sheet", ["/* " * 100_000, "* * * *{color:#fff}" * 2_000, "{{}}" * 100_000, "@a{" * 100_000])
def test_a_sheet_costs_little_whatever_is_in_it(sheet: str) -> None:
    with ended_by(10.0):
        nested = "<div class=a>" * 300 + "<p class=b>x</p>" * 2_000
        read_html(f"<html><head><style>{sheet}</style></head><body>{nested}</body></html>", "x.html", Limits())
