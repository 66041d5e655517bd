"""Loader: journal bytes in, rows of the lake out, exactly once."""
