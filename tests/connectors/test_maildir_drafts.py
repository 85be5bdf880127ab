"""Drafts as files: whole or not there, ours or the user's."""

from __future__ import annotations

import errno
import os
import stat
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from connectors.base import DraftRef, FoundState, Withdrawal
from connectors.errors import Conflict, Misconfigured, NoRoom, Refused, Unavailable
from connectors.maildir import MaildirConnector
from rules.drafts.mime import draft_bytes as compose_bytes
from rules.mail import Role
from tests.connectors.letters import NOW, draft, draft_bytes, letter
from tests.connectors.maildir_harness import MaildirHarness


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


class _Killed(BaseException):
    """Stands for SIGKILL: no handler runs after it."""


_CALLS = ("open", "fdopen", "fsync", "link", "close")


def _kill_at(patch: pytest.MonkeyPatch, step: int) -> Callable[[], int]:
    """Let the process die at the so-manieth call that writes; return what tells how many calls there were.

    Once dead, every further call dies too: clean-up code does not run in a process that was killed.
    """
    calls = 0

    def wrapped(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **options: Any) -> Any:
            nonlocal calls
            calls += 1
            if calls >= step:
                raise _Killed
            return real(*args, **options)

        return call

    for name in _CALLS:
        patch.setattr(os, name, wrapped(getattr(os, name)))
    for name in ("unlink", "rename", "mkdir"):
        patch.setattr(Path, name, wrapped(getattr(Path, name)))
    return lambda: calls


def test_killed_at_any_call_no_half_draft_is_seen_and_the_next_try_leaves_exactly_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    step = 0
    survived = False
    while not survived:
        step += 1
        harness = MaildirHarness(tmp_path / str(step))
        connector = harness.connector()
        connector.open()
        with monkeypatch.context() as patch:
            _kill_at(patch, step)
            try:
                connector.put_draft(draft(), draft_bytes(draft()))
                survived = True
            except _Killed:
                pass

        whole = draft_bytes(draft()).replace(b"\r\n", b"\n")
        assert harness.raws(Role.DRAFTS) in ([], [whole])
        again = harness.connector()
        again.open()
        again.put_draft(draft(), draft_bytes(draft()))
        assert harness.raws(Role.DRAFTS) == [whole]
    assert step > 8


def test_killed_at_any_call_of_a_rewrite_the_next_try_leaves_the_new_one_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    step = 0
    survived = False
    while not survived:
        step += 1
        harness = MaildirHarness(tmp_path / str(step))
        connector = harness.connector()
        connector.open()
        old = connector.put_draft(draft(1), draft_bytes(draft(1)))
        with monkeypatch.context() as patch:
            _kill_at(patch, step)
            try:
                connector.put_draft(draft(2), draft_bytes(draft(2)), old)
                survived = True
            except _Killed:
                pass

        assert 1 <= len(harness.raws(Role.DRAFTS)) <= 2
        again = harness.connector()
        again.open()
        again.put_draft(draft(2), draft_bytes(draft(2)), old)
        assert harness.raws(Role.DRAFTS) == [draft_bytes(draft(2)).replace(b"\r\n", b"\n")]
    assert step > 10


