"""The well-known names of folders, for mailboxes that do not say themselves what a folder is for (RFC 6154)."""

from __future__ import annotations

import tomllib
import unicodedata
from functools import cache
from importlib.resources import files

from rules.mail import Role

__all__ = ["known_role", "plain"]


def plain(name: str) -> str:
    """Return the form in which names are compared: composed (NFC), case folded, white space collapsed."""
    return " ".join(unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold()).split())


@cache
def _table() -> dict[str, Role]:
    text = files("connectors").joinpath("folder_names.toml").read_text(encoding="utf-8")
    return {
        plain(name): Role(role)
        for role, languages in tomllib.loads(text).items()
        for names in languages.values()
        for name in names
    }


def known_role(name: str) -> Role | None:
    """Return what a folder of this name is for, in any of the languages of `folder_names.toml`; None: not a known name.

    `name` is one level of the hierarchy, decoded.
    """
    return _table().get(plain(name))
