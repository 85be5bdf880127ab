"""The well-known names of folders, for mailboxes that do not say themselves what a folder is for (RFC 6154)."""

from __future__ import annotations

import binascii
import re
import tomllib
import unicodedata
from functools import cache
from importlib.resources import files

from rules.mail import Role

__all__ = ["decoded", "known_role", "plain"]

_SHIFTED = re.compile(r"&([A-Za-z0-9+,]*)-")


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


def decoded(name: str) -> str:
    """Decode modified UTF-7 (RFC 9051, section 5.1).

    A name that is none (UTF-8, a lone ampersand) stays as it is, fit to be shown.
    """

    def decode(match: re.Match[str]) -> str:
        if not match[1]:
            return "&"
        data = match[1].replace(",", "/")
        return binascii.a2b_base64(data + "=" * (-len(data) % 4)).decode("utf-16-be")

    try:
        if name.isascii():
            return _SHIFTED.sub(decode, name)
        return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    except ValueError:
        return name
