"""Checks of single values, as annotations of the model's fields. Each gives the value back, tidied, or says what is wrong.

A ValueError's text is `REASON. REMEDY`: the reason goes on behind the value, the remedy is a sentence of its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

__all__ = [
    "NO_CLIENT_ID",
    "Between",
    "Check",
    "PathText",
    "check_address",
    "check_authority",
    "check_client_id",
    "check_country",
    "check_host",
    "check_lint_id",
    "check_one_line",
    "check_optional_address",
    "check_program",
    "check_service",
    "check_tenant",
    "check_text",
    "check_url",
    "check_variable",
    "check_zone",
    "is_microsofts_id",
    "is_named_id",
    "resolve_path",
]

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_ADDRESS = re.compile(r"[^\s@<>(),;:\"\[\]\\]+@[^\s@<>(),;:\"\[\]\\]+")
_HOST = re.compile(r"[^\s/@\[\]]+")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_COUNTRY = re.compile(r"([A-Z]{2})(?:-[A-Z0-9]{1,3})?")
_GUID = r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"
_CLIENT_ID = re.compile(rf"{_GUID}|[0-9A-Fa-f]{{16}}")
_NAMED_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
NO_CLIENT_ID = (
    "is not the id of an application",
    "Copy the 'Application (client) ID' from the overview of its registration, such as \"11112222-bbbb-3333-cccc-4444dddd5555\"",
)
"""What is wrong, and what to do."""
_TENANT = re.compile(
    rf"common|organizations|consumers|{_GUID}|(?:[a-z0-9](?:[a-z0-9-]{{0,61}}[a-z0-9])?\.)+[a-z][a-z0-9-]{{1,61}}"
)
_LONGEST = 500


@dataclass(frozen=True, slots=True)
class Check:
    """A function that returns the value, perhaps tidied, or raises ValueError."""

    function: Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Between:
    """A number from `low` to `high`, both allowed."""

    low: float
    high: float

    def function(self, value: float) -> float:
        """Return the number. Raises ValueError; not-a-number is refused."""
        if not self.low <= value <= self.high:
            raise ValueError(f"is out of range. Choose a number from {self.low:g} to {self.high:g}")
        return value


@dataclass(frozen=True, slots=True)
class PathText:
    """A path written as text: `~` is the home directory, a relative path starts at the folder of the configuration."""

    optional: bool = False
    """An empty text is None."""


def resolve_path(value: str, base: Path) -> Path:
    """Return `value` as an absolute path. Raises ValueError."""
    if not value.strip() or _CONTROL.search(value):
        raise ValueError('is empty or holds control characters. Write a path, such as "~/Maildir"')
    try:
        path = Path(value).expanduser()
    except RuntimeError:
        raise ValueError("names a home directory that is not known. Write the whole path") from None
    return base / path


def check_one_line(value: str) -> str:
    """Refuse control characters and line breaks: the value stands in header fields and signatures."""
    if _CONTROL.search(value):
        raise ValueError("holds a line break or another control character. Write it on one line")
    if len(value) > _LONGEST:
        raise ValueError(f"is longer than {_LONGEST} characters. Shorten it")
    return value.strip()


def check_text(value: str) -> str:
    """Accept one line that is not empty."""
    value = check_one_line(value)
    if not value:
        raise ValueError("is empty. Write something in it")
    return value


def check_address(value: str) -> str:
    """Accept one addr-spec (RFC 5322 section 3.4.1), lower-cased; no display name, no quoted local part."""
    value = check_one_line(value)
    if not _ADDRESS.fullmatch(value):
        raise ValueError('is not a mail address. Write it bare, such as "sam@example.com"')
    return value.lower()


def check_optional_address(value: str) -> str:
    """Accept an addr-spec, or nothing."""
    return check_address(value) if value else ""


def check_host(value: str) -> str:
    """Accept a host name or an IP address, without scheme and port."""
    value = check_one_line(value)
    colons = value.count(":")
    if not _HOST.fullmatch(value) or colons == 1:
        raise ValueError('is not a host name. Write it bare, such as "imap.example.com"; the port has its own key')
    return value.rstrip(".") if colons == 0 else value


def check_url(value: str) -> str:
    """Accept an address of https, or of http on this machine, without a slash at its end; or nothing."""
    if not value:
        return ""
    from connectors.auth.google.client import check_url as check  # noqa: PLC0415 -- only where one is given

    return check(check_one_line(value))


def check_client_id(value: str) -> str:
    """Accept the id of an application; whether Microsoft gives such ones is asked where it is Microsoft that signs in."""
    value = check_one_line(value)
    if not is_named_id(value):
        raise ValueError(f"{NO_CLIENT_ID[0]}. {NO_CLIENT_ID[1]}")
    return value.lower() if is_microsofts_id(value) else value


def is_named_id(value: str) -> bool:
    """Say whether an id can be that of an application anywhere."""
    return _NAMED_ID.fullmatch(value) is not None


def is_microsofts_id(value: str) -> bool:
    """Say whether Microsoft Entra gives such ids: a GUID, or the sixteen digits of old registrations."""
    return _CLIENT_ID.fullmatch(value) is not None


def check_tenant(value: str) -> str:
    """Accept which directory signs in: `common`, `organizations`, `consumers`, the id of a tenant, or a domain of it."""
    value = check_one_line(value).lower()
    if not _TENANT.fullmatch(value):
        raise ValueError(
            'is not a tenant. Write "common", "organizations", "consumers", the \'Directory (tenant) ID\', or a domain of it'
        )
    return value


def check_service(value: str) -> str:
    """Accept scheme, host and port of a service: https, or http on this machine."""
    from urllib.parse import urlsplit  # noqa: PLC0415 -- only where one is given

    value = check_url(value)
    if not value:
        raise ValueError("is empty. Remove the line, or write an address")
    parts = urlsplit(value)
    if parts.path:
        raise ValueError(f"says more than where the service is. Write {parts.scheme}://{parts.netloc}")
    return value.lower()


def check_authority(value: str) -> str:
    """Accept scheme, host and port of a service, which must be https: msal takes no other."""
    value = check_service(value)
    if not value.startswith("https:"):
        raise ValueError("would send secrets readable over the network. Write https")
    return value


def check_program(value: tuple[str, ...]) -> tuple[str, ...]:
    """Accept a program and its arguments, or nothing."""
    if value and not value[0].strip():
        raise ValueError('is empty. Write the program and its arguments, such as ["pass", "show", "mail"]')
    if any("\0" in argument for argument in value):
        raise ValueError("holds a NUL character. Remove it")
    return value


def check_variable(value: str) -> str:
    """Accept the name of an environment variable, not its value; or nothing."""
    if value and not _VARIABLE.fullmatch(value):
        raise ValueError('is not the name of an environment variable. Write the name only, such as "HEARBACK_PASSWORD"')
    return value


def check_lint_id(value: str) -> str:
    """Accept the id of a check on drafts, or the first part of one."""
    from rules.lint.ids import IDS, families_of_ids  # noqa: PLC0415 -- only where a check is switched off

    value = value.strip().lower()
    known = [*IDS, *families_of_ids()]
    if value in known:
        return value
    import difflib  # noqa: PLC0415 -- only when something is wrong

    near = difflib.get_close_matches(value[:60], known, n=1, cutoff=0.6)
    hint = f" Did you mean {near[0]}?" if near else ""
    raise ValueError(f"is no check.{hint} Write an id as `hearback lint` prints it, or the first part of one, such as spelling")


def check_zone(value: str) -> str:
    """Accept an IANA time zone name that this machine or the tzdata package knows, or nothing."""
    if not value:
        return ""
    from zoneinfo import ZoneInfo  # noqa: PLC0415 -- only while a file is read

    try:
        return ZoneInfo(value).key
    except (OSError, ValueError):  # ZoneInfoNotFoundError is a KeyError
        pass
    except KeyError:
        pass
    raise ValueError(f'is not an IANA time zone.{_zone_hint(value)} Write a name such as "Europe/Berlin"')


def _zone_hint(value: str) -> str:
    import difflib  # noqa: PLC0415 -- only when something is wrong
    from zoneinfo import available_timezones  # noqa: PLC0415 -- reads many files

    names = {name.lower(): name for name in available_timezones()}
    near = difflib.get_close_matches(value.replace(" ", "_").lower()[:60], names, n=1, cutoff=0.7)
    return f" Did you mean {names[near[0]]}?" if near else ""


def check_country(value: str) -> str:
    """Accept an ISO 3166-1 alpha-2 code, optionally with a subdivision of ISO 3166-2, upper-cased."""
    value = value.strip().upper()
    if not value:
        return ""
    match = _COUNTRY.fullmatch(value)
    if match is None or match[1] not in _countries():
        hint = ' The United Kingdom is "GB".' if value.startswith("UK") else ""
        raise ValueError(f'is not a country code of ISO 3166.{hint} Write two letters, or a state too, such as "US-CA"')
    return value


@cache
def _countries() -> frozenset[str]:
    """Return the codes of ISO 3166-1, from the tz database."""
    text = files("tzdata.zoneinfo").joinpath("iso3166.tab").read_text("utf-8")
    return frozenset(line[:2] for line in text.splitlines() if line and not line.startswith("#"))
