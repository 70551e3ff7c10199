"""Feeds as they are, and feeds that are made to break a reader."""

from __future__ import annotations

import pytest

from indicia.errors import FormatError
from indicia.read.fronts.syndication import entries_of

URL = "https://news.example/rss.xml"
RSS = """<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>
<title>Agency News</title><link>https://news.example/</link>
<item><title>State denies &amp; regrets</title><link>/a</link><guid isPermaLink="false">1</guid>
<pubDate>Mon, 19 Jul 2021 12:00:00 +0000</pubDate><description>short</description>
<content:encoded><![CDATA[<p>China <b>denies</b> it.</p>]]></content:encoded></item>
<item><guid>https://news.example/b</guid><description>Less &lt; than</description><source url="https://o.example">Other</source></item>
</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Blog</title>
<entry><id>urn:1</id><title type="html">A &amp;amp; B</title><link rel="self" href="https://x.example/self"/>
<link href="https://blog.example/1"/><updated>2026-11-24T01:00:00Z</updated>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p onclick="x">We <b>attribute</b> it.</p></div></content>
</entry>
<entry><id>urn:2</id><title>T</title><summary type="text">a &lt; b</summary><link href="file:///etc/passwd"/></entry></feed>"""
RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Old</title></channel>
<item rdf:about="x"><title>One</title><link>https://old.example/1</link><dc:date>2021-07-19T08:00+01:00</dc:date></item></rdf:RDF>"""


def test_rss() -> None:
    first, second = entries_of(RSS.encode(), URL)
    assert first[:5] == ("1", "https://news.example/a", "State denies & regrets", "2021-07-19", "Agency News")
    assert first.body == "<p>China <b>denies</b> it.</p>", "the fullest of what it says"
    assert (second.link, second.publisher, second.body) == ("https://news.example/b", "Other", "<p>Less &lt; than</p>")
    assert b"State denies &amp; regrets" in first.page


def test_atom() -> None:
    first, second = entries_of(ATOM.encode(), "https://blog.example/atom")
    assert first[:5] == ("urn:1", "https://blog.example/1", "A &amp; B", "2026-11-24", "Blog")
    assert first.body == "<div><p>We <b>attribute</b> it.</p></div>"
    assert (second.link, second.body) == ("", "<p>a &lt; b</p>"), "an address of a file is none"


def test_rss_of_old() -> None:
    (one,) = entries_of(RDF.encode(), URL)
    assert one[1:5] == ("https://old.example/1", "One", "2021-07-19", "Old")


def test_an_entry_that_changed_has_another_digest() -> None:
    (first, _), (other, _) = entries_of(RSS.encode(), URL), entries_of(RSS.replace("denies</b>", "admits</b>").encode(), URL)
    assert first.id == other.id
    assert first.digest != other.digest


LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha">' + "".join(f'<!ENTITY a{n} "{"&a;" * 10}">' for n in range(9)) + "]><rss>&a8;</rss>"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is no feed"),
        (b"<html><body>x</body></html>", "is no feed but <html>"),
        (b"<rss><channel><item>", "is no feed"),
        (LAUGHS.encode(), "declares entities"),
        (b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><rss>&a;</rss>', "declares entities"),
        (b"<rss>" + b" " * 5_000_000 + b"</rss>", "larger than a feed"),
    ],
)
def test_what_is_no_feed_is_refused(data: bytes, words: str) -> None:
    with pytest.raises(FormatError, match=words):
        entries_of(data, URL)


def test_a_feed_may_be_deep_and_have_a_great_many_entries() -> None:
    deep = b"<feed><entry><content type='xhtml'>" + b"<div>" * 50_000 + b"x" + b"</div>" * 50_000 + b"</content></entry></feed>"
    (one,) = entries_of(deep, URL)
    assert "x" in one.body
    assert (
        len(entries_of(b"<rss>" + b"".join(b"<item><guid>%d</guid></item>" % n for n in range(5000)) + b"</rss>", URL)) == 2000
    )
