"""The public half of hetk: batches over HTTP in, journal segments on disk out."""

__version__ = "0.1.0"
