"""What `changes` and `fetch` promise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from connectors.base import Connector
from connectors.errors import NotFound
from rules.mail import Envelope, Role
from tests.connectors.asking import EARLY, everything, nothing, pull, pull_until, settle
from tests.connectors.harness import Harness
from tests.connectors.letters import (
    ADDRESS,
    COMPANY,
    HOSTILE,
    NOW,
    calendar,
    dates,
    draft,
    draft_bytes,
    invitation,
    letter,
    with_attachment,
)

__all__ = ["ChangesClauses", "opened"]


@contextmanager
def opened(harness: Harness) -> Iterator[Connector]:
    """Give a connector that is open."""
    connector = harness.connector()
    connector.open()
    try:
        yield connector
    finally:
        connector.close()


def _fill(harness: Harness, count: int) -> set[str]:
    names = {f"mail{number}" for number in range(count)}
    for name, at in zip(sorted(names), dates(count), strict=True):
        harness.deliver(letter(name), received_at=at)
    return names


class ChangesClauses:
    """New mail comes, none is skipped, and nothing is altered by looking."""

    def test_an_empty_mailbox_gives_one_page_with_a_cursor(self, harness: Harness) -> None:
        with opened(harness) as connector:
            pages = list(connector.changes(None, EARLY, everything))

            assert [(list(page.envelopes), list(page.messages), page.more, page.reset) for page in pages] == [
                ([], [], False, False)
            ]
            assert pages[0].cursor

    def test_the_first_listing_brings_every_message(self, harness: Harness) -> None:
        names = _fill(harness, 12)
        with opened(harness) as connector:
            assert pull(connector).ids == names

    def test_the_first_listing_leaves_out_what_came_before_since(self, harness: Harness) -> None:
        harness.deliver(letter("old"), received_at=NOW - timedelta(days=40))
        harness.deliver(letter("new"), received_at=NOW)
        with opened(harness) as connector:
            assert pull(connector, since=NOW - timedelta(days=30)).ids == {"new"}

    def test_since_is_an_instant_and_not_a_day(self, harness: Harness) -> None:
        for name, minutes in (("before", -1), ("then", 0), ("after", 1)):
            harness.deliver(letter(name), received_at=NOW + timedelta(minutes=minutes))
        with opened(harness) as connector:
            assert pull(connector, since=NOW).ids == {"then", "after"}

    def test_since_counts_by_the_clock_of_the_server_and_not_by_the_sender(self, harness: Harness) -> None:
        harness.deliver(letter("claims-to-be-old", date=NOW - timedelta(days=4000)), received_at=NOW)
        harness.deliver(letter("claims-to-be-new", date=NOW + timedelta(days=4000)), received_at=NOW - timedelta(days=60))
        with opened(harness) as connector:
            assert pull(connector, since=NOW - timedelta(days=30)).ids == {"claims-to-be-old"}

    def test_a_second_pass_over_a_quiet_mailbox_brings_nothing(self, harness: Harness) -> None:
        _fill(harness, 5)
        with opened(harness) as connector:
            again = pull(connector, pull(connector).cursor)

            assert (again.envelopes, again.messages, again.touched) == ([], [], frozenset())
            assert not any(page.reset for page in again.pages)

    def test_new_mail_comes_with_the_next_pass_and_old_mail_does_not(self, harness: Harness) -> None:
        _fill(harness, 5)
        with opened(harness) as connector:
            cursor = settle(connector)
            harness.deliver(letter("fresh"))

            assert pull_until(connector, cursor, lambda pulled: "fresh" in pulled.ids).ids == {"fresh"}

    def test_mail_with_an_old_date_that_comes_late_is_seen(self, harness: Harness) -> None:
        _fill(harness, 5)
        with opened(harness) as connector:
            cursor = settle(connector)
            harness.deliver(letter("late"), received_at=NOW - timedelta(days=2))

            assert "late" in pull_until(connector, cursor, lambda pulled: "late" in pulled.ids).ids

    def test_a_hundred_new_messages_at_once_are_all_seen(self, harness: Harness) -> None:
        _fill(harness, 3)
        with opened(harness) as connector:
            cursor = settle(connector)
            expected = {f"wave{number}" for number in range(100)}
            for number in range(100):
                harness.deliver(letter(f"wave{number}"), received_at=NOW)

            assert pull_until(connector, cursor, lambda pulled: expected <= pulled.ids).ids >= expected

    def test_pages_are_bounded_and_only_the_last_says_that_no_more_follow(self, harness: Harness) -> None:
        _fill(harness, 60)
        with opened(harness) as connector:
            pages = list(connector.changes(None, EARLY, nothing))

            assert all(len(page.envelopes) <= 1000 for page in pages)
            assert [page.more for page in pages] == [True] * (len(pages) - 1) + [False]

    def test_mail_that_comes_during_a_listing_is_in_this_pass_or_the_next(self, harness: Harness) -> None:
        names = _fill(harness, 40)
        with opened(harness) as connector:
            seen: set[str] = set()
            cursor = None
            for number, page in enumerate(connector.changes(None, EARLY, nothing)):
                seen |= {envelope.message_id.partition("@")[0] for envelope in page.envelopes}
                cursor = page.cursor
                if number == 0:
                    harness.deliver(letter("meanwhile"))
            expected = {*names, "meanwhile"}

            assert pull_until(connector, cursor, lambda pulled: expected <= pulled.ids | seen).ids | seen == expected

    def test_every_cursor_on_the_way_can_be_resumed_from(self, harness: Harness) -> None:
        names = _fill(harness, 40)
        with opened(harness) as connector:
            pages = list(connector.changes(None, EARLY, nothing))
            seen: set[str] = set()
            for page in pages:
                seen |= {envelope.message_id.partition("@")[0] for envelope in page.envelopes}
                with opened(harness) as another:
                    rest = pull(another, page.cursor)

                assert seen | rest.ids == names
                assert not any(one.reset for one in rest.pages)

    def test_resuming_twice_from_one_cursor_brings_the_same_messages(self, harness: Harness) -> None:
        _fill(harness, 4)
        with opened(harness) as connector:
            cursor = settle(connector)
            harness.deliver(letter("fresh"), received_at=NOW)
            first = pull_until(connector, cursor, lambda pulled: "fresh" in pulled.ids)
            second = pull(connector, cursor)

            assert {envelope.identity for envelope in second.envelopes} == {envelope.identity for envelope in first.envelopes}

    def test_a_cursor_serves_a_later_connection(self, harness: Harness) -> None:
        _fill(harness, 4)
        with opened(harness) as connector:
            cursor = settle(connector)
        harness.deliver(letter("fresh"), received_at=NOW)
        with opened(harness) as connector:
            assert pull_until(connector, cursor, lambda pulled: "fresh" in pulled.ids).ids == {"fresh"}

    @pytest.mark.parametrize("foreign", ["", "{}", "another7:1:2:3", "maildir1 {", "imap1 []", "\u2603" * 100])
    def test_a_cursor_that_is_not_ours_starts_over_with_a_reset(self, harness: Harness, foreign: str) -> None:
        names = _fill(harness, 3)
        with opened(harness) as connector:
            pulled = pull(connector, foreign)

            assert pulled.ids == names
            assert [page.reset for page in pulled.pages] == [True] + [False] * (len(pulled.pages) - 1)

    def test_a_dead_cursor_starts_over_with_a_reset_and_the_same_identities(self, harness: Harness) -> None:
        _fill(harness, 20)
        with opened(harness) as connector:
            before = pull(connector)
        harness.expire_cursor()
        with opened(harness) as connector:
            after = pull(connector, before.cursor)

            assert Counter(one.identity for one in after.envelopes) == Counter(one.identity for one in before.envelopes)
            assert [page.reset for page in after.pages] == [True] + [False] * (len(after.pages) - 1)
            assert pull(connector, after.cursor).envelopes == []

    def test_a_reset_leaves_out_what_came_before_since(self, harness: Harness) -> None:
        harness.deliver(letter("old"), received_at=NOW - timedelta(days=40))
        harness.deliver(letter("new"), received_at=NOW)
        with opened(harness) as connector:
            cursor = settle(connector)
        harness.expire_cursor()
        with opened(harness) as connector:
            assert pull(connector, cursor, since=NOW - timedelta(days=30)).ids == {"new"}

    def test_references_given_after_a_reset_can_be_fetched(self, harness: Harness) -> None:
        harness.deliver(letter("one"), received_at=NOW)
        with opened(harness) as connector:
            cursor = settle(connector)
        harness.expire_cursor()
        with opened(harness) as connector:
            assert b"<one@orchard.example>" in connector.fetch(pull(connector, cursor).envelope("one").ref)

    def test_a_message_has_the_same_identity_in_every_folder(self, harness: Harness) -> None:
        with opened(harness) as connector:
            roles = {role for role, _ in connector.open().folders} & {Role.INBOX, Role.ARCHIVE, Role.SENT}
            for role in roles:
                harness.deliver(letter("moved"), role, NOW)
            pulled = pull_until(connector, None, lambda pulled: len(pulled.envelopes) >= len(roles))

            assert {envelope.role for envelope in pulled.envelopes} == roles
            assert len({envelope.identity for envelope in pulled.envelopes}) == 1
            assert len({envelope.ref for envelope in pulled.envelopes}) == len(roles)

    def test_messages_without_a_message_id_are_told_apart(self, harness: Harness) -> None:
        for minute in range(3):
            raw = letter("x", date=NOW + timedelta(minutes=minute)).replace(b"Message-ID: <x@orchard.example>\r\n", b"")
            harness.deliver(raw, received_at=NOW)
        with opened(harness) as connector:
            assert len({envelope.identity for envelope in pull(connector).envelopes}) == 3

    def test_drafts_are_no_messages_but_their_folder_is_touched(self, harness: Harness) -> None:
        with opened(harness) as connector:
            cursor = settle(connector)
            harness.deliver(draft_bytes(draft()), Role.DRAFTS, NOW)
            pulled = pull_until(connector, cursor, lambda pulled: Role.DRAFTS in pulled.touched)

            assert pulled.envelopes == []

    def test_a_draft_that_is_removed_touches_drafts(self, harness: Harness) -> None:
        with opened(harness) as connector:
            connector.put_draft(draft(), draft_bytes(draft()))
            cursor = settle(connector)
            harness.user_deletes(draft().message_id)

            assert Role.DRAFTS in pull_until(connector, cursor, lambda pulled: bool(pulled.touched)).touched

    def test_a_draft_that_is_sent_touches_sent_and_comes_as_a_sent_message(self, harness: Harness) -> None:
        with opened(harness) as connector:
            connector.put_draft(draft(), draft_bytes(draft()))
            cursor = settle(connector)
            harness.user_sends(draft().message_id)
            pulled = pull_until(connector, cursor, lambda pulled: bool(pulled.envelopes))

            assert {Role.SENT, Role.DRAFTS} <= pulled.touched
            assert [(one.role, one.message_id) for one in pulled.envelopes] == [(Role.SENT, draft().message_id)]

    def test_wants_is_asked_of_every_envelope_and_decides_which_text_comes(self, harness: Harness) -> None:
        names = _fill(harness, 9)
        asked: list[str] = []

        def some(envelope: Envelope) -> bool:
            asked.append(envelope.message_id.partition("@")[0])
            return envelope.message_id < "mail5"

        with opened(harness) as connector:
            pulled = pull(connector, wants=some)

            assert set(asked) == names == pulled.ids
            assert {one.envelope.message_id for one in pulled.messages} == {
                one.message_id for one in pulled.envelopes if some(one)
            }

    def test_a_message_carries_the_envelope_under_which_it_was_listed(self, harness: Harness) -> None:
        _fill(harness, 3)
        harness.deliver(invitation("invite"), received_at=NOW)
        with opened(harness) as connector:
            for page in pull(connector).pages:
                listed = {envelope.ref: envelope for envelope in page.envelopes}
                for message in page.messages:
                    assert message.envelope == listed[message.envelope.ref]

    def test_looking_leaves_unseen_mail_unseen(self, harness: Harness) -> None:
        harness.deliver(letter("unread"), received_at=NOW)
        with opened(harness) as connector:
            pulled = pull(connector)
            connector.fetch(pulled.envelope("unread").ref)

        assert "\\seen" not in harness.flags(Role.INBOX, "unread@orchard.example")

    def test_received_at_is_aware_and_by_the_clock_of_the_server(self, harness: Harness) -> None:
        harness.deliver(letter("future", date=datetime(2031, 5, 1, tzinfo=UTC)), received_at=NOW)
        with opened(harness) as connector:
            message = pull(connector).message("future")

            assert message.envelope.received_at.utcoffset() is not None
            assert message.envelope.received_at == NOW
            assert message.date == datetime(2031, 5, 1, tzinfo=UTC)

    def test_an_envelope_holds_what_the_header_says(self, harness: Harness) -> None:
        more = {
            "In-Reply-To": "<two@x.example>",
            "References": "<one@x.example>\r\n <two@x.example>",
            "Cc": "Lee <lee@orchard.example>",
        }
        harness.deliver(letter("thread", subject="Re: Round two", more=more), received_at=NOW)
        with opened(harness) as connector:
            envelope = pull(connector).envelope("thread")

            assert (envelope.in_reply_to, envelope.references) == ("two@x.example", "one@x.example two@x.example")
            assert (envelope.from_address, envelope.from_name) == (COMPANY, "Dana Ortiz")
            assert envelope.recipients.split() == [ADDRESS, "lee@orchard.example"]
            assert (envelope.subject, envelope.role, envelope.bulk, envelope.calendar) == (
                "Re: Round two",
                Role.INBOX,
                False,
                False,
            )
            assert envelope.size > 100

    def test_list_mail_is_told_as_bulk(self, harness: Harness) -> None:
        harness.deliver(letter("list", more={"List-Id": "Jobs <jobs.orchard.example>"}), received_at=NOW)
        harness.deliver(letter("bulk", more={"Precedence": "bulk"}), received_at=NOW)
        with opened(harness) as connector:
            assert [envelope.bulk for envelope in pull(connector).envelopes] == [True, True]

    def test_text_and_names_that_are_not_ascii_arrive_decoded(self, harness: Harness) -> None:
        harness.deliver(
            letter(
                "words",
                subject="=?utf-8?q?Gespr=C3=A4ch_in_K=C3=B6ln?=",
                sender="=?iso-8859-1?q?Ren=E9e?= <renee@orchard.example>",
                text="Schöne Grüße aus Köln, 東京 も 🙂",
            ),
            received_at=NOW,
        )
        with opened(harness) as connector:
            message = pull(connector).message("words")

            assert (message.envelope.subject, message.sender.name) == ("Gespräch in Köln", "Renée")
            assert "Schöne Grüße aus Köln, 東京 も 🙂" in message.text

    def test_a_page_in_html_alone_arrives_as_visible_text(self, harness: Harness) -> None:
        page = (
            "<html><style>p {color: red}</style><body><p>We are <b>glad</b> to invite you.</p><script>x()</script></body></html>"
        )
        harness.deliver(letter("page", text=page, more={"Content-Type": "text/html; charset=utf-8"}), received_at=NOW)
        with opened(harness) as connector:
            text = pull(connector).message("page").text

            assert "glad to invite you" in " ".join(text.split())
            assert "color" not in text
            assert "x()" not in text

    def test_a_calendar_part_arrives_whole(self, harness: Harness) -> None:
        harness.deliver(invitation("invite", lines=400), received_at=NOW)
        with opened(harness) as connector:
            message = pull(connector).message("invite")

            assert message.envelope.calendar
            assert [part.method for part in message.calendars] == ["REQUEST"]
            assert message.calendars[0].text.split() == calendar(400).split()
            assert "enclosed" in message.text

    def test_a_calendar_part_behind_a_large_attachment_arrives(self, harness: Harness) -> None:
        raw = with_attachment("behind", 300_000, ("text/calendar; method=REQUEST; charset=utf-8", calendar()))
        harness.deliver(raw, received_at=NOW)
        with opened(harness) as connector:
            message = pull(connector).message("behind")

            assert message.envelope.calendar
            assert "UID:round-1@orchard.example" in message.calendars[0].text

    def test_what_the_provider_found_of_the_sender_comes_with_the_text(self, harness: Harness) -> None:
        """RFC 8601: long, so it is not asked for before the text is."""
        found = "mx.orchard.example; dmarc=fail (p=none) header.from=orchard.example"
        harness.deliver(letter("forged", more={"Authentication-Results": found}), received_at=NOW)
        harness.deliver(letter("plain"), received_at=NOW)
        with opened(harness) as connector:
            pulled = pull(connector)

            assert pulled.message("forged").headers["authentication-results"] == found
            assert "authentication-results" not in pulled.message("plain").headers
            assert pulled.message("forged").headers["message-id"] == "<forged@orchard.example>"

    def test_a_very_large_message_comes_with_its_text(self, harness: Harness) -> None:
        harness.deliver(with_attachment("large", 2_500_000), received_at=NOW)
        with opened(harness) as connector:
            message = pull(connector).message("large")

            assert "enclosed" in message.text
            assert len(message.text) <= 16_384
            assert message.envelope.size > 2_500_000

    @pytest.mark.parametrize("kind", HOSTILE)
    def test_a_broken_message_costs_itself_only(self, harness: Harness, kind: str) -> None:
        harness.deliver(letter("before"), received_at=NOW)
        harness.deliver(HOSTILE[kind], received_at=NOW)
        harness.deliver(letter("after"), received_at=NOW)
        with opened(harness) as connector:
            pulled = pull(connector)

            assert {"before", "after"} <= {message.envelope.message_id.partition("@")[0] for message in pulled.messages}
            assert len(pulled.envelopes) == len(pulled.messages) == 3
            for envelope in pulled.envelopes:
                assert "\n" not in envelope.subject + envelope.from_name + envelope.recipients
            assert pull(connector, pulled.cursor).envelopes == []

    def test_texts_that_were_not_wanted_at_first_can_be_read_later(self, harness: Harness) -> None:
        for name in ("one", "two", "three"):
            harness.deliver(letter(name), received_at=NOW)
        harness.deliver(letter("sent"), Role.SENT, NOW)
        with opened(harness) as connector:
            wanted = pull_until(connector, None, lambda pulled: len(pulled.envelopes) >= 4)
            later = pull(connector, None, wants=nothing)
            gone = later.envelope("two")._replace(ref=later.envelope("two").ref + "9999")
            asked = [later.envelope("sent"), gone, later.envelope("three"), later.envelope("one")]

            found = {message.envelope.message_id: message for message in connector.read(asked)}

            assert set(found) == {f"{name}@orchard.example" for name in ("sent", "three", "one")}
            assert all(message == wanted.message(name.partition("@")[0]) for name, message in found.items())
            assert connector.read([]) == []
        assert "\\seen" not in harness.flags(Role.INBOX, "one@orchard.example")

    def test_fetch_gives_the_message_as_it_stands(self, harness: Harness) -> None:
        harness.deliver(letter("one", text="First line.\r\nSecond line."), received_at=NOW)
        with opened(harness) as connector:
            raw = connector.fetch(pull(connector).envelope("one").ref)

            assert b"Message-ID: <one@orchard.example>\r\n" in raw
            assert raw.endswith(b"\r\n\r\nFirst line.\r\nSecond line.\r\n")

    def test_fetch_gives_a_megabyte_at_most(self, harness: Harness) -> None:
        harness.deliver(with_attachment("large", 1_500_000), received_at=NOW)
        with opened(harness) as connector:
            raw = connector.fetch(pull(connector, wants=nothing).envelope("large").ref)

            assert 900_000 < len(raw) <= 1_048_576

    @pytest.mark.parametrize("ref", ["", "no such thing", "/", "INBOX/1/999999999", "../../etc/passwd", "\x00"])
    def test_fetching_what_is_not_there_is_not_found(self, harness: Harness, ref: str) -> None:
        harness.deliver(letter("one"), received_at=NOW)
        with opened(harness) as connector:
            pull(connector)
            with pytest.raises(NotFound):
                connector.fetch(ref)
