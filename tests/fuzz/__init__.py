"""Hostile mail: whatever the bytes, nothing is raised, nothing runs away, and the rest goes on."""
