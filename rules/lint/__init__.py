"""Checks on a finished draft, our own or one that the user has edited. Pure; each finding says where and what to do.

`rules.lint.check` is the whole of it, `rules.lint.mail` takes a message apart for it. Nothing is imported eagerly: others use
`rules.lint.sentences`, `rules.lint.placeholders` and `rules.lint.phrases` for themselves, and the dictionary is 30 MB.
"""
