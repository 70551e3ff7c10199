"""The learned parts: windows and pairs, the scorer and the judge, and their weights."""
