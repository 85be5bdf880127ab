"""Reading one country gives what the whole library gives."""

from __future__ import annotations

import subprocess
import sys

import pytest

from rules.holiday_library import country_holidays

_WHOLE = (
    "import holidays, holidays.countries as c; print(sorted(holidays.country_holidays({code!r}, subdiv={part!r}, years=2026)))"
)
_ONE = "from rules.holiday_library import country_holidays as h; b = h({code!r}, {part!r}); b.get('2026-01-01'); print(sorted(b))"


def _printed(program: str) -> str:
    return subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout


@pytest.mark.parametrize(("code", "part"), [("DE", "BY"), ("US", None), ("GB", "ENG"), ("AX", None), ("IN", None), ("TR", None)])
def test_one_country_read_alone_has_the_same_days(code: str, part: str | None) -> None:
    one = _printed(_ONE.format(code=code, part=part))

    assert one == _printed(_WHOLE.format(code=code, part=part))
    assert "2026" in one


def test_the_other_countries_stay_unread() -> None:
    program = _ONE.format(code="DE", part=None) + "; import sys; print('holidays.countries.france' in sys.modules)"

    assert _printed(program).endswith("False\n")


def test_calendars_that_a_country_does_not_use_stay_unread() -> None:
    asked = "; import sys; print([f'holidays.{name}' in sys.modules for name in ('calendars.islamic', 'groups.hindu')])"

    assert _printed(_ONE.format(code="DE", part=None) + asked).endswith("[False, False]\n")
    assert _printed(_ONE.format(code="IN", part=None) + asked).endswith("[True, True]\n")


def test_a_name_that_no_calendar_has_cannot_be_imported() -> None:
    program = (
        _ONE.format(code="DE", part=None) + "\ntry: from holidays.groups import Nobodys\nexcept ImportError: print('refused')"
    )

    assert _printed(program).endswith("refused\n")


def test_an_unknown_country_is_said_to_be() -> None:
    with pytest.raises(NotImplementedError):
        country_holidays("XX", None)
