"""What the endpoints of a sign-in may answer beside the usual: how long to wait, what time it is, and whom to trust."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from connectors.auth.asking import ServerClock, patience
from connectors.auth.microsoft.transport import Transport
from connectors.errors import Misconfigured, Unavailable
from tests.servers.microsoft import MicrosoftSignIn
from tests.servers.sign_in import Answer

NOW = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
DATE = "Mon, 02 Mar 2026 08:30:00 GMT"


@pytest.mark.parametrize(
    ("told", "date", "seconds"),
    [
        ("120", DATE, 120),
        ("99999999999999999999", DATE, 3600),
        ("Mon, 02 Mar 2026 08:32:30 GMT", DATE, 150),
        ("Mon, 02 Mar 2026 08:29:00 GMT", DATE, 1),
        ("Sat, 02 Mar 2126 08:30:00 GMT", DATE, 3600),
        ("Mon, 02 Mar 2026 08:32:30 GMT", "", 7),
        ("Mon, 02 Mar 2026 08:32:30 GMT", "yesterday", 7),
        ("soon", DATE, 7),
        ("-5", DATE, 7),
        ("", DATE, 7),
    ],
)
def test_a_server_may_say_how_long_to_wait_in_seconds_or_by_its_own_clock(told: str, date: str, seconds: float) -> None:
    assert patience({"Retry-After": told, "Date": date}, 7) == seconds


@pytest.mark.parametrize(
    "date",
    [
        "Fri, 31 Dec 9999 23:59:59 -1200",
        "Mon, 1 Jan 99999999999999999999 00:00:00 GMT",
        "Mon, 1 Jan 2026 00:00:00 +99999999999999999999",
        "Mon, 1 Jan 2026 00:00:00",
        "",
    ],
)
def test_a_date_that_no_calendar_has_says_nothing_of_the_clock(date: str) -> None:
    clock = ServerClock(lambda: NOW)
    clock.note({"Date": date})

    assert clock.skew == timedelta(0)
    assert patience({"Retry-After": date, "Date": DATE}, 7) == patience({"Retry-After": DATE, "Date": date}, 7) == 7


def test_an_answer_with_nothing_in_it_is_none(microsoft: MicrosoftSignIn, caplog: pytest.LogCaptureFixture) -> None:
    microsoft.faults["token"] = Answer(200, "")

    with pytest.raises(Unavailable, match="nothing at all"):
        Transport(lambda: NOW, 10).post(f"{microsoft.url}/common/oauth2/v2.0/token", data={})
    assert caplog.text == ""


def test_the_authorities_are_read_once_and_not_at_each_connection(
    microsoft: MicrosoftSignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[object] = []
    really = ssl.SSLContext.load_verify_locations

    def load(self: ssl.SSLContext, cafile: Any = None, capath: Any = None, cadata: Any = None) -> None:
        read.append(cafile)
        really(self, cafile, capath, cadata)

    line = Transport(lambda: NOW, 10)
    monkeypatch.setattr(ssl.SSLContext, "load_verify_locations", load)
    for _ in range(3):
        line.get(f"{microsoft.url}/common/v2.0/.well-known/openid-configuration")

    assert len(read) == len(set(read)) <= 2


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"])
def test_either_variable_names_an_authority_to_trust_and_without_one_nobody_is_told_a_thing(
    microsoft: MicrosoftSignIn, localhost: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    where = f"{microsoft.url}/common/v2.0/.well-known/openid-configuration"
    with pytest.raises(Misconfigured, match="cannot be trusted"):
        Transport(lambda: NOW, 10).get(where)
    assert microsoft.paths == []

    monkeypatch.setenv(variable, str(localhost))
    assert Transport(lambda: NOW, 10).get(where).status_code == 200
