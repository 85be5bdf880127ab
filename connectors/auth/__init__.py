"""Signing in where a password will not do: what providers of mailboxes want instead, one package each."""
