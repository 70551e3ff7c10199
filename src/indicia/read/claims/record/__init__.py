"""From a found claim to its record."""
