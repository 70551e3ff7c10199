"""Rules: draft claims of a sentence, each by a rule with a name."""
