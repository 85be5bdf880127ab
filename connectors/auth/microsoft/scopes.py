"""Rights at Microsoft Graph, and which of them are needed.

https://learn.microsoft.com/graph/permissions-reference. Nothing here can send: that would take Mail.Send.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

__all__ = ["graph_scopes", "missing_scopes"]

_CLOUDS: Final = frozenset(
    {
        "https://graph.microsoft.com",
        "https://graph.microsoft.us",
        "https://dod-graph.microsoft.us",
        "https://microsoftgraph.chinacloudapi.cn",
    }
)
"""https://learn.microsoft.com/graph/deployments: a right is known there by the name of its own service."""


def graph_scopes(endpoint: str, *, shared: bool, colors: bool) -> tuple[str, ...]:
    """Return the smallest rights for reading mail and writing drafts; msal adds offline_access.

    `endpoint` is where Graph is (scheme, host and port): at one of Microsoft's clouds a right is named after it. Elsewhere it is
    named alone, which means the Graph of the place where one signs in
    (https://learn.microsoft.com/entra/identity-platform/scopes-oidc). A mailbox of others takes Mail.ReadWrite.Shared, which
    holds the user's own too; colours of categories stand in the mailbox's settings.
    """
    names = ["User.Read", "Mail.ReadWrite.Shared" if shared else "Mail.ReadWrite"]
    if colors:
        names.append("MailboxSettings.ReadWrite")
    return tuple(f"{endpoint}/{name}" for name in names) if endpoint in _CLOUDS else tuple(names)


def missing_scopes(granted: Iterable[str], wanted: Iterable[str]) -> tuple[str, ...]:
    """Return the bare names of those in `wanted` that `granted` does not cover; either may name its service or not."""
    has = {_name(scope).lower() for scope in granted}
    if "mail.readwrite.shared" in has:
        has.add("mail.readwrite")
    return tuple(name for scope in wanted if (name := _name(scope)).lower() not in has)


def _name(scope: str) -> str:
    return scope.rpartition("/")[2]
