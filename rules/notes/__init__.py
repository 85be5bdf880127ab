"""What the user wrote down about an interview, and the forms in which they are asked to.

Not imported eagerly: `rules.notes.types` stands for itself.
"""
