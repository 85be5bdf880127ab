"""What other programs do to the files while they are listed."""

from __future__ import annotations

import errno
import os
import stat
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.base import WaitResult
from connectors.maildir import MaildirConnector, MaildirSettings, watch
from connectors.maildir.cursor import Cursor, Seen, bucket_count, combined, hashed
from connectors.maildir.files import file_system_time
from connectors.maildir.layout import Folder, discover
from connectors.maildir.listing import Listing
from rules.mail import Role
from tests.connectors.asking import EARLY, everything, nothing, pull, settle
from tests.connectors.letters import NOW, draft, draft_bytes, letter
from tests.connectors.maildir_harness import MaildirHarness
from watcher.wake import SocketWake


@pytest.fixture
def harness(tmp_path: Path) -> MaildirHarness:
    """Make an empty mailbox."""
    return MaildirHarness(tmp_path)


@pytest.fixture
def connector(harness: MaildirHarness) -> Iterator[MaildirConnector]:
    """Open it."""
    opened = harness.connector()
    opened.open()
    yield opened
    opened.close()


@pytest.fixture
def wake() -> Iterator[SocketWake]:
    """Give a signal that is not set."""
    signal = SocketWake()
    yield signal
    signal.close()


def _fill(harness: MaildirHarness, count: int) -> None:
    for number in range(count):
        harness.deliver(letter(f"mail{number}"), received_at=NOW + timedelta(seconds=number))


def test_mail_within_one_tick_of_a_listing_is_seen(harness: MaildirHarness, connector: MaildirConnector) -> None:
    """The times of a directory do not tell two changes of one tick apart: here are hundreds in a row."""
    cursor = pull(connector).cursor
    for number in range(300):
        harness.deliver(letter(f"quick{number}"), received_at=NOW)
        pulled = pull(connector, cursor, wants=nothing)
        cursor = pulled.cursor

        assert pulled.ids == {f"quick{number}"}


def test_a_directory_whose_time_is_young_is_listed_again(harness: MaildirHarness) -> None:
    folder = discover(MaildirSettings(harness.top))[Role.INBOX][0]
    now = file_system_time(folder)
    assert now is not None

    assert Listing.take(folder, None, now).now.stamps == ()
    assert Listing.take(folder, None, None).now.stamps == ()
    assert len(Listing.take(folder, None, now + 3_600_000_000_000).now.stamps) == 4


def test_a_quiet_pass_over_old_directories_reads_none_of_them(
    harness: MaildirHarness, connector: MaildirConnector, monkeypatch: pytest.MonkeyPatch
) -> None:
    _fill(harness, 20)
    later = (file_system_time(discover(MaildirSettings(harness.top))[Role.INBOX][0]) or 0) + 3_600_000_000_000
    monkeypatch.setattr("connectors.maildir.connector.file_system_time", lambda folder: later)  # noqa: ARG005 - an hour from now
    cursor = pull(connector).cursor
    listed: list[str] = []
    real = os.listdir

    def listdir(path: str) -> list[str]:
        listed.append(path)
        return real(path)

    monkeypatch.setattr(os, "listdir", listdir)
    pulled = pull(connector, cursor)

    assert (pulled.envelopes, pulled.cursor) == ([], cursor)
    assert {Path(path).parent.name for path in listed} <= {".Drafts"}
    harness.deliver(letter("new"), received_at=NOW)

    assert pull(connector, cursor).ids == {"new"}


def test_flags_and_moving_from_new_to_cur_touch_a_folder_and_repeat_no_message(
    harness: MaildirHarness, connector: MaildirConnector
) -> None:
    _fill(harness, 3)
    cursor = settle(connector)
    path = harness.paths(Role.INBOX)[0]
    path.rename(harness.top / "cur" / f"{path.name}:2,FS")
    pulled = pull(connector, cursor)

    assert (pulled.envelopes, pulled.touched) == ([], frozenset({Role.INBOX}))


def test_a_synchroniser_that_notes_a_uid_in_the_name_repeats_no_message(
    harness: MaildirHarness, connector: MaildirConnector
) -> None:
    _fill(harness, 3)
    cursor = settle(connector)
    for number, path in enumerate(harness.paths(Role.INBOX)):
        path.rename(harness.top / "cur" / f"{path.name},U={number}:2,S")

    assert pull(connector, cursor).envelopes == []


def test_mail_moved_to_the_archive_keeps_identity_and_can_be_fetched_by_its_old_reference(
    harness: MaildirHarness, connector: MaildirConnector
) -> None:
    _fill(harness, 3)
    before = pull(connector)
    path = harness.paths(Role.INBOX)[0]
    path.rename(harness.folder(Role.ARCHIVE) / "cur" / f"{path.name}:2,S")
    after = pull(connector, before.cursor)

    assert [(one.role, one.identity) for one in after.envelopes] == [(Role.ARCHIVE, before.envelope("mail0").identity)]
    assert b"<mail0@" in connector.fetch(before.envelope("mail0").ref)


