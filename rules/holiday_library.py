"""The `holidays` library with only the countries and calendars that are asked for.

Its package `holidays.countries` imports all of some 250 countries, which costs the daemon 10 MB and a tenth of a second for the
one it needs; `holidays.calendars` and `holidays.groups` import the lunar calendars of all religions, another 3 MB. The library
itself asks for countries by module (`holidays.countries.germany`), and these ask for calendars by name, so packages that read a
module when it is asked for, put in place before, make it read only what one country needs.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from holidays import HolidayBase

__all__ = ["country_holidays"]

_LIBRARY = "holidays"
_PACKAGES = ("calendars", "groups", "countries")
_LOCK = Lock()


def country_holidays(country: str, subdivision: str | None) -> HolidayBase:
    """Return the public holidays of a country (ISO 3166-1 alpha-2). Raises NotImplementedError where none are known."""
    with _LOCK:
        if _LIBRARY not in sys.modules:
            _put_packages()
        import holidays  # noqa: PLC0415 - heavy, and most commands never need it

    return holidays.country_holidays(country, subdiv=subdivision)


def _put_packages() -> None:
    spec = find_spec(_LIBRARY)
    for folder in spec.submodule_search_locations or () if spec else ():
        for name in _PACKAGES:
            package = ModuleType(f"{_LIBRARY}.{name}")
            package.__path__ = [str(Path(folder) / name)]
            package.__dict__["__getattr__"] = _finder(package.__name__, Path(folder) / name / "__init__.py")
            sys.modules[package.__name__] = package


def _finder(package: str, source: Path) -> Callable[[str], Any]:
    """Return how a package that only passes on what its modules hold finds a name: its source says in which one (PEP 562)."""
    homes: dict[str, str] = {}

    def find(name: str) -> Any:
        if not homes:
            for line in ast.parse(source.read_bytes()).body:
                if isinstance(line, ast.ImportFrom) and line.module:
                    homes.update((alias.asname or alias.name, line.module) for alias in line.names)
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(import_module(homes[name]), name)

    return find
