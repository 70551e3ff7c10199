"""Forms of Windows events: which fields the records of a template have, and in which of its holes each stands.

A form holds good only where the plain reading (the evtx library's JSON, flattened) gives the same fields in the same order;
what could give others is told as `UnfitError`.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable
from typing import NamedTuple

import numpy as np

from indicia.hunt.formats.binxml import (
    IDENTIFIER,
    STRING,
    STRINGS,
    TIME,
    VALUES,
    Content,
    Element,
    Hole,
    Template,
    UnfitError,
    parse_template,
)
from indicia.hunt.rules.names import field_key

__all__ = ["EMBEDDED", "GUARDS", "Field", "Form", "Instance", "Layout", "Library", "form_of"]

GUARDS = ("channel", "eventid", "provider_name")
EMBEDDED = 0x21  # the type of a value that is a template with values of its own
MOST_KEPT = 4_000  # templates and places of templates
_U32 = struct.Struct("<I")
# In the order in which the plain reading has them: the field, its element, and the attribute that holds it.
_SYSTEM = (
    *((name, name, "") for name in ("EventID", "Channel", "Computer", "EventRecordID", "Level", "Task", "Opcode", "Keywords")),
    ("Version", "Version", ""),
    ("Provider_Name", "Provider", "Name"),
    ("EventSourceName", "Provider", "EventSourceName"),
    ("SystemTime", "TimeCreated", "SystemTime"),
    ("UserID", "Security", "UserID"),
)
_SYSTEM_KEYS = frozenset(field_key(name) for name, _, _ in _SYSTEM)
_DEEPEST = 5  # levels of elements in data of one's own


class Layout:
    """How the values of one template lie in a record: their types, and the sizes of those that have a fixed one.

    A list of values has this layout if `descriptors & mask == expected`: each a number of 32 bits, the size and then the type.
    """

    def __init__(self, types: bytes, sizes: tuple[int, ...]) -> None:
        self.types = types
        mask, expected = [], []
        self.fits = types.count(EMBEDDED) <= 1
        for kind, size in zip(types, sizes, strict=True):
            fixed = _fixed(kind)
            mask.append(0xFF0000 | fixed)
            expected.append(kind << 16 | size & fixed)
            if kind in VALUES:
                known = VALUES[kind][1]
                self.fits &= size in known if known else not (fixed and size % 2)
            else:
                self.fits &= kind == EMBEDDED
        self.mask, self.expected = np.array(mask, np.uint32), np.array(expected, np.uint32)
        self.embedded = types.find(EMBEDDED)
        self.delicate = [(number, kind) for number, kind in enumerate(types) if kind in (TIME, IDENTIFIER, STRINGS)]
        self.forms: dict[Layout | None, Form | None] = {}  # by the layout of the embedded template


def _fixed(kind: int) -> int:
    """Which bits of a value's size are the same in all records of a layout: all, that it is even, or none."""
    if kind in VALUES and VALUES[kind][1]:
        return 0xFFFF
    return 1 if kind in (STRING, STRINGS) else 0


class Instance:
    """A template with the layouts that its values were seen to have; no template if only the library can read it."""

    def __init__(self, template: Template | None) -> None:
        self.template = template
        self._layouts: dict[tuple[bytes, tuple[int, ...]], Layout] = {}

    def layout(self, descriptors: bytes) -> Layout:
        """The layout that these descriptors have: 4 bytes for each value."""
        types = descriptors[2::4]
        sizes = struct.unpack("<" + "Hxx" * len(types), descriptors)
        fixed = tuple(size & _fixed(kind) for kind, size in zip(types, sizes, strict=True))
        found = self._layouts.get((types, fixed))
        if found is None:
            found = self._layouts[types, fixed] = Layout(types, sizes)
        return found


class Field(NamedTuple):
    """A field and where it stands: `parts` are holes (inside of the embedded template, or not) and texts.

    More than one part make a list, one a line. An `omitted` one has no value at all where it is empty.
    """

    name: str
    parts: tuple[tuple[bool, int] | str, ...]
    omitted: bool


