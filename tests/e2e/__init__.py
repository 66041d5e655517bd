"""Tests: real processes, real files."""
