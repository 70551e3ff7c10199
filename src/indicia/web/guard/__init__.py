"""Who may ask: hosts, tokens, limits, headers."""
