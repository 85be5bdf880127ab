"""When a message came in, by what its file says of itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.maildir.names import arrival, flags, is_synchronised, key
from connectors.maildir.reading import received_at
from rules.mail import Role

ARRIVED = datetime(2025, 3, 4, 9, 0, tzinfo=UTC)
STAMP = int(ARRIVED.timestamp())
LATER = STAMP + 90 * 86_400
WRITTEN = b"Date: Mon, 03 Mar 2025 08:00:00 +0000\n"
RECEIVED = (
    b"Received: from mx.example (mx.example [192.0.2.1])\n\tby in.example (Postfix) with ESMTPS id 1;\n"
    b"\tTue, 04 Mar 2025 10:00:00 +0100\n"
)
FORGED = b"Received: by elsewhere.example; Wed, 01 Jan 2020 00:00:00 +0000\n"


@pytest.mark.parametrize(
    ("name", "header", "modified", "role", "expected"),
    [
        pytest.param(f"{STAMP}.M1P2.host:2,S", WRITTEN, LATER, Role.INBOX, ARRIVED, id="by its name"),
        pytest.param(
            f"{STAMP + 60}.M1P2.host", RECEIVED, LATER, Role.INBOX, ARRIVED + timedelta(minutes=1), id="name and field agree"
        ),
        pytest.param(f"{LATER}.R1.host:2,S", RECEIVED + FORGED, LATER, Role.ARCHIVE, ARRIVED, id="copied later by a client"),
        pytest.param(f"{LATER}.1_1.host,U=7:2,S", RECEIVED, LATER, Role.INBOX, ARRIVED, id="synchronised later"),
        pytest.param(
            f"{LATER}.1_1.host,U=7:2,S", WRITTEN, STAMP, Role.INBOX, ARRIVED, id="synchronised with the file's time set"
        ),
        pytest.param(
            f"{LATER}.1_1.host,U=7", WRITTEN, LATER, Role.SENT, datetime(2025, 3, 3, 8, tzinfo=UTC), id="sent, synchronised later"
        ),
        pytest.param(
            f"{LATER}.1_1.host,U=7",
            WRITTEN,
            LATER,
            Role.INBOX,
            datetime.fromtimestamp(LATER, UTC),
            id="a sender's date is no proof",
        ),
        pytest.param("msg.1", RECEIVED, LATER, Role.INBOX, ARRIVED, id="a name without a time"),
        pytest.param("msg.1", WRITTEN, STAMP, Role.INBOX, ARRIVED, id="neither name nor field"),
        pytest.param("12345678.x.host", RECEIVED, LATER, Role.INBOX, ARRIVED, id="a number that is no time"),
        pytest.param("99999999999.x.host", RECEIVED, LATER, Role.INBOX, ARRIVED, id="a time beyond reason"),
        pytest.param(
            f"{STAMP}.x", b"Received: by host; nonsense\n", LATER, Role.INBOX, ARRIVED, id="a field that cannot be read"
        ),
    ],
)
def test_the_time_of_arrival(name: str, header: bytes, modified: float, role: Role, expected: datetime) -> None:
    assert received_at(name, header, modified, role) == expected


@given(st.text(), st.binary(max_size=300), st.floats(), st.sampled_from(Role))
def test_any_name_header_and_time_give_an_aware_instant(name: str, header: bytes, modified: float, role: Role) -> None:
    assert received_at(name, b"Received:" + header, modified, role).utcoffset() is not None


def test_a_header_of_nothing_but_received_fields_is_read_in_no_time() -> None:
    assert received_at("x", b"Received:" + b"\n " * 100_000 + b"\nReceived: a\n" * 10_000, 0.0, Role.INBOX).year == 1970


@pytest.mark.parametrize(
    ("name", "kept", "letters"),
    [
        ("1.a.host:2,DS", "1.a.host", "DS"),
        ("1.a.host", "1.a.host", ""),
        ("1.a.host,S=12,W=13:2,", "1.a.host", ""),
        ("1.a.host,U=9:2,FS", "1.a.host", "FS"),
        ("1.a.host:1,X", "1.a.host", ""),
        ("1.a.host:2,S,extra", "1.a.host", "S,extra"),
    ],
)
def test_the_key_of_a_message_stays_while_flags_and_notes_change(name: str, kept: str, letters: str) -> None:
    assert (key(name), flags(name)) == (kept, letters)


def test_a_uid_in_the_name_tells_of_a_synchroniser() -> None:
    assert is_synchronised("1.a.host,U=9:2,S")
    assert not is_synchronised("1.a.host:2,U=9")
    assert arrival("1741078800.a") == ARRIVED
