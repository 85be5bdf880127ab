"""In which country a recipient's public holidays are to be looked up (D20)."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources

__all__ = ["country_of_domain", "country_of_zone", "recipient_country"]

_SOLD = "ac ad ag ai am as bz cc cd cm co dj fm gg gl ht im io is la li ly md me ms mu nu pw sc sh so sr st su tk to tv vc vg ws"
_GENERIC = frozenset(_SOLD.split())
"""Country-code domains that are sold to everybody: they say nothing of where a company sits."""


@lru_cache(maxsize=1)
def _zones() -> dict[str, str]:
    """Return zone name to country, older names of the tz database included."""
    files = resources.files("tzdata") / "zoneinfo"
    countries: dict[str, str] = {}
    for line in (files / "zone.tab").read_text("utf-8").splitlines():
        if not line.startswith("#"):
            code, _, name, *_ = line.split("\t")
            countries[name] = code
    for line in (files / "tzdata.zi").read_text("utf-8").splitlines():
        if line.startswith("L "):
            _, target, name = line.split()
            if target in countries:
                countries.setdefault(name, countries[target])
    return countries


def country_of_zone(zone: str) -> str:
    """Return the ISO 3166-1 code of an IANA zone, or '' where it belongs to none (`UTC`, `Etc/GMT-2`)."""
    return _zones().get(zone, "")


def country_of_domain(domain: str) -> str:
    """Return the ISO 3166-1 code that a domain's ccTLD stands for, or '' for generic domains."""
    last = domain.rpartition(".")[2].lower()
    if last in _GENERIC:
        return ""
    code = "GB" if last == "uk" else last.upper()
    return code if code in set(_zones().values()) else ""


def recipient_country(by_hand: str, domain: str, zone: str, user: str, user_zone: str) -> str:
    """Return whose holidays count (D20): set by hand, else of the domain, else of the zone, else the user's.

    A recipient in the user's own country gets the user's subdivision too: a neighbour's day off is no day for a letter.
    """
    own = user or country_of_zone(user_zone)
    found = by_hand or country_of_domain(domain) or country_of_zone(zone) or own
    return own if own.partition("-")[0] == found else found
