"""Pictures that lead somewhere: every mark is a link to its record or a narrower view, and says what it is."""
