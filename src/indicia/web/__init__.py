"""The page: a case in the browser. Server-rendered, works without JavaScript, listens on this machine alone.

app       routes and the application    security  hosts, tokens, limits, headers    shelf   the cases of a folder
jobs      work in the background        standing  a case as people left it          render  pages and their JSON twins
pages/    one module each               templates/, static/  what they look like
"""

from __future__ import annotations

from indicia.web.app import create_app

__all__ = ["create_app"]
