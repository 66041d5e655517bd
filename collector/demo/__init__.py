"""A shop that sends real events, and visitors that walk through it: served only by `serve --demo`."""