def test_messages_that_vanish_between_pages_are_no_error(harness: MaildirHarness, connector: MaildirConnector) -> None:
    _fill(harness, 30)
    seen: set[str] = set()
    for number, page in enumerate(connector.changes(None, EARLY, everything)):
        seen |= {envelope.message_id.partition("@")[0] for envelope in page.envelopes}
        if number == 0:
            left = [
                path
                for path in harness.paths(Role.INBOX)
                if path.read_bytes().split(b"Message-ID: <")[1].split(b"@")[0].decode() not in seen
            ]
            for path in left[:10]:
                path.unlink()

    assert len(seen) == 20


def test_messages_that_are_renamed_between_pages_are_read_under_their_new_names(
    harness: MaildirHarness, connector: MaildirConnector
) -> None:
    _fill(harness, 30)
    seen: list[str] = []
    for number, page in enumerate(connector.changes(None, EARLY, everything)):
        seen += [envelope.message_id for envelope in page.envelopes]
        if number == 0:
            for path in harness.paths(Role.INBOX):
                path.rename(harness.top / "cur" / f"{path.name}:2,S")

    assert len(seen) == len(set(seen)) == 30


def test_a_message_that_vanished_during_the_listing_and_comes_back_is_seen(
    harness: MaildirHarness, connector: MaildirConnector, tmp_path: Path
) -> None:
    _fill(harness, 20)
    seen: set[str] = set()
    cursor = None
    for number, page in enumerate(connector.changes(None, EARLY, nothing)):
        seen |= {envelope.message_id for envelope in page.envelopes}
        cursor = page.cursor
        if number == 0:
            (tmp_path / "aside").mkdir()
            for path in harness.paths(Role.INBOX):
                path.rename(tmp_path / "aside" / path.name)
    for path in (tmp_path / "aside").iterdir():
        path.rename(harness.top / "new" / path.name)

    assert len(seen | {envelope.message_id for envelope in pull(connector, cursor).envelopes}) == 20


def test_many_removals_and_arrivals_at_once_skip_nothing_after_a_restart(harness: MaildirHarness) -> None:
    """Removals and arrivals fall into the same buckets here: old messages may come again, no new one may be missing."""
    _fill(harness, 400)
    connector = harness.connector()
    connector.open()
    cursor = pull(connector, wants=nothing).cursor
    for path in harness.paths(Role.INBOX)[::3]:
        path.unlink()
    expected = {f"fresh{number}" for number in range(100)}
    for name in expected:
        harness.deliver(letter(name), received_at=NOW - timedelta(days=1000))

    assert pull(connector, cursor, since=NOW - timedelta(days=1), wants=nothing).ids >= expected


def test_a_removal_alone_brings_a_bucketful_of_old_messages_at_most(harness: MaildirHarness, connector: MaildirConnector) -> None:
    _fill(harness, 400)
    cursor = pull(connector, wants=nothing).cursor
    harness.paths(Role.INBOX)[0].unlink()
    pulled = pull(connector, cursor, wants=nothing)

    assert len(pulled.envelopes) < 20
    assert Role.INBOX in pulled.touched


def test_the_cursor_of_a_large_folder_stays_small(harness: MaildirHarness, connector: MaildirConnector) -> None:
    for number in range(3000):
        (harness.top / "cur" / f"{1_700_000_000 + number}.M{number}.some.long.host.example:2,S").write_bytes(b"Subject: x\n\n")
    pages = list(MaildirConnector.changes(connector, None, EARLY, nothing))

    assert max(len(page.cursor) for page in pages) < 6000
    assert sum(len(page.envelopes) for page in pages) == 3000


def test_a_file_that_cannot_be_read_is_left_out_and_looked_at_again(
    harness: MaildirHarness, connector: MaildirConnector, monkeypatch: pytest.MonkeyPatch
) -> None:
    _fill(harness, 3)
    bad = str(harness.paths(Role.INBOX)[1])
    real = os.open

    def failing(path: str, flags: int, mode: int = 0o777) -> int:
        if path == bad:
            raise PermissionError(13, "Permission denied", path)
        return real(path, flags, mode)

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", failing)
        first = pull(connector)

    assert first.ids == {"mail0", "mail2"}
    assert pull(connector, first.cursor).ids == {"mail1"}


def test_things_that_are_no_mail_are_passed_over(harness: MaildirHarness, connector: MaildirConnector) -> None:
    _fill(harness, 1)
    (harness.top / "cur" / ".hidden").write_bytes(letter("hidden"))
    (harness.top / "cur" / "directory").mkdir()
    os.mkfifo(harness.top / "cur" / "1700000000.pipe.host:2,S")
    (harness.top / "cur" / "1700000000.dangling.host").symlink_to("/nowhere/at/all")
    assert stat.S_ISFIFO((harness.top / "cur" / "1700000000.pipe.host:2,S").stat().st_mode)

    assert pull(connector).ids == {"mail0"}


