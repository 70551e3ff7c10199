"""Files of offices for the fuzzer to begin with: one of each format, with all that hides something in it."""

from __future__ import annotations

from tests.read.fronts import made

__all__ = ["office_files"]


def office_files() -> list[tuple[str, bytes]]:
    """A file of each format that the tests of hidden text make, with all that hides something."""
    words = "The ministry spoke. {} The United States accused Norway."
    ink = "<a:solidFill><a:srgbClr val='FFFFFF'/></a:solidFill>"
    drawn = f"<p:spPr><a:xfrm><a:off x='1' y='1'/><a:ext cx='1' cy='1'/></a:xfrm>{ink}</p:spPr>"
    run = f"<a:p><a:r><a:rPr sz='100'>{ink.replace('srgbClr', 'schemeClr')}</a:rPr><a:t>It rained.</a:t></a:r></a:p>"
    shape = f"<p:sp><p:nvSpPr><p:cNvPr id='2' hidden='1'/></p:nvSpPr>{drawn}<p:txBody>{run}</p:txBody></p:sp>"
    slide = f"<p:sld NAMES><p:cSld><p:bg><p:bgPr>{ink}</p:bgPr></p:bg>{shape}</p:cSld></p:sld>"
    links = "<Relationships><Relationship Id='r1' Type='x/slideLayout' Target='../slideLayouts/a.xml'/></Relationships>"
    deck = made.presentation(
        {"1": slide},
        ppt__presentation="<p:presentation NAMES><p:sldSz cx='9' cy='9'/><p:sldId r:id='r1'/></p:presentation>",
        ppt__slideLayouts__a="<p:sldLayout NAMES><p:bg><p:bgRef idx='1001'/></p:bg><p:pic/></p:sldLayout>",
        ppt__notesSlides__notesSlide1="<p:notes NAMES><a:p><a:r><a:t>Notes.</a:t></a:r></a:p></p:notes>",
        **{"ppt__slides___rels__slide1.xml.rels": links},
    )
    text = made.open_text(
        "<text:section text:display='none'><text:p text:style-name='T'>It <text:s/>rained<office:annotation><text:p>x</text:p>"
        "</office:annotation>.</text:p></text:section><text:tracked-changes><text:p>gone</text:p></text:tracked-changes>"
        "<draw:frame svg:x='-9cm'><text:p><text:span text:style-name='T'>a</text:span> b</text:p></draw:frame>",
        "<style:style style:name='T' style:parent-style-name='T'><style:text-properties fo:color='#ffffff' fo:font-size='1pt'/>"
        "</style:style>",
    )
    rtf = (
        rb"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fcharset204 A;}}{\colortbl;\red255\green255\blue255;}{\info{\title T}}"
        rb"{\header TLP:RED\par}\f0 It \'cc\u8212?\uc2\u-10179??\u-8704?? rained.\par{\v a}\cf1\fs2 b\plain{\*\annotation c}"
        rb"{\footnote d}\trowd\clcbpat1\intbl e\cell f\cell\row\pard{\shp{\*\shpinst{\sp{\sn a}}{\shptxt g}}}"
        rb"{\pict\bin3 abc}\par}"
    )
    pages = {"a": "<html><head><link rel='stylesheet' href='s.css'/></head><body><p class='n'>It rained.</p></body></html>"}
    return [
        ("office-slides.pptx", deck),
        ("office-open_document.odt", text),
        ("office-rtf.rtf", rtf),
        ("office-rtf.rtf", rtf.replace(b"rained", words.format("x").encode())),
        ("office-book.epub", made.book(pages, ["a"], s=".n { display: none }")),
        ("office-mail.eml", made.mail(words.format("Plain."), f"<p>{words.format('Shown.')}</p>", {"a.rtf": rtf})),
        ("office-message.msg", made.message(subject="News", body=words, html=words.encode())),
    ]
