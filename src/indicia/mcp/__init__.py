"""The tools for other programs (Model Context Protocol)."""
