"""Affairs: which claims are about one deed, which of them are copies, and which affair a case is mainly about.

    from indicia.affairs.main import main_affair          what a case is about, and what belongs to it
    from indicia.affairs.joining import join_affairs      all affairs of some claims: positions, changes, origins
    from indicia.affairs.origins import led_back          each claim with the first utterance that it passes on

Each is decided here and nowhere else: brief, weighing, advice, page and command line ask. Nothing depends on what a text's file
or folder is called, or on the order in which texts come.
"""

from __future__ import annotations
