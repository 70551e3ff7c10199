"""Random events and conditions, small enough that they often meet."""

from __future__ import annotations

from hypothesis import strategies as st

from indicia.hunt.rules.ir import And, How, Node, Not, Or, Same, Test, Wild, fold

FIELDS = ("Image", "CommandLine", "EventID", "Channel", "c-ip", "Time")
# Few letters, so that texts hold one another; separators, wildcards, quotes, case beyond ASCII, control characters.
ALPHABET = "aAbB.\\/*?\"' \n\x01éÉßİKk1"
words = st.text(ALPHABET, max_size=6)
numbers = st.sampled_from(["0", "1", "12", "4624", "0x1F", "-3", "1e3", "seven", " 5 "])
addresses = st.sampled_from(
    ["198.51.100.7", "203.0.113.9", "::1", "2001:db8::5", "::ffff:198.51.100.7", "localhost", "198.51.100"]
)
times = st.sampled_from(["2021-03-03T06:50:08", "2021-03-03 23:59:59Z", "yesterday", "2020-12-28T00:00:00+02:00"])
values = st.one_of(words, words, numbers, addresses, times, st.just(""))
events = st.dictionaries(st.sampled_from(FIELDS), values, max_size=len(FIELDS))

PATTERNS = (
    "a+b",
    "^a",
    "b$",
    r"\w+\s\w",
    r"(?:aa|bb)\.",
    "[^a]{3,}",
    r"\\a",
    "A",
    "ab?a",
    r"1\d*",
    "(?i)AB",
    r"a.b",
    r"\ba\b",
    "é",
    "k",
    r".{4}",
    r"(a)(?=b)",
)


@st.composite
def parts(draw: st.DrawFn) -> tuple[str | int, ...]:
    """Literals and wildcards, at least one of each."""
    found: list[str | int] = []
    for _ in range(draw(st.integers(1, 3))):
        text = fold(draw(st.text("abAB./ 1é", min_size=1, max_size=4)))
        found += [text, int(draw(st.sampled_from([Wild.MANY, Wild.ONE])))]
    return tuple(found[: draw(st.integers(2, len(found)))])


@st.composite
def tests(draw: st.DrawFn) -> Test:
    """One test of any kind."""
    field = draw(st.sampled_from((*FIELDS, "")))
    how = draw(st.sampled_from(list(How)))
    if how is How.REGEX:
        return Test(field, how, draw(st.sampled_from(PATTERNS)), flags=draw(st.sampled_from(["", "i", "im", "s"])))
    if how is How.WILD:
        return Test(field, how, parts=draw(parts()))
    if how is How.CIDR:
        return Test(field, how, draw(st.sampled_from(["198.51.100.0/24", "2001:db8::/32", "0.0.0.0/0"])))
    if how is How.TIME_PART:
        return Test(
            field, how, draw(st.sampled_from(["6", "23", "53", "2021"])), flags=draw(st.sampled_from(["hour", "week", "year"]))
        )
    if how in (How.LESS, How.AT_MOST, How.GREATER, How.AT_LEAST):
        return Test(field, how, draw(st.sampled_from(["0", "12", "31", "1000"])))
    if how in (How.NULL, How.EXISTS):
        return Test(field, how)
    cased = draw(st.booleans())
    text = draw(st.text(ALPHABET, min_size=1, max_size=4))
    return Test(field, how, text if cased else fold(text), cased)


sames = st.builds(
    Same, st.sampled_from(FIELDS), st.sampled_from(FIELDS), st.sampled_from([How.EQUALS, How.STARTS, How.ENDS, How.CONTAINS])
)
conditions: st.SearchStrategy[Node] = st.recursive(
    st.one_of(tests(), tests(), sames),
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(And, st.lists(inner, max_size=3).map(tuple)),
        st.builds(Or, st.lists(inner, max_size=3).map(tuple)),
    ),
    max_leaves=8,
)
