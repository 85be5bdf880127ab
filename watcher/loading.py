"""Importing what connectors are made of before there are threads.

They import their libraries when a mailbox is opened, so that nobody else pays for them. Where two threads do so at once, and one
begins at a package and the other at a part of it, each holds what the other waits for; Python then lets one of them see half a
module rather than wait for ever (`importlib._bootstrap._ModuleLock`): an ImportError, from a library that is sound.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib import import_module
from typing import Final

from watcher.config import Account, ImapAccount

__all__ = ["load_libraries"]

_GOOGLE: Final = ("connectors.auth.google.credentials", "connectors.auth.google.transport")
_OF_KIND: Final[Mapping[str, tuple[str, ...]]] = {
    "gmail": (
        "connectors.gmail.transport", "connectors.gmail.connector", "google_auth_httplib2", "googleapiclient.discovery",
        "googleapiclient.discovery_cache", "googleapiclient.errors", "tenacity", *_GOOGLE,
    ),
    "outlook": (
        "connectors.outlook.transport", "connectors.outlook.connector", "connectors.auth.microsoft.renewing",
        "httpcore", "selectolax.lexbor", "tenacity",
    ),
    "imap": ("connectors.imap",),
    "maildir": ("connectors.maildir",),
}  # fmt: skip


def load_libraries(accounts: Iterable[Account]) -> None:
    """Import all that the connectors of these accounts import when they are opened."""
    for account in accounts:
        signs_in = isinstance(account, ImapAccount) and account.google_client_file is not None
        for name in (*_OF_KIND[account.kind], *(_GOOGLE if signs_in else ())):
            import_module(name)
