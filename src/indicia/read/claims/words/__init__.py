"""The words of accusing and how surely they are said: sentences, lexicon, firmness, grounds, dates."""
