"""Mail that lies still, in each of the forms in which it is found; and that nothing of it is touched."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.archive import Archive, Skipped
from connectors.errors import Misconfigured
from rules.mail import Role

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def _mail(name: str, *fields: str, date: str = "Mon, 2 Mar 2026 12:00:00 +0000", text: str = "Hello.") -> bytes:
    lines = [*fields, f"Subject: {name}", f"Message-ID: <{name}@acme.test>"]
    if date:
        lines.append(f"Date: {date}")
    if not any(field.startswith("From:") for field in fields):
        lines.append("From: Rita Chen <rita@acme.test>")
    if not any(field.startswith("To:") for field in fields):
        lines.append("To: Sam Rivers <sam@example.com>")
    return "\n".join([*lines, "", text, ""]).encode()


def _mbox(path: Path, *mails: bytes, stamp: str = "Mon Mar 02 12:00:00 +0000 2026") -> Archive:
    path.write_bytes(b"".join(f"From 17@xxx {stamp}\n".encode() + mail + b"\n" for mail in mails))
    return _scanned(path)


def _scanned(path: Path) -> Archive:
    archive = Archive(path)
    archive.scan()
    return archive


def _told(archive: Archive) -> list[tuple[str, Role]]:
    envelopes = [archive.envelope(number) for number in range(len(archive))]
    archive.close()
    return [(envelope.subject, envelope.role) for envelope in envelopes]


def _state(top: Path) -> dict[str, tuple[int, int, int, bytes]]:
    found = {}
    for path in sorted(top.rglob("*")):
        state = path.stat()
        found[str(path)] = (state.st_mode, state.st_mtime_ns, state.st_ctime_ns, path.read_bytes() if path.is_file() else b"")
    return found


# --- Takeout ----------------------------------------------------------------------------------------------------------


def test_labels_of_takeout_tell_what_a_message_is(tmp_path: Path) -> None:
    archive = _mbox(
        tmp_path / "all.mbox",
        _mail("in", "X-Gmail-Labels: Inbox,Opened,Category Personal"),
        _mail("out", "X-Gmail-Labels: Sent,Opened"),
        _mail("to-self", "X-Gmail-Labels: Inbox,Sent"),
        _mail("filed", "X-Gmail-Labels: Jobs"),
        _mail("spam", "X-Gmail-Labels: Spam,Unread"),
        _mail("bin", "X-Gmail-Labels: Trash,Inbox"),
        _mail("draft", "X-Gmail-Labels: Drafts"),
        _mail("chat", "X-Gmail-Labels: Chat"),
    )

    assert _told(archive) == [("in", Role.INBOX), ("out", Role.SENT), ("to-self", Role.SENT), ("filed", Role.INBOX)]
    assert archive.skipped == {Skipped.SPAM: 1, Skipped.TRASH: 1, Skipped.DRAFT: 1, Skipped.CHAT: 1, Skipped.UNDATED: 0}


def test_labels_are_read_in_the_user_s_language_and_encoded(tmp_path: Path) -> None:
    archive = _mbox(
        tmp_path / "Alle Nachrichten.mbox",
        _mail("out", "X-Gmail-Labels: =?UTF-8?Q?Gesendet,Ge=C3=B6ffnet?="),
        _mail("draft", "X-Gmail-Labels: =?UTF-8?Q?Entw=C3=BCrfe?="),
        _mail("bin", "X-Gmail-Labels: Papierkorb"),
    )

    assert _told(archive) == [("out", Role.SENT)]


def test_the_thread_of_the_provider_is_kept_and_quoting_undone(tmp_path: Path) -> None:
    archive = _mbox(tmp_path / "all.mbox", _mail("one", "X-GM-THRID: 1790000000000000001", text=">From the top:\nhello"))
    envelope = archive.envelope(0)

    assert envelope.thread_id == "1790000000000000001"
    assert archive.message(0, envelope).text.startswith("From the top:")
    archive.close()


# --- time -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "date", "stamp", "expected"),
    [
        (["Received: from a by b; Tue, 3 Mar 2026 08:00:00 +0100"], "Mon, 2 Mar 2026 12:00:00 +0000", "", "2026-03-03T07:00"),
        (["Received: from a by b; nonsense"], "Mon, 2 Mar 2026 12:00:00 +0000", "", "2026-03-02T12:00"),
        ([], "Mon, 2 Mar 2026 12:00:00 +0000", "Thu Mar 05 09:00:00 +0000 2026", "2026-03-02T12:00"),
        ([], "Mon, 2 Mar 2093 12:00:00 +0000", "Thu Mar 05 09:00:00 +0000 2026", "2026-03-05T09:00"),
        ([], "Thu, 1 Jan 1970 00:00:00 +0000", "Thu Mar 05 09:00:00 +0000 2026", "2026-03-05T09:00"),
        ([], "soon", "Thu Mar 05 09:00:00 +0000 2026", "2026-03-05T09:00"),
    ],
    ids=["received", "broken received", "date", "date after filing", "epoch", "filed"],
)
def test_a_message_came_when_the_best_witness_says(
    tmp_path: Path, fields: list[str], date: str, stamp: str, expected: str
) -> None:
    archive = _mbox(tmp_path / "m.mbox", _mail("one", *fields, date=date), stamp=stamp or "Mon Mar 02 12:00:00 +0000 2026")

    assert f"{archive.at(0):%Y-%m-%dT%H:%M}" == expected


def test_a_message_that_tells_no_time_comes_with_its_neighbour(tmp_path: Path) -> None:
    for name, date in (
        ("1", ""),
        ("2", "Mon, 2 Mar 2026 12:00:00 +0000"),
        ("3", "never"),
        ("4", "Tue, 3 Mar 2026 12:00:00 +0000"),
    ):
        (tmp_path / f"{name}.eml").write_bytes(_mail(name, date=date))
    archive = _scanned(tmp_path)

    assert [(archive.envelope(n).subject, archive.at(n).day) for n in range(4)] == [("1", 2), ("2", 2), ("3", 2), ("4", 3)]


def test_where_no_message_tells_its_time_none_is_played(tmp_path: Path) -> None:
    (tmp_path / "1.eml").write_bytes(_mail("1", date=""))
    archive = _scanned(tmp_path)

    assert (len(archive), archive.skipped[Skipped.UNDATED]) == (0, 1)


def test_messages_come_by_time_whatever_their_place(tmp_path: Path) -> None:
    days = (5, 3, 4, 1, 2)
    archive = _mbox(tmp_path / "m.mbox", *(_mail(f"d{day}", date=f"{day} Mar 2026 12:00:00 +0000") for day in days), stamp="")

    assert [subject for subject, _ in _told(archive)] == ["d1", "d2", "d3", "d4", "d5"]
    assert archive.count(datetime(2026, 3, 3, 11, 59, 59, tzinfo=UTC)) == 2
    assert archive.count(datetime(2026, 3, 3, 12, tzinfo=UTC)) == 3


# --- other places -----------------------------------------------------------------------------------------------------


def test_a_maildir_is_read_with_its_folders(tmp_path: Path) -> None:
    def put(folder: str, name: str, mail: bytes) -> None:
        for part in ("cur", "new", "tmp"):
            (tmp_path / folder / part).mkdir(parents=True, exist_ok=True)
        (tmp_path / folder / name).write_bytes(mail)

    stamp = int(NOON.timestamp())
    put("", f"new/{stamp}.a.host", _mail("in", date=""))
    put("", f"cur/{stamp}.b.host:2,ST", _mail("thrown away"))
    put(".Sent", f"cur/{stamp}.c.host:2,S", _mail("out"))
    put(".INBOX.Gesendet", f"cur/{stamp}.d.host:2,S", _mail("hinaus"))
    put(".Drafts", f"cur/{stamp}.e.host:2,D", _mail("draft"))
    put(".Entw&APw-rfe", f"cur/{stamp}.f.host:2,", _mail("entwurf"))
    put(".Jobs", f"cur/{stamp}.g.host:2,D", _mail("half written"))
    put(".Jobs", f"cur/{stamp}.h.host:2,S", _mail("filed"))
    (tmp_path / "tmp" / "unfinished").write_bytes(_mail("unfinished"))
    archive = _scanned(tmp_path)

    assert sorted(_told(archive)) == [
        ("filed", Role.INBOX),
        ("hinaus", Role.SENT),
        ("in", Role.INBOX),
        ("out", Role.SENT),
    ]
    assert {archive.at(n) for n in range(4)} == {NOON}
    assert (archive.skipped[Skipped.DRAFT], archive.skipped[Skipped.TRASH]) == (3, 1)


def test_a_folder_of_eml_files_is_read_at_any_depth_and_own_mail_counts_as_sent(tmp_path: Path) -> None:
    (tmp_path / "2026" / "march").mkdir(parents=True)
    (tmp_path / "in.eml").write_bytes(_mail("in"))
    (tmp_path / "2026" / "march" / "out.EML").write_bytes(_mail("out", "From: Sam <sam@example.com>", "To: rita@acme.test"))
    (tmp_path / "2026" / "notes.txt").write_bytes(b"From here on I write notes.\n")
    (tmp_path / "2026" / "picture.png").write_bytes(b"\x89PNG")
    archive = _scanned(tmp_path)
    archive.own = frozenset({"sam@example.com"})

    assert sorted(_told(archive)) == [("in", Role.INBOX), ("out", Role.SENT)]


def test_mbox_files_of_a_folder_are_named_after_what_they_are(tmp_path: Path) -> None:
    for name in ("Inbox", "Sent.mbox", "Drafts", "Trash.mbox"):
        _mbox(tmp_path / name, _mail(name))
    (tmp_path / "Inbox.msf").write_bytes(b"// an index\n")
    archive = _scanned(tmp_path)

    assert sorted(_told(archive)) == [("Inbox", Role.INBOX), ("Sent.mbox", Role.SENT)]


def test_what_a_client_has_deleted_and_not_yet_removed_is_passed_over(tmp_path: Path) -> None:
    archive = _mbox(tmp_path / "Inbox", _mail("gone", "X-Mozilla-Status: 0009"), _mail("here", "X-Mozilla-Status: 0001"))

    assert _told(archive) == [("here", Role.INBOX)]


def test_what_is_no_mail_is_told_with_its_place_and_passed_over(tmp_path: Path) -> None:
    archive = _mbox(tmp_path / "m.mbox", b"\x00\xff garbage without any field\n\nmore\n", _mail("good"), b"")

    assert _told(archive) == [("good", Role.INBOX)]
    assert archive.skipped[Skipped.BROKEN] == 2
    assert archive.told[0].startswith(f"{tmp_path / 'm.mbox'}, octet 43: this is no mail")


def test_an_invitation_behind_a_large_attachment_is_seen(tmp_path: Path) -> None:
    body = (
        "--b\nContent-Type: text/plain\n\nhi\n--b\nContent-Type: application/pdf\n\n" + "A" * 2_000_000 + "\n--b\n"
        "Content-Type: Text/Calendar; method=REQUEST\n\nBEGIN:VCALENDAR\nEND:VCALENDAR\n--b--"
    )
    archive = _mbox(tmp_path / "m.mbox", _mail("invite", 'Content-Type: multipart/mixed; boundary="b"', text=body))
    envelope = archive.envelope(0)

    assert envelope.calendar
    assert archive.message(0, envelope).calendars[0].method == "REQUEST"
    archive.close()


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("takeout.zip", b"PK\x03\x04rest", "packed (zip)"),
        ("all.mbox.gz", b"\x1f\x8brest", "packed (gzip)"),
        ("picture.png", b"\x89PNG\r\n", "is no mailbox"),
        ("empty", b"", "is no mailbox"),
    ],
)
def test_a_file_that_is_no_mailbox_is_refused_by_name(tmp_path: Path, name: str, data: bytes, words: str) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(Misconfigured, match=name) as refusal:
        _scanned(tmp_path / name)

    assert words in str(refusal.value)


def test_a_folder_without_mail_and_a_path_that_is_not_there_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="no mail in"):
        _scanned(tmp_path)
    with pytest.raises(Misconfigured, match="There is no file or folder"):
        _scanned(tmp_path / "nowhere")


def test_a_pipe_among_the_mail_holds_nothing_up(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.eml")
    (tmp_path / "in.eml").write_bytes(_mail("in"))

    assert _told(_scanned(tmp_path)) == [("in", Role.INBOX)]


# --- whose it is ------------------------------------------------------------------------------------------------------


def test_the_owner_is_who_sends_and_to_whom_the_server_delivers(tmp_path: Path) -> None:
    archive = _mbox(
        tmp_path / "m.mbox",
        *(_mail(f"in{n}", "Delivered-To: sam@example.com", "To: everybody@list.test") for n in range(6)),
        *(_mail(f"out{n}", "From: Sam Rivers <sam.r@example.org>", "X-Gmail-Labels: Sent") for n in range(2)),
        _mail("stray", "Delivered-To: other@example.com"),
    )

    assert archive.census.owners() == ("sam@example.com", "sam.r@example.org")
    assert archive.census.name_of("sam.r@example.org") == "Sam Rivers"


def test_without_sent_mail_and_delivery_fields_it_is_to_whom_most_mail_goes(tmp_path: Path) -> None:
    for number in range(5):
        (tmp_path / f"{number}.eml").write_bytes(_mail(str(number)))
    (tmp_path / "out.eml").write_bytes(_mail("out", "From: sam@example.com", "To: rita@acme.test"))

    assert _scanned(tmp_path).census.owners()[0] == "sam@example.com"


def test_addresses_without_end_are_counted_in_bounded_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connectors.archive.census._MOST", 50)
    monkeypatch.setattr("connectors.archive.census._KEPT", 10)
    mails = [_mail(f"m{n}", f"To: {'sam' if n % 3 else f'list{n}'}@example.com") for n in range(300)]
    census = _mbox(tmp_path / "m.mbox", *mails).census

    assert len(census.to) <= 51
    assert len(census.names) <= 50
    assert census.owners() == ("sam@example.com",)


@given(st.lists(st.binary(max_size=400), max_size=4), st.sampled_from([b"", b"Received: x; ", b"Date: ", b"X-Gmail-Labels: "]))
def test_any_octets_are_read_or_passed_over(tmp_path_factory: pytest.TempPathFactory, parts: list[bytes], field: bytes) -> None:
    path = tmp_path_factory.mktemp("any") / "m.mbox"
    mails = (b"From 1@xxx Mon Mar 02 10:00:00 +0000 2026\nSubject: x\n" + field + part + b"\n\n" for part in parts)
    path.write_bytes(b"From \nSubject: first\n\n" + b"".join(mails))
    archive = _scanned(path)
    try:
        for number in range(len(archive)):
            archive.message(number, archive.envelope(number))
    finally:
        archive.close()

    assert len(archive) + archive.skipped.total() >= 1


# --- nothing is touched -----------------------------------------------------------------------------------------------


def test_nothing_is_written_and_no_time_changes(tmp_path: Path) -> None:
    top = tmp_path / "mail"
    for part in ("cur", "new", "tmp"):
        (top / part).mkdir(parents=True)
    (top / "new" / "1772452800.a.host").write_bytes(_mail("in"))
    (top / "old.mbox").write_bytes(b"From - Mon Mar  2 10:00:00 2026\n" + _mail("older"))
    (top / "one.eml").write_bytes(_mail("single"))
    before = _state(tmp_path)
    archive = _scanned(top)
    for number in range(len(archive)):
        archive.message(number, archive.envelope(number))
    archive.close()

    assert len(archive) == 3
    assert _state(tmp_path) == before
