"""Characters that a screen would obey or hide: controls, marks of direction, what has no width, tags that spell hidden text.

One table for every place where text of others is shown; how they are told apart there is that place's own.
"""

from __future__ import annotations

import re

# Unicode's Cc, Cf, Cs, Zl, Zp and Default_Ignorable_Code_Point. Left out are: tabs and line feeds; joiners (U+200C, U+200D) and
# the sixteen variation selectors, which whole scripts and emoji need; and signs of format that are seen, as Arabic has.
UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u070f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u2028-\u202e"
    "\u2060-\u206f\u2800\u3164\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\ud800-\udfff"
    "\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
