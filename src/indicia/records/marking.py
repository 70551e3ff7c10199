"""Traffic Light Protocol 2.0 (FIRST): who may see a thing. The strictest marking of the parts marks the whole."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

__all__ = ["Tlp"]


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
        return list(Tlp).index(self)

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
