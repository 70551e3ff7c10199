"""A TAXII 2.1 server over the same cases."""
