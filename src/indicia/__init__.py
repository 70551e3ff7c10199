"""Indicia: who accuses whom of a cyberattack, on what grounds, did it happen to us, and what to do."""

__version__ = "0.1.0"
