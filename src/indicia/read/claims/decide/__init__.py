"""Which claims stand."""
