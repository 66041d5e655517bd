"""Replay: a file of past events in, the real protocol out: source -> mapping -> batches -> sender."""
