"""Intent: text and events in, evidence for know, go, do and buy out; pure, no I/O but its data files."""
