"""Keeping: a data directory in; a backup, the same directory again, and what is broken in it out."""
