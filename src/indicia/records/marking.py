"""Traffic Light Protocol 2.0 (FIRST): who may see a thing. The strictest marking of the parts marks the whole.

What bears no marking is unmarked: `None`, which is no label and least of all CLEAR. As what it counts when it leaves is a
setting of the case (`Case.unmarked`), asked in one place (`Case.counts_as`).
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

__all__ = ["STIX_MARKINGS", "TLP_IDS", "UNMARKED", "Tlp", "shown_marking"]


class Tlp(StrEnum):
    """TLP 2.0 labels, ordered from the widest audience to the narrowest. TLP 1's WHITE reads as CLEAR.

    >>> Tlp.read("tlp:white"), Tlp.strictest([Tlp.GREEN, Tlp.AMBER_STRICT]), str(Tlp.RED.label)
    (<Tlp.CLEAR: 'clear'>, <Tlp.AMBER_STRICT: 'amber+strict'>, 'TLP:RED')
    """

    CLEAR = "clear"
    GREEN = "green"
    AMBER = "amber"
    AMBER_STRICT = "amber+strict"
    RED = "red"

    @property
    def rank(self) -> int:
        """0 (CLEAR) to 4 (RED)."""
        return _RANKS[self]

    @property
    def label(self) -> str:
        """As printed on a document: capitals, no blank."""
        return f"TLP:{self.value.upper()}"

    @classmethod
    def read(cls, text: str) -> Tlp:
        """The marking that `text` names, however it is written. Raises: ValueError with the known labels."""
        word = text.strip().lower().removeprefix("tlp:").strip().replace(" ", "").replace("_", "+")
        if word == "white":
            return cls.CLEAR
        try:
            return cls(word)
        except ValueError:
            known = ", ".join(tlp.label for tlp in cls)
            raise ValueError(f"no TLP marking {text!r}; the labels are {known}") from None

    @classmethod
    def strictest(cls, markings: Iterable[Tlp]) -> Tlp:
        """The narrowest of the markings; CLEAR when there is none."""
        return max(markings, key=lambda tlp: tlp.rank, default=cls.CLEAR)

    @classmethod
    def joined(cls, markings: Iterable[Tlp | None]) -> Tlp | None:
        """The narrowest of what is marked; None when nothing is.

        >>> Tlp.joined([None, Tlp.GREEN, Tlp.CLEAR]), Tlp.joined([None])
        (<Tlp.GREEN: 'green'>, None)
        """
        return max((tlp for tlp in markings if tlp is not None), key=lambda tlp: tlp.rank, default=None)


_RANKS = {tlp: rank for rank, tlp in enumerate(Tlp)}
UNMARKED = Tlp.AMBER  # as what texts without a marking count when they leave, unless the user says otherwise


def shown_marking(marking: Tlp | None) -> str:
    """The label, or the word for what bears none."""
    return "unmarked" if marking is None else marking.label


# FIRST and OASIS: the STIX marking definitions of TLP 2.0. Mistyped variants are in circulation; a test holds these.
TLP_IDS = {
    Tlp.CLEAR: "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487",
    Tlp.GREEN: "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
    Tlp.AMBER: "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421",
    Tlp.AMBER_STRICT: "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003",
    Tlp.RED: "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1",
}
# The same, those of TLP 1 (STIX 2.1, section 7.2.1.4), and what OpenCTI calls AMBER+STRICT, which TLP 1 had not, by id.
STIX_MARKINGS = {id: tlp for tlp, id in TLP_IDS.items()} | {
    "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9": Tlp.CLEAR,
    "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da": Tlp.GREEN,
    "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82": Tlp.AMBER,
    "marking-definition--826578e1-40ad-459f-bc73-ede076f81f37": Tlp.AMBER_STRICT,
    "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed": Tlp.RED,
}