class Form:
    """The fields of all records of one template and one embedded in it, each with one layout."""

    def __init__(self, outer: Instance, layout: Layout, inner: Instance | None, inner_layout: Layout | None) -> None:
        if outer.template is None or (inner is not None and inner.template is None):
            raise UnfitError("a template of an unusual kind")
        root = outer.template.root
        self.types = (layout.types, inner_layout.types if inner_layout else b"")
        system, data, wraps = _parted(root)
        if inner is not None and inner.template is not None:
            if data is not None and (not wraps or data.attributes):
                raise UnfitError("data at two places")
            within = inner.template.root
            data = Element("UserData", {}, [within]) if wraps else within
        elif wraps:
            data = None
        named = list(_data_fields(data, inner is not None)) if data is not None else []
        keys = [field_key(field.name) for field in named]
        if len(set(keys)) < len(keys) or not _SYSTEM_KEYS.isdisjoint(keys):
            raise UnfitError("two fields of one name")
        self.fields = (*named, *_system_fields(system))
        for field in self.fields:
            for part in field.parts:
                if not isinstance(part, str):
                    types = self.types[part[0]]
                    if part[1] >= len(types) or types[part[1]] not in VALUES:
                        raise UnfitError("a field whose value is none")
                    if types[part[1]] == STRINGS and (field.name != "Data" or len(field.parts) > 1):
                        raise UnfitError("a list where none can stand")
        self.by_key = {field_key(field.name): field for field in self.fields}
        time = self.by_key["systemtime"].parts[0] if "systemtime" in self.by_key else ""
        if isinstance(time, str) or time[0] or layout.types[time[1]] != TIME:
            raise UnfitError("a time of an unusual kind")
        self.time = time[1]
        self.good: bool | None = None  # whether the plain reading gives the same, once that is known
        self.constants = "\n".join(part for field in self.fields for part in field.parts if isinstance(part, str))


def _parted(root: Element) -> tuple[dict[str, Element], Element | None, bool]:
    """The elements of the system part by name, the one with the data, and whether that is a template within this element.

    No element with the data if it comes with the embedded template, or if there is none.
    """
    if root.name != "Event":
        raise UnfitError("no event")
    system, data, holes = None, None, 0
    for child in root.children:
        if isinstance(child, Hole):
            holes += 1
        elif isinstance(child, str):
            raise UnfitError("text between elements")
        elif child.name == "System" and system is None:
            system = child
        elif child.name in ("EventData", "UserData") and data is None:
            data = child
        else:
            raise UnfitError(f"an element of that name: {child.name}")
    if system is None or holes + (data is not None) > 1 or system.attributes:
        raise UnfitError("an event of an unusual form")
    by_name = {element.name: element for element in system.elements()}
    if len(by_name) < len(system.children):
        raise UnfitError("a system part of an unusual form")
    wraps = data is not None and data.name == "UserData" and len(data.children) == 1 and isinstance(data.children[0], Hole)
    return by_name, data, wraps


def _system_fields(system: dict[str, Element]) -> Iterable[Field]:
    for name, element_name, attribute in _SYSTEM:
        element = system.get(element_name)
        if element is None:
            continue
        contents = element.attributes.get(attribute, ()) if attribute else element.children
        if part := _one(contents):
            yield Field(name, part, True)
        elif name == "EventID":
            raise UnfitError("no number")


def _leaves(element: Element, embedded: bool, depth: int) -> Iterable[Field]:
    """The fields of an element of data of one's own, by the innermost names. What names its kind is no field."""
    if depth > _DEEPEST or any(not name.startswith("xmlns") or len(value) > 1 for name, value in element.attributes.items()):
        raise UnfitError("data of an unusual form")
    children = list(element.elements())
    if children and len(children) == len(element.children):
        for child in children:
            yield from _leaves(child, embedded, depth + 1)
    elif element.attributes and element.children:
        raise UnfitError("a text with attributes")
    elif (part := _one(element.children, embedded)) and not element.name.startswith("xmlns"):
        yield Field(element.name, part, True)


