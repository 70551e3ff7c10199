"""Pictures drawn by us from the records, as SVG: no script, no style of their own, text escaped, the same bytes every time."""
