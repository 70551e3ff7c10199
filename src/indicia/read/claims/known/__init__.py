"""Names and incidents that are known, as the reader of claims looks them up."""
