"""Entering a mailbox: whose it is, and what folders it has, in one round trip."""

from __future__ import annotations

from contextlib import suppress
from typing import Final

from connectors.errors import AuthNeeded, NotFound, Refused, Unavailable
from connectors.outlook.answers import Json, text
from connectors.outlook.batches import Part
from connectors.outlook.folders import Folders, find_folders, folder_parts
from connectors.outlook.service import Service, with_query

__all__ = ["enter"]

_DOING: Final = "asking whose mailbox it is"
_ME: Final = with_query("/me", {"$select": "id,mail,userPrincipalName"})


def enter(service: Service) -> tuple[str, Folders]:
    """Return what the mailbox is called in cursors, and its folders.

    Raises AuthNeeded when the sign-in is not of the address that is meant, and from the tree in `connectors.errors`.
    """
    me, *answers = service.batch([Part("GET", _ME), *folder_parts()], doing=_DOING)
    who = service.value(me, _DOING)
    known = text(who, "id")
    if not known:
        raise Unavailable("Outlook does not say whose mailbox this is; it is asked again.")
    settings = service.settings
    if not _is_of(who, settings.address) and not _has_alias(service, settings.address):
        address = text(who, "mail") or text(who, "userPrincipalName") or "another account"
        raise AuthNeeded(
            f"The sign-in is of {address}, but this account is {settings.address}: {settings.renew} and choose "
            f"{settings.address} there, or set `username` to {address}."
        )
    return settings.mailbox.lower() or known, find_folders(service, answers)


def _is_of(who: Json, address: str) -> bool:
    """Say whether an address is one by which the service calls who signed in."""
    return address.strip().lower() in {text(who, "mail").lower(), text(who, "userPrincipalName").lower()}


def _has_alias(service: Service, address: str) -> bool:
    """Say whether an address is another one of who signed in; where the service does not tell aliases, it is not."""
    with suppress(NotFound, Refused, AuthNeeded):
        found = service.get("/me", query={"$select": "proxyAddresses"}, doing=_DOING).get("proxyAddresses")
        aliases = [one for one in found if isinstance(one, str)] if isinstance(found, list) else []
        return any(one.lower() == f"smtp:{address.strip().lower()}" for one in aliases)
    return False
