"""Phrase and sender lists as data files, and the small language they are written in."""
