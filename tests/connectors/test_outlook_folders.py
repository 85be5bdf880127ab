"""Which folders of a mailbox at Outlook are read, by whatever names and in whatever depth, and whose mailbox it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from connectors.errors import AuthNeeded, Misconfigured, Unavailable
from connectors.outlook import OutlookConnector
from connectors.outlook.folders import Folders
from rules.mail import Role
from tests.connectors.asking import nothing, pull
from tests.connectors.letters import NOW, letter
from tests.connectors.outlook_harness import OutlookHarness
from tests.servers.graph import Mailbox

KNOWN = {
    "msgfolderroot": "root",
    "inbox": "in",
    "sentitems": "sent",
    "drafts": "drafts",
    "archive": "archive",
    "junkemail": "junk",
    "deleteditems": "bin",
    "syncissues": "sync",
}


@pytest.fixture
def harness() -> Iterator[OutlookHarness]:
    world = OutlookHarness()
    yield world
    world.close()


@pytest.fixture
def box(harness: OutlookHarness) -> Mailbox:
    return harness.mailbox


@pytest.fixture
def connector(harness: OutlookHarness) -> Iterator[OutlookConnector]:
    made = harness.connector()
    made.open()
    yield made
    made.close()


def folders(**rows: str | tuple[str, dict[str, Any]]) -> Folders:
    """Return a tree: each folder by the one it lies in, and what else is told of it."""
    made = Folders(KNOWN, {})
    told = [{"id": ref, "displayName": name.title(), "parentFolderId": "root"} for name, ref in KNOWN.items() if ref != "root"]
    for ref, where in rows.items():
        parent, more = where if isinstance(where, tuple) else (where, {})
        told.append({"id": ref, "displayName": ref.upper(), "parentFolderId": parent, **more})
    made.take([{"id": "root", "displayName": "Top of Information Store", "parentFolderId": "above"}, *told])
    return made


def own(made: Folders) -> set[str]:
    return {ref for ref in made.followed() if ref not in KNOWN.values()}


# -- the tree


def test_folders_are_told_as_the_user_sees_them(harness: OutlookHarness) -> None:
    box = harness.mailbox
    jobs = box.add_folder("Bewerbungen", "inbox")
    box.add_folder("Firma Öl & Söhne", jobs)
    connector = harness.connector()
    told = connector.open().folders
    connector.close()
    names = [name for _, name in told]

    assert [role for role, _ in told] == [
        Role.INBOX,
        Role.SENT,
        Role.ARCHIVE,
        Role.ARCHIVE,
        Role.ARCHIVE,
        Role.DRAFTS,
        Role.JUNK,
    ]
    inbox = names[0]
    assert names[3:5] == [f"{inbox}/Bewerbungen", f"{inbox}/Bewerbungen/Firma Öl & Söhne"]


@pytest.mark.parametrize(
    ("rows", "followed"),
    [
        ({"a": "root", "b": "a", "c": "in", "d": "sent", "e": "archive"}, {"a", "b", "c", "d", "e"}),
        ({"a": "bin", "b": "a"}, set()),
        ({"a": "junk", "b": "a"}, set()),
        ({"a": "sync", "b": "a"}, set()),
        ({"a": ("root", {"isHidden": True}), "b": "a"}, set()),
        ({"a": ("root", {"isHidden": False})}, {"a"}),
        ({"a": ("root", {"isHidden": None})}, {"a"}),
        ({"a": ("root", {"@odata.type": "#microsoft.graph.mailSearchFolder"})}, set()),
        ({"a": "b", "b": "a"}, {"a", "b"}),
        ({"a": "a"}, {"a"}),
        ({"a": "nowhere"}, {"a"}),
    ],
)
def test_the_users_own_folders_are_those_that_are_not_thrown_away_or_hidden(rows: Mapping[str, Any], followed: set[str]) -> None:
    assert own(folders(**rows)) == followed


def test_thousands_of_levels_and_of_folders_end() -> None:
    deep = {f"f{number}": f"f{number - 1}" if number else "root" for number in range(4000)}
    made = folders(**deep)

    assert len(own(made)) == 4000
    assert len(made.named()) == 4000 + 5
    made.take([{"id": f"more{number}", "parentFolderId": "root"} for number in range(9000)])
    assert len(made.followed()) <= 5000 + 5


def test_what_changes_in_a_folder_leaves_the_rest_of_it_as_it_was() -> None:
    made = folders(a="in", b="root")
    made.take([{"id": "a", "displayName": "Renamed"}, {"id": "b", "parentFolderId": "bin"}, {"displayName": "nobody"}])

    assert own(made) == {"a"}
    assert (Role.ARCHIVE, "Inbox/Renamed") in made.named()
    made.take([{"id": "a", "@removed": {"reason": "deleted"}}])
    assert own(made) == set()


def test_a_folder_of_the_users_that_is_called_like_one_of_the_services_is_the_users() -> None:
    made = folders(x=("root", {"displayName": "Deleted Items"}), y=("root", {"displayName": "Drafts"}))

    assert own(made) == {"x", "y"}
    assert {made.role_of("x"), made.role_of("y")} == {Role.ARCHIVE}
    assert made.role_of("bin") is None


# -- while it is read


def test_a_folder_that_is_new_joins_with_what_is_in_it(connector: OutlookConnector, box: Mailbox) -> None:
    cursor = pull(connector).cursor
    key = box.add_folder("Jobs")
    box.deliver(letter("one"), key, NOW)
    pulled = pull(connector, cursor)

    assert {(one.message_id, one.role) for one in pulled.envelopes} == {("one@orchard.example", Role.ARCHIVE)}
    assert not any(page.reset for page in pulled.pages)
    assert pull(connector, pulled.cursor).envelopes == []


def test_a_folder_that_is_deleted_leaves_and_the_others_are_read_on(connector: OutlookConnector, box: Mailbox) -> None:
    key = box.add_folder("Jobs")
    box.deliver(letter("old"), key, NOW)
    cursor = pull(connector).cursor
    box.remove_folder(key)
    box.deliver(letter("new"))
    pulled = pull(connector, cursor)

    assert pulled.ids == {"new"}
    assert not any(page.reset for page in pulled.pages)
    assert key not in pulled.cursor
    assert key in cursor


def test_a_folder_that_is_moved_into_deleted_items_leaves_and_comes_back(connector: OutlookConnector, box: Mailbox) -> None:
    key = box.add_folder("Jobs")
    cursor = pull(connector).cursor
    box.move_folder(key, "deleteditems")
    cursor = pull(connector, cursor).cursor
    box.deliver(letter("thrown"), key, NOW)
    away = pull(connector, cursor)
    box.move_folder(key, "inbox")
    back = pull(connector, away.cursor)

    assert away.ids == set()
    assert back.ids == {"thrown"}


def test_a_folder_that_was_made_while_nobody_looked_is_found_at_the_next_start(harness: OutlookHarness) -> None:
    connector = harness.connector()
    connector.open()
    cursor = pull(connector).cursor
    connector.close()
    key = harness.mailbox.add_folder("Jobs")
    harness.mailbox.deliver(letter("one"), key, NOW)
    connector.open()
    pulled = pull(connector, cursor)
    connector.close()

    assert pulled.ids == {"one"}


def test_a_tree_whose_state_is_forgotten_is_listed_anew(
    harness: OutlookHarness, connector: OutlookConnector, box: Mailbox
) -> None:
    cursor = pull(connector).cursor
    key = box.add_folder("Jobs")
    box.deliver(letter("one"), key, NOW)
    harness.server.fail("mailFolders.delta", 410)
    pulled = pull(connector, cursor)

    assert pulled.ids == {"one"}
    assert not any(page.reset for page in pulled.pages)


def test_a_folder_that_turns_out_not_to_be_there_is_left_out(
    harness: OutlookHarness, connector: OutlookConnector, box: Mailbox
) -> None:
    box.deliver(letter("one"), at=NOW)
    key = box.add_folder("Jobs")
    pull(connector)
    folders_known = connector._folders
    assert folders_known is not None
    place = list(folders_known.followed()).index(key)
    harness.server.fail("messages.delta", 404, skip=place)
    pulled = pull(connector, wants=nothing)

    assert pulled.ids == {"one"}
    assert key not in folders_known.followed()


@pytest.mark.parametrize("status", [500, 400])
def test_mail_is_read_though_the_tree_cannot_be_asked_for(
    harness: OutlookHarness, connector: OutlookConnector, box: Mailbox, status: int
) -> None:
    cursor = pull(connector).cursor
    key = box.add_folder("Jobs")
    box.deliver(letter("filed"), key, NOW)
    box.deliver(letter("one"), at=NOW)
    harness.server.fail("mailFolders.delta", status, times=None)
    without = pull(connector, cursor)
    harness.server.heal()

    assert without.ids == {"one"}
    assert pull(connector, without.cursor).ids == {"filed"}


def test_a_mailbox_whose_tree_is_never_told_has_its_own_folders(harness: OutlookHarness) -> None:
    harness.server.fail("mailFolders.delta", 400, code="notSupported", times=None)
    harness.server.fail("mailFolders.list", 400, code="notSupported", times=None)
    harness.deliver(letter("one"), received_at=NOW)
    connector = harness.connector()
    told = {role for role, _ in connector.open().folders}
    pulled = pull(connector)
    connector.close()

    assert {Role.INBOX, Role.SENT, Role.DRAFTS, Role.ARCHIVE, Role.JUNK} == told
    assert pulled.ids == {"one"}


def test_a_tree_that_tells_no_changes_is_listed_level_by_level(harness: OutlookHarness) -> None:
    box = harness.mailbox
    harness.server.fail("mailFolders.delta", 501, times=None)
    jobs = box.add_folder("Jobs", "inbox")
    deep = box.add_folder("Deep", jobs)
    spam = box.add_folder("Worse", "junkemail")
    wide = [box.add_folder(f"Wide {number:02}") for number in range(25)]
    for name, folder in (("one", jobs), ("two", deep), ("three", spam), ("four", wide[-1])):
        box.deliver(letter(name), folder, NOW)
    connector = harness.connector()
    connector.open()
    first = pull(connector, wants=nothing)
    box.deliver(letter("five"), box.add_folder("Later", deep), NOW)
    box.move_folder(wide[0], "deleteditems")
    box.deliver(letter("six"), wide[0], NOW)
    box.remove_folder(wide[1])
    second = pull(connector, first.cursor, wants=nothing)
    followed = set(connector._opened(connector._folders).followed())
    connector.close()

    assert first.ids == {"one", "two", "four"}
    assert second.ids == {"five"}
    assert not followed & {wide[0], wide[1], spam}
    assert {jobs, deep, *wide[2:]} < followed


def test_a_folder_that_is_not_shared_is_left_out_and_the_others_are_read(
    harness: OutlookHarness, connector: OutlookConnector, box: Mailbox
) -> None:
    key = box.add_folder("Private")
    box.deliver(letter("private"), key, NOW)
    box.deliver(letter("one"), at=NOW)
    cursor = pull(connector, wants=nothing).cursor
    tree = connector._folders
    assert tree is not None
    harness.server.fail("messages.delta", 403, skip=list(tree.followed()).index(key))
    box.deliver(letter("two"), at=NOW)
    pulled = pull(connector, cursor, wants=nothing)

    assert pulled.ids == {"two"}
    assert key not in tree.followed()


def test_spam_that_is_closed_to_us_is_left_out_and_all_else_is_read(
    harness: OutlookHarness, connector: OutlookConnector, box: Mailbox
) -> None:
    box.deliver(letter("one"), at=NOW)
    roles = list(connector._opened(connector._folders).followed().values())
    harness.server.fail("messages.delta", 403, skip=roles.index(Role.JUNK))

    assert pull(connector, wants=nothing).ids == {"one"}
    assert Role.JUNK not in connector._opened(connector._folders).followed().values()


def test_a_mailbox_without_an_archive_is_fine(harness: OutlookHarness) -> None:
    harness.server.fail("mailFolders.get", 404, skip=3)  # the fourth that is asked for
    harness.deliver(letter("one"), received_at=NOW)
    connector = harness.connector()
    told = connector.open().folders
    pulled = pull(connector)
    connector.close()

    assert {Role.INBOX, Role.SENT, Role.DRAFTS, Role.JUNK} <= {role for role, _ in told}
    assert pulled.ids == {"one"}


def test_a_tree_of_many_pages_is_read_to_its_end(harness: OutlookHarness) -> None:
    for number in range(450):
        harness.mailbox.add_folder(f"Firm {number}")
    connector = harness.connector()
    told = connector.open().folders
    connector.close()

    assert len([name for role, name in told if role is Role.ARCHIVE and name.startswith("Firm ")]) == 450


# -- whose it is


def shared(harness: OutlookHarness) -> OutlookConnector:
    return OutlookConnector(replace(harness.settings(), mailbox="jobs@example.com"))


def test_a_shared_mailbox_is_read_in_the_place_of_ones_own(harness: OutlookHarness) -> None:
    team = harness.server.mailbox("jobs@example.com")
    harness.server.share("jobs@example.com", harness.address)
    harness.scopes = frozenset({"User.Read", "Mail.ReadWrite", "Mail.ReadWrite.Shared"})
    harness.deliver(letter("mine"), received_at=NOW)
    filed = team.add_folder("Orchard")
    team.deliver(letter("one"), at=NOW)
    team.deliver(letter("two"), filed, NOW)
    connector = shared(harness)
    connector.open()
    pulled = pull(connector)
    team.deliver(letter("three"))
    later = pull(connector, pulled.cursor)
    raw = connector.fetch(later.envelope("three").ref)
    connector.close()

    assert pulled.ids == {"one", "two"}
    assert later.ids == {"three"}
    assert b"<three@orchard.example>" in raw


def test_a_cursor_of_ones_own_mailbox_means_nothing_in_a_shared_one(harness: OutlookHarness) -> None:
    team = harness.server.mailbox("jobs@example.com")
    team.deliver(letter("one"), at=NOW)
    harness.server.share("jobs@example.com", harness.address)
    harness.scopes = frozenset({"User.Read", "Mail.ReadWrite", "Mail.ReadWrite.Shared"})
    own_mailbox = harness.connector()
    own_mailbox.open()
    cursor = pull(own_mailbox).cursor
    own_mailbox.close()
    connector = shared(harness)
    connector.open()
    pulled = pull(connector, cursor)
    connector.close()

    assert pulled.ids == {"one"}
    assert pulled.pages[0].reset


@pytest.mark.parametrize("scopes", [{"User.Read", "Mail.ReadWrite"}, {"User.Read", "Mail.ReadWrite", "Mail.ReadWrite.Shared"}])
def test_a_mailbox_that_nobody_shared_says_what_to_ask_for(harness: OutlookHarness, scopes: set[str]) -> None:
    harness.server.mailbox("jobs@example.com")
    harness.scopes = frozenset(scopes)
    with pytest.raises(Misconfigured, match="full access"):
        shared(harness).open()


def test_a_shared_mailbox_that_does_not_exist_says_so(harness: OutlookHarness) -> None:
    with pytest.raises(Misconfigured, match=r"no mailbox jobs@example\.com"):
        shared(harness).open()


def test_who_signs_in_to_a_shared_mailbox_is_looked_at_too(harness: OutlookHarness) -> None:
    harness.server.share("jobs@example.com", harness.address)
    harness.scopes = frozenset({"User.Read", "Mail.ReadWrite", "Mail.ReadWrite.Shared"})
    with pytest.raises(AuthNeeded, match=r"this account is lee@example\.com"):
        OutlookConnector(replace(harness.settings(), address="lee@example.com", mailbox="jobs@example.com")).open()


def test_an_account_that_does_not_tell_who_it_is_is_asked_again(harness: OutlookHarness) -> None:
    harness.server.replies("user.get", b"{}")
    with pytest.raises(Unavailable, match="whose mailbox"):
        harness.connector().open()


@pytest.mark.parametrize("address", ["sam@example.com", "SAM.R@Example.com", "sreed@corp.example.com", "old.name@example.com"])
def test_an_account_is_known_by_its_mail_its_sign_in_name_and_its_aliases(harness: OutlookHarness, address: str) -> None:
    box = harness.mailbox
    box.mail, box.principal, box.aliases = "sam.r@example.com", "sreed@corp.example.com", ["old.name@example.com"]
    connector = OutlookConnector(replace(harness.settings(), address=address))
    connector.open()
    connector.close()


def test_an_account_whose_aliases_are_not_told_is_known_by_what_is(harness: OutlookHarness) -> None:
    harness.mailbox.mail = None
    connector = harness.connector()
    connector.open()
    connector.close()
    harness.server.fail("user.get", 400, skip=1)
    with pytest.raises(AuthNeeded, match="set `username` to"):
        OutlookConnector(replace(harness.settings(), address="lee@example.com")).open()
