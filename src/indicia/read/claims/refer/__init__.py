"""Who is meant: pronouns, issuers, ties, names."""