def test_a_file_name_that_is_no_utf_8_gives_a_reference_that_can_be_stored(
    harness: MaildirHarness, connector: MaildirConnector
) -> None:
    harness.deliver(letter("odd"), received_at=NOW)
    path = harness.paths(Role.INBOX)[0]
    path.rename(path.with_name("1741078800.caf\udce9.host"))
    (harness.top / ".Entw\udcfcrfe" / "cur").mkdir(parents=True)
    (envelope,) = pull(connector).envelopes

    assert envelope.ref.encode() == b"/1741078800.caf\\xe9.host"
    assert b"<odd@" in connector.fetch(envelope.ref)


def test_a_message_that_is_read_in_part_says_so(harness: MaildirHarness, connector: MaildirConnector) -> None:
    harness.deliver(letter("long", text="word " * 250_000), received_at=NOW)

    assert any("octets" in defect for defect in pull(connector).message("long").defects)


def test_the_file_system_tells_the_time_where_files_need_a_name(harness: MaildirHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = discover(MaildirSettings(harness.top))[Role.INBOX][0]
    with_names = file_system_time(folder)
    real = os.open

    def open_(path: str, flags: int, mode: int = 0o777) -> int:
        if flags & os.O_TMPFILE == os.O_TMPFILE:
            raise OSError(errno.EOPNOTSUPP, os.strerror(errno.EOPNOTSUPP), path)
        return real(path, flags, mode)

    monkeypatch.setattr(os, "open", open_)
    without = file_system_time(folder)

    assert with_names is not None
    assert without is not None
    assert 0 <= without - with_names < 60_000_000_000
    assert list((harness.top / "tmp").iterdir()) == []
    (harness.top / "tmp").rmdir()
    assert file_system_time(folder) is None


def test_a_draft_that_is_written_over_in_place_touches_drafts(harness: MaildirHarness, connector: MaildirConnector) -> None:
    connector.put_draft(draft(), draft_bytes(draft()))
    cursor = settle(connector)
    path = harness.paths(Role.DRAFTS)[0]
    path.write_bytes(path.read_bytes() + b"One more line.\n")

    assert Role.DRAFTS in pull(connector, cursor).touched


def test_two_passes_after_a_listing_give_the_same_cursor(harness: MaildirHarness, connector: MaildirConnector) -> None:
    _fill(harness, 5)
    cursor = pull(connector).cursor

    assert pull(connector, cursor).cursor == cursor


def test_a_directory_is_watched_without_events_too(
    harness: MaildirHarness, connector: MaildirConnector, wake: SocketWake, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a network drive, or when the system has no watches left."""
    monkeypatch.setattr(watch, "_start", lambda directories: None)  # noqa: ARG005 - no events whatever is asked for
    cursor = settle(connector)
    connector.wait(0.1, wake)
    pull(connector, cursor)
    timer = threading.Timer(0.2, harness.deliver, [letter("unannounced")])
    timer.start()

    assert connector.wait(30, wake) is WaitResult.CHANGED
    timer.join()
    wake.set()
    assert connector.wait(30, wake) is WaitResult.WOKEN


@given(st.sets(st.text(min_size=1, max_size=8), max_size=200), st.text(min_size=1, max_size=8))
def test_one_new_name_changes_the_sum_of_its_bucket_by_its_own_hash(old: set[str], new: str) -> None:
    count = bucket_count(len(old))
    number = hashed(new) % count
    before = combined(hashed(name) for name in old - {new} if hashed(name) % count == number)
    after = combined(hashed(name) for name in {*old, new} if hashed(name) % count == number)

    assert before ^ after == hashed(new)


@given(
    st.dictionaries(
        st.text(max_size=10),
        st.builds(
            Seen,
            st.integers(0, 2**64 - 1),
            st.just(tuple(range(64))) | st.just(()),
            st.integers(0, 2**64 - 1),
            st.tuples(st.integers(0), st.integers(0)) | st.just(()),
            st.booleans(),
        ),
        max_size=4,
    ),
    st.integers(0, 2**63),
)
def test_a_cursor_survives_being_stored(folders: dict[str, Seen], listed: int) -> None:
    assert Cursor.parse(str(Cursor(listed, folders))) == Cursor(listed, folders)


@given(st.text())
def test_any_text_is_a_cursor_or_none(text: str) -> None:
    assert Cursor.parse(text) is None
    assert Cursor.parse(f"maildir1 {text}") is None or text.strip().startswith("{")


def test_a_folder_knows_its_directories() -> None:
    folder = Folder(Role.INBOX, "INBOX", "/mail", "")

    assert (folder.cur, folder.new, folder.tmp) == ("/mail/cur", "/mail/new", "/mail/tmp")
