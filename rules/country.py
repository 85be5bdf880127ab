"""In which country a recipient's public holidays are to be looked up (D20)."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources

__all__ = ["country_of_domain", "country_of_zone", "recipient_country", "region_of_zone"]

_SOLD = "ac ad ag ai am as bz cc cd cm co dj fm gg gl ht im io is la li ly md me ms mu nu pw sc sh so sr st su tk to tv vc vg ws"
_GENERIC = frozenset(_SOLD.split())
"""Country-code domains that are sold to everybody: they say nothing of where a company sits."""


_REGIONS = {
    "AU-ACT": "Australia/ACT Australia/Canberra",
    "AU-NSW": "Australia/Sydney Australia/NSW Australia/Broken_Hill Australia/Yancowinna Australia/Lord_Howe Australia/LHI",
    "AU-NT": "Australia/Darwin Australia/North",
    "AU-QLD": "Australia/Brisbane Australia/Queensland Australia/Lindeman",
    "AU-SA": "Australia/Adelaide Australia/South",
    "AU-TAS": "Australia/Hobart Australia/Tasmania Australia/Currie",
    "AU-VIC": "Australia/Melbourne Australia/Victoria",
    "AU-WA": "Australia/Perth Australia/West Australia/Eucla",
    "CA-AB": "America/Edmonton",
    "CA-BC": "America/Vancouver Canada/Pacific America/Dawson_Creek America/Fort_Nelson",
    "CA-MB": "America/Winnipeg Canada/Central",
    "CA-NB": "America/Moncton",
    "CA-NL": "America/St_Johns Canada/Newfoundland America/Goose_Bay",
    "CA-NS": "America/Halifax America/Glace_Bay",
    "CA-SK": "America/Regina Canada/Saskatchewan America/Swift_Current",
    "CA-YT": "America/Whitehorse America/Dawson Canada/Yukon",
    "ES-CE": "Africa/Ceuta",
    "ES-CN": "Atlantic/Canary",
    "GB-NIR": "Europe/Belfast",
    "NZ-CIT": "Pacific/Chatham NZ-CHAT",
    "PT-20": "Atlantic/Azores",
    "PT-30": "Atlantic/Madeira",
    "US-AK": "America/Anchorage America/Juneau America/Sitka America/Nome America/Yakutat America/Metlakatla US/Alaska",
    "US-AZ": "America/Phoenix US/Arizona",
    "US-HI": "Pacific/Honolulu US/Hawaii",
}
"""Regions with days off of their own, and the zones that lie in one of them alone, older names included."""
_REGION_OF = {zone: region for region, zones in _REGIONS.items() for zone in zones.split()}


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


def region_of_zone(zone: str) -> str:
    """Return `AU-QLD` for an IANA zone that lies within one region whose days off differ, else ''."""
    return _REGION_OF.get(zone, "")


def country_of_domain(domain: str) -> str:
    """Return the ISO 3166-1 code that a domain's ccTLD stands for, or '' for generic domains."""
    last = domain.rpartition(".")[2].lower()
    if last in _GENERIC:
        return ""
    code = "GB" if last == "uk" else last.upper()
    return code if code in set(_zones().values()) else ""


def recipient_country(by_hand: str, domain: str, zone: str, user: str, user_zone: str) -> str:
    """Return whose holidays count (D20): set by hand, else of the domain, else of the zone, else the user's.

    The region is the one of the recipient's zone, where that lies within one; else a recipient in the user's own country gets
    the user's: a neighbour's day off is no day for a letter.
    """
    own = user or region_of_zone(user_zone) or country_of_zone(user_zone)
    found = by_hand or country_of_domain(domain) or country_of_zone(zone) or own
    region = region_of_zone(zone)
    if region.partition("-")[0] == found:
        return region
    return own if own.partition("-")[0] == found else found