def _data_fields(data: Element, embedded: bool) -> Iterable[Field]:
    if data.name == "UserData":
        yield from _leaves(data, embedded, 0)
        return
    if data.name != "EventData" or data.attributes:
        raise UnfitError(f"data of that name: {data.name}")
    children = list(data.elements())
    if len(children) < len(data.children):
        raise UnfitError("data of an unusual form")
    unnamed = [child for child in children if child.name == "Data" and not child.attributes]
    named = [child for child in children if child.name == "Data" and child.attributes]
    if unnamed and named:
        raise UnfitError("data with names and without")
    for child in children:
        part = _one(child.children, embedded)
        if child.name != "Data":
            if child.attributes or child.name.startswith("xmlns"):
                raise UnfitError("data of an unusual form")
            if part:
                yield Field(child.name, part, True)
        elif child.attributes:
            name = child.attributes.get("Name", ())
            if len(child.attributes) != 1 or len(name) != 1 or not isinstance(name[0], str) or not name[0]:
                raise UnfitError("data without a name")
            if name[0].startswith(("xmlns", "#")):
                raise UnfitError("data of a special name")
            yield Field(name[0], part or ("",), False)
        elif child is unnamed[0]:
            parts = (_one(each.children, embedded) or ("",) for each in unnamed)
            yield Field("Data", tuple(part for each in parts for part in each), False)


def _one(contents: Iterable[Element | Content], embedded: bool = False) -> tuple[tuple[bool, int] | str, ...]:
    """The one hole or text among the contents; nothing if there is none."""
    found: list[tuple[bool, int] | str] = []
    for content in contents:
        if isinstance(content, Element):
            raise UnfitError("elements in an element")
        found.append(content if isinstance(content, str) else (embedded, content.number))
    if len(found) > 1:
        raise UnfitError("a value of several parts")
    return tuple(found)


_UNREADABLE = Instance(None)


class Library:
    """The templates met so far, whatever chunk they stood in."""

    def __init__(self) -> None:
        self._placed: dict[tuple[int, bytes], tuple[Instance, Callable[[bytes], tuple[bytes, ...]]]] = {}
        self._sized: dict[tuple[bytes, int], list[tuple[Instance, Template]]] = {}

    def instance(self, chunk: bytes, at: int) -> Instance:
        """The template whose definition is at `at` of a chunk."""
        begin = at + 24
        head = chunk[at + 4 : begin]  # its GUID and its size
        size = int(_U32.unpack_from(head, 16)[0])
        definition = chunk[begin : begin + size]
        placed = self._placed.get((at, definition))
        if placed is not None and (placed[0].template is None or placed[1](chunk) == placed[0].template.names):
            return placed[0]
        if len(self._placed) > MOST_KEPT:
            self._placed.clear()
            self._sized.clear()
        alike = self._sized.setdefault((head, size), [])
        found = next((instance for instance, template in alike if template.is_at(chunk, begin, definition)), None)
        if found is None:
            try:
                template = parse_template(chunk, begin, begin + size)
            except UnfitError:
                return _UNREADABLE
            found = Instance(template)
            alike.append((found, template))
        assert found.template is not None
        self._placed[at, definition] = found, found.template.names_at(definition)
        return found


def form_of(outer: Instance, layout: Layout, inner: Instance | None, inner_layout: Layout | None) -> Form | None:
    """The form of records of that kind; None when only a full parser can read them."""
    if inner_layout in layout.forms:
        return layout.forms[inner_layout]
    try:
        made: Form | None = Form(outer, layout, inner, inner_layout)
    except UnfitError:
        made = None
    layout.forms[inner_layout] = made
    return made
