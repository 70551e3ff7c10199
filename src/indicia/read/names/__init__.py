"""Names in text: who is spoken of, according to whom they are called that, and what is left open.

lexicon   every known name in the ways in which texts write it      context   words beside a name that tell what it names
unseen    numbered clusters and names that a sentence introduces    find      the pass, and how readings are chosen
"""

from __future__ import annotations

from indicia.read.names.find import find_names

__all__ = ["find_names"]
