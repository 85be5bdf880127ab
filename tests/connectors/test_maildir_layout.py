"""Which directory is taken for which folder, and what is said when none or two could be it."""

from __future__ import annotations

from pathlib import Path

import pytest

from connectors.errors import Misconfigured, Unavailable
from connectors.folder_names import known_role
from connectors.maildir import MaildirConnector, MaildirSettings, create_maildir
from connectors.maildir.layout import discover
from rules.mail import Role
from tests.connectors.asking import pull
from tests.connectors.letters import letter


def _make(top: Path, *names: str) -> Path:
    for name in names:
        for part in ("cur", "new", "tmp"):
            (top / name / part).mkdir(parents=True, exist_ok=True)
    return top


def _drafts(top: Path, **folders: str) -> str:
    found = discover(MaildirSettings(top, {Role(role): name for role, name in folders.items()}))
    (drafts,) = found[Role.DRAFTS]
    return drafts.id


@pytest.mark.parametrize(
    ("names", "drafts"),
    [
        (("", ".Drafts"), ".Drafts"),
        (("", ".INBOX.Drafts"), ".INBOX.Drafts"),
        (("", ".drafts"), ".drafts"),
        (("", ".Entw&APw-rfe"), ".Entw&APw-rfe"),
        (("", ".Entwürfe"), ".Entwürfe"),
        (("", "Brouillons"), "Brouillons"),
        (("INBOX", "Drafts"), "Drafts"),
        (("Inbox", "DRAFTS"), "DRAFTS"),
        (("INBOX", "INBOX/Drafts"), "INBOX/Drafts"),
        (("INBOX", "INBOX/.Drafts"), "INBOX/.Drafts"),
        (("INBOX", "[Gmail]/Borradores"), "[Gmail]/Borradores"),
        (("", ".[Gmail].&BCcENQRABD0EPgQyBDgEOgQ4-"), ".[Gmail].&BCcENQRABD0EPgQyBDgEOgQ4-"),
        (("", ".草稿箱"), ".草稿箱"),
        (("", ".Work.Drafts", ".Drafts"), ".Drafts"),
    ],
)
def test_the_drafts_folder_is_found_in_every_layout(tmp_path: Path, names: tuple[str, ...], drafts: str) -> None:
    assert _drafts(_make(tmp_path, *names)) == drafts


@pytest.mark.parametrize("names", [("",), ("", ".Work.Drafts"), ("", ".Draftsmen"), ("", ".Templates", "Work/Drafts")])
def test_without_a_known_drafts_folder_nothing_is_guessed(tmp_path: Path, names: tuple[str, ...]) -> None:
    with pytest.raises(Misconfigured, match=r"no Drafts folder.*folders\.drafts"):
        _drafts(_make(tmp_path, *names))
    assert not (tmp_path / ".Drafts").exists()


def test_two_folders_that_could_be_drafts_are_asked_about(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match=r"`\.Drafts` and `\.Entwürfe`.*folders\.drafts"):
        _drafts(_make(tmp_path, "", ".Drafts", ".Entwürfe"))


@pytest.mark.parametrize("name", [".Entwürfe", "Entwürfe", "entwürfe"])
def test_the_user_decides_between_them(tmp_path: Path, name: str) -> None:
    assert _drafts(_make(tmp_path, "", ".Drafts", ".Entwürfe"), drafts=name) == ".Entwürfe"


def test_a_folder_that_the_user_names_is_taken_whatever_it_is_called(tmp_path: Path) -> None:
    assert _drafts(_make(tmp_path, "", ".Work.Unfinished"), drafts="Work/Unfinished") == ".Work.Unfinished"


def test_a_folder_that_the_user_names_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match=r"'Elsewhere', which is not a folder.*Drafts"):
        _drafts(_make(tmp_path, "", ".Drafts"), drafts="Elsewhere")


def test_a_named_folder_is_not_searched_outside_of_the_mailbox(tmp_path: Path) -> None:
    _make(tmp_path, "mailbox", "mailbox/.Drafts", "outside")
    with pytest.raises(Misconfigured):
        _drafts(tmp_path / "mailbox", drafts="../outside")


def test_all_sent_folders_are_read(tmp_path: Path) -> None:
    found = discover(MaildirSettings(_make(tmp_path, "", ".Drafts", ".Sent", ".Sent Items", ".Gesendet")))

    assert [folder.name for folder in found[Role.SENT]] == ["Gesendet", "Sent", "Sent Items"]


def test_a_folder_named_as_drafts_is_not_read_as_sent(tmp_path: Path) -> None:
    found = discover(MaildirSettings(_make(tmp_path, "", ".Sent"), {Role.DRAFTS: ".Sent"}))

    assert (len(found[Role.DRAFTS]), found[Role.SENT]) == (1, ())


@pytest.mark.parametrize("make", [lambda top: None, lambda top: top.write_text("mail"), lambda top: top.mkdir()])  # noqa: ARG005 - one shape
def test_a_path_that_is_no_mailbox_is_told_with_what_to_do(tmp_path: Path, make: object) -> None:
    top = tmp_path / "mail"
    assert callable(make)
    make(top)
    with pytest.raises(Misconfigured, match=r"Set `path`"):
        MaildirConnector(MaildirSettings(top)).open()


def test_the_home_directory_may_be_written_as_a_tilde(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    create_maildir(tmp_path / "Maildir")
    connector = MaildirConnector(MaildirSettings(Path("~/Maildir")))

    assert (Role.DRAFTS, "Drafts") in connector.open().folders


def test_making_a_mailbox_twice_keeps_what_is_in_it(tmp_path: Path) -> None:
    create_maildir(tmp_path / "box")
    (tmp_path / "box/new/1700000000.one.host").write_bytes(letter("one"))
    create_maildir(tmp_path / "box")
    connector = MaildirConnector(MaildirSettings(tmp_path / "box"))
    connector.open()

    assert pull(connector).ids == {"one"}


def test_a_mailbox_that_goes_away_while_it_is_open_is_unavailable(tmp_path: Path) -> None:
    create_maildir(tmp_path / "box")
    connector = MaildirConnector(MaildirSettings(tmp_path / "box"))
    connector.open()
    (tmp_path / "box").rename(tmp_path / "away")
    with pytest.raises(Unavailable):
        pull(connector)
    (tmp_path / "away").rename(tmp_path / "box")

    assert pull(connector).envelopes == []


def test_a_folder_that_is_made_later_is_read_from_then_on(tmp_path: Path) -> None:
    create_maildir(tmp_path / "box")
    connector = MaildirConnector(MaildirSettings(tmp_path / "box"))
    connector.open()
    cursor = pull(connector).cursor
    _make(tmp_path / "box", ".Archives")
    (tmp_path / "box/.Archives/cur/1700000000.one.host:2,S").write_bytes(letter("one"))
    pulled = pull(connector, cursor)

    assert pulled.ids == {"one"}
    assert not any(page.reset for page in pulled.pages)


def test_no_name_is_known_for_two_roles() -> None:
    assert {known_role(name) for name in ("Drafts", "Koncepty", "下書き", "BORRADORES")} == {Role.DRAFTS}
    assert known_role("Sent") is Role.SENT
    assert known_role("Postausgang") is None