def test_the_bytes_are_on_disk_before_the_name_and_the_name_before_the_answer(
    connector: MaildirConnector, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []
    real_sync, real_link = os.fsync, os.link

    def sync(descriptor: int) -> None:
        order.append("directory" if Path(f"/proc/self/fd/{descriptor}").resolve().is_dir() else "file")
        real_sync(descriptor)

    def link(source: str, target: str) -> None:
        order.append("name")
        real_link(source, target)

    monkeypatch.setattr(os, "fsync", sync)
    monkeypatch.setattr(os, "link", link)
    connector.put_draft(draft(), draft_bytes(draft()))

    assert order == ["file", "name", "directory"]


def test_many_writers_of_one_draft_leave_one(harness: MaildirHarness) -> None:
    gate = threading.Barrier(8)
    refs: list[DraftRef] = []

    def put() -> None:
        connector = harness.connector()
        connector.open()
        gate.wait(30)
        refs.append(connector.put_draft(draft(), draft_bytes(draft())))

    threads = [threading.Thread(target=put) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(harness.raws(Role.DRAFTS)) == 1
    assert len(refs) == 8
    assert len(set(refs)) == 1


def test_a_file_system_without_hard_links_is_served(
    harness: MaildirHarness, connector: MaildirConnector, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(source: str, target: str) -> None:
        raise OSError(errno.EPERM, "Operation not permitted", source, None, target)

    monkeypatch.setattr(os, "link", refuse)
    first = connector.put_draft(draft(), draft_bytes(draft()))

    assert connector.put_draft(draft(), draft_bytes(draft())) == first
    assert len(harness.raws(Role.DRAFTS)) == 1
    assert list((harness.folder(Role.DRAFTS) / "tmp").iterdir()) == []


@pytest.mark.parametrize(
    ("code", "kind"),
    [(errno.ENOSPC, NoRoom), (errno.EDQUOT, NoRoom), (errno.EIO, Unavailable), (errno.EROFS, Misconfigured)],
)
def test_a_disk_that_fails_is_told_and_leaves_nothing(
    harness: MaildirHarness, connector: MaildirConnector, monkeypatch: pytest.MonkeyPatch, code: int, kind: type[Exception]
) -> None:
    def fail(_: int) -> None:
        raise OSError(code, os.strerror(code))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fail)
        with pytest.raises(kind, match=r"Drafts|drafts"):
            connector.put_draft(draft(), draft_bytes(draft()))

    assert harness.raws(Role.DRAFTS) == []
    assert list((harness.folder(Role.DRAFTS) / "tmp").iterdir()) == []


def test_a_file_system_that_cannot_sync_directories_is_served(
    harness: MaildirHarness, connector: MaildirConnector, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.fsync

    def sync(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        real(descriptor)

    monkeypatch.setattr(os, "fsync", sync)
    ref = connector.put_draft(draft(), draft_bytes(draft()))

    assert connector.withdraw_draft(draft(), ref) is Withdrawal.WITHDRAWN
    assert harness.raws(Role.DRAFTS) == []


def test_what_a_dead_writer_left_in_tmp_is_no_draft_and_is_removed_after_a_day_and_a_half(
    harness: MaildirHarness, connector: MaildirConnector
) -> None:
    tmp = harness.folder(Role.DRAFTS) / "tmp"
    names = ("1.old.hearback", "1.young.hearback", "1.old.another-program")
    for name in names:
        (tmp / name).write_bytes(draft_bytes(draft())[:100])
        if "old" in name:
            os.utime(tmp / name, (1_700_000_000, 1_700_000_000))

    assert list(connector.list_drafts()) == []
    connector.put_draft(draft(), draft_bytes(draft()))
    assert {path.name for path in tmp.iterdir()} == {"1.young.hearback", "1.old.another-program"}


def test_a_draft_is_kept_with_line_feeds_and_given_with_both(harness: MaildirHarness, connector: MaildirConnector) -> None:
    ref = connector.put_draft(draft(), draft_bytes(draft()))

    assert b"\r" not in harness.raws(Role.DRAFTS)[0]
    assert connector.read_draft(ref) == draft_bytes(draft())
    assert ref.digest == sha256(draft_bytes(draft())).hexdigest()


def test_a_draft_of_the_rules_is_recognised_without_a_reference(connector: MaildirConnector) -> None:
    text = "Dear Dana,\n\n" + "a sentence that is long enough to be flowed over several lines " * 5 + "\n\nSam Reed"
    one = draft(subject="Re: Grüße", text=text)
    connector.put_draft(one, compose_bytes(one))

    assert connector.find_draft(one, None).state is FoundState.UNTOUCHED


@pytest.mark.parametrize("name", ["renamed:2,DFS", "renamed:2,S", "renamed"])
def test_new_flags_and_another_name_do_not_make_it_the_users(
    harness: MaildirHarness, connector: MaildirConnector, name: str
) -> None:
    ref = connector.put_draft(draft(), draft_bytes(draft()))
    path = harness.paths(Role.DRAFTS)[0]
    path.rename(path.with_name(path.name.partition(":")[0] + name.removeprefix("renamed")))

    assert connector.find_draft(draft(), ref).state is FoundState.UNTOUCHED
    assert connector.withdraw_draft(draft(), ref) is Withdrawal.WITHDRAWN


def test_a_draft_that_is_marked_for_removal_or_lies_in_the_trash_is_absent(
    harness: MaildirHarness, connector: MaildirConnector
) -> None:
    ref = connector.put_draft(draft(), draft_bytes(draft()))
    path = harness.paths(Role.DRAFTS)[0]
    marked = path.rename(path.with_name(f"{path.name}T"))

    assert connector.find_draft(draft(), ref).state is FoundState.ABSENT
    assert connector.withdraw_draft(draft(), ref) is Withdrawal.GONE
    for part in ("cur", "new", "tmp"):
        (harness.top / ".Trash" / part).mkdir(parents=True)
    marked.rename(harness.top / ".Trash" / "cur" / marked.name)

    assert connector.find_draft(draft(), ref).state is FoundState.ABSENT


def test_a_draft_that_was_written_over_in_place_is_edited(harness: MaildirHarness, connector: MaildirConnector) -> None:
    ref = connector.put_draft(draft(), draft_bytes(draft()))
    path = harness.paths(Role.DRAFTS)[0]
    state = path.stat()
    path.write_bytes(path.read_bytes().replace(b"enjoyed", b"ENJOYED"))
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))

    # Same name, size and time: what is remembered of the file may not decide what is removed.
    assert connector.withdraw_draft(draft(), ref) is Withdrawal.EDITED
    assert b"ENJOYED" in harness.raws(Role.DRAFTS)[0]


def test_a_draft_whose_flags_change_at_the_very_moment_is_still_withdrawn(
    harness: MaildirHarness, connector: MaildirConnector, monkeypatch: pytest.MonkeyPatch
) -> None:
    ref = connector.put_draft(draft(), draft_bytes(draft()))
    real = Path.unlink
    moved = False

    def unlink(path: Path, missing_ok: bool = False) -> None:
        nonlocal moved
        if not moved:
            moved = True
            path.rename(path.with_name(path.name.replace(":2,DS", ":2,DFS")))
        real(path, missing_ok)

    monkeypatch.setattr(Path, "unlink", unlink)

    assert connector.withdraw_draft(draft(), ref) is Withdrawal.WITHDRAWN
    assert harness.raws(Role.DRAFTS) == []


def test_a_draft_that_is_edited_at_the_very_moment_it_is_replaced_stays_and_the_new_one_goes(
    harness: MaildirHarness, connector: MaildirConnector, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = connector.put_draft(draft(1), draft_bytes(draft(1)))
    mine = draft_bytes(draft(1), text="Mine now.").replace(b"\r\n", b"\n")
    real = os.link
    path = harness.paths(Role.DRAFTS)[0]

    def link(source: str, target: str) -> None:
        real(source, target)
        path.write_bytes(mine)

    monkeypatch.setattr(os, "link", link)
    with pytest.raises(Conflict, match="meanwhile"):
        connector.put_draft(draft(2), draft_bytes(draft(2)), old)

    assert harness.raws(Role.DRAFTS) == [mine]


def test_a_message_id_that_stands_with_another_text_is_a_conflict(harness: MaildirHarness, connector: MaildirConnector) -> None:
    connector.put_draft(draft(), draft_bytes(draft()))
    harness.user_edits(draft().message_id, draft_bytes(draft(), text="Mine now."))
    with pytest.raises(Conflict):
        connector.put_draft(draft(), draft_bytes(draft()))

    assert len(harness.raws(Role.DRAFTS)) == 1


def test_a_rewrite_under_the_same_message_id_replaces_the_old_text(harness: MaildirHarness, connector: MaildirConnector) -> None:
    old = connector.put_draft(draft(), draft_bytes(draft()))
    again = replace(draft(), text="Another wording.")
    new = connector.put_draft(again, draft_bytes(again), old)

    assert harness.raws(Role.DRAFTS) == [draft_bytes(again).replace(b"\r\n", b"\n")]
    assert connector.find_draft(again, new).state is FoundState.UNTOUCHED


def test_another_draft_of_ours_that_nobody_names_is_not_taken_for_this_one(
    connector: MaildirConnector, harness: MaildirHarness
) -> None:
    connector.put_draft(draft(1), draft_bytes(draft(1)))
    ref = connector.put_draft(draft(2), draft_bytes(draft(2)))
    harness.user_deletes(draft(2).message_id)

    assert connector.find_draft(draft(2), ref).state is FoundState.ABSENT


def test_a_draft_that_the_user_began_before_ours_is_not_ours(harness: MaildirHarness, connector: MaildirConnector) -> None:
    harness.deliver(draft_bytes(draft(), message_id="begun@client.example"), Role.DRAFTS, NOW.replace(year=2024))
    ref = connector.put_draft(draft(), draft_bytes(draft()))
    harness.user_deletes(draft().message_id)

    assert connector.find_draft(draft(), ref).state is FoundState.ABSENT


def test_a_draft_beyond_all_measure_is_refused(harness: MaildirHarness, connector: MaildirConnector) -> None:
    with pytest.raises(Refused):
        connector.put_draft(draft(), draft_bytes(draft()) + b"x" * 1_000_000)

    assert harness.raws(Role.DRAFTS) == []


def test_a_draft_of_the_users_that_cannot_be_read_hinders_nobody(harness: MaildirHarness, connector: MaildirConnector) -> None:
    (harness.folder(Role.DRAFTS) / "cur" / "1700000000.loop.host:2,S").symlink_to("1700000000.loop.host:2,S")
    harness.deliver(letter("big") + b"x" * 3_000_000, Role.DRAFTS, NOW)
    ref = connector.put_draft(draft(), draft_bytes(draft()))

    assert connector.find_draft(draft(), ref).state is FoundState.UNTOUCHED
    assert [message_id for message_id, _ in connector.list_drafts()] == ["big@orchard.example", draft().message_id]
