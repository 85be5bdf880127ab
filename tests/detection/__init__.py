"""Measures how well mail is read: kinds, fields, speed. `make bench-detection`."""
