"""Names in text: who is spoken of, according to whom they are called that, and what is left open.

lexicon     every known name in the ways in which texts write it      context     words beside a name that tell what it names
patterned   clusters that their trackers number or name by a scheme    introduced  names that a sentence introduces
unseen      both of these, joined to what is known                     find        the pass, and how readings are chosen
"""

from __future__ import annotations

from indicia.read.names.find import find_names

__all__ = ["find_names"]
