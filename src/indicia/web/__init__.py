"""The page: a case in the browser. Server-rendered, works without JavaScript, listens on this machine alone.

guard/    hosts, tokens, limits, headers         cases/   the cases of a folder, work in the background, what pages read
shown/    pages and their JSON twins, drawings   pages/   one module each         actions/  what a person does
taxii/    the TAXII server                       app      routes and the application
templates/, static/                              what they look like
"""

from __future__ import annotations

from indicia.web.app import create_app, create_open_app

__all__ = ["create_app", "create_open_app"]
