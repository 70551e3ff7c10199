"""Units, noun phrases and a light grammar of a sentence."""
