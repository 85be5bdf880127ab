"""Checks on a finished draft, our own or one that the user has edited. Pure; each finding says where and what to do.

Not imported eagerly: `rules.lint.sentences`, `rules.lint.placeholders` and `rules.lint.phrases` stand for themselves.
"""
