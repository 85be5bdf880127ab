"""The `holidays` library with only the countries that are asked for.

Its package `holidays.countries` imports all of some 250 countries, which costs the daemon 10 MB and a tenth of a second for the
one it needs. The library itself asks for them by module (`holidays.countries.germany`), so an empty package of that name, put
in place before, makes it read that one alone.
"""

from __future__ import annotations

import sys
from pathlib import Path
from threading import Lock
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from holidays import HolidayBase

__all__ = ["country_holidays"]

_PACKAGE = "holidays.countries"
_LOCK = Lock()


def country_holidays(country: str, subdivision: str | None) -> HolidayBase:
    """Return the public holidays of a country (ISO 3166-1 alpha-2). Raises NotImplementedError where none are known."""
    import holidays  # noqa: PLC0415 - heavy, and most commands never need it

    with _LOCK:
        if _PACKAGE not in sys.modules:
            package = ModuleType(_PACKAGE)
            package.__path__ = [str(Path(holidays.__path__[0]) / "countries")]
            sys.modules[_PACKAGE] = package
    return holidays.country_holidays(country, subdiv=subdivision)
