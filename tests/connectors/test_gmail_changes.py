"""What Gmail's history and listings bring, and what stays unharmed when they do not behave."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from connectors.base import Changes, Connector, WaitResult
from connectors.errors import NotFound, Throttled, Unavailable
from connectors.gmail import GmailConnector
from rules.mail import Role
from tests.connectors.asking import EARLY, Pulled, everything, nothing, pull, settle
from tests.connectors.contract_changes import opened
from tests.connectors.gmail_harness import PAGE, FakeGmailHarness
from tests.connectors.letters import COMPANY, NOW, dates, draft, draft_bytes, invitation, letter, with_attachment
from tests.servers.answering import Request
from tests.servers.gmail import Fault, Quirks, Stored, batches, methods, resources
from tests.servers.gmail.answers import Answer, refusal
from watcher.wake import SocketWake


@pytest.fixture
def harness() -> Iterator[FakeGmailHarness]:
    world = FakeGmailHarness()
    yield world
    world.close()


@pytest.fixture
def connector(harness: FakeGmailHarness) -> Iterator[GmailConnector]:
    with opened(harness) as one:
        assert isinstance(one, GmailConnector)
        yield one


def fill(harness: FakeGmailHarness, count: int) -> set[str]:
    names = [f"mail{number:03}" for number in range(count)]
    for name, at in zip(names, dates(count), strict=True):
        harness.deliver(letter(name), received_at=at)
    return set(names)


def insistently(connector: Connector, cursor: str | None = None, *, tries: int = 60) -> Pulled:
    """Read as the daemon does: after each failure go on from the last cursor that was stored."""
    pages: list[Changes] = []
    for _ in range(tries):
        with suppress(Unavailable):
            for page in connector.changes(cursor, EARLY, everything):
                pages.append(page)
                cursor = page.cursor
            return Pulled(cursor or "", pages)
    raise AssertionError("it never came to an end")


def key_of(harness: FakeGmailHarness, name: str) -> str:
    return next(one.id for one in harness.mailbox.messages() if f"<{name}@".encode() in one.raw)


# -- where mail stands


@pytest.mark.parametrize(
    ("labels", "role"),
    [
        (["INBOX", "CATEGORY_PROMOTIONS"], Role.INBOX),
        (["CATEGORY_UPDATES"], Role.ARCHIVE),
        (["IMPORTANT"], Role.ARCHIVE),
        (["SPAM"], Role.JUNK),
        (["SENT", "INBOX"], Role.SENT),
    ],
)
def test_mail_is_seen_wherever_a_filter_puts_it(
    harness: FakeGmailHarness, connector: GmailConnector, labels: list[str], role: Role
) -> None:
    harness.mailbox.deliver(letter("before"), labels, NOW)
    pulled = pull(connector)
    harness.mailbox.deliver(letter("after"), labels)
    later = pull(connector, pulled.cursor)

    assert [(one.message_id.partition("@")[0], one.role) for one in (*pulled.envelopes, *later.envelopes)] == [
        ("before", role),
        ("after", role),
    ]
    assert len(later.messages) == 1


@pytest.mark.parametrize("label", ["TRASH", "CHAT"])
def test_what_lies_in_the_bin_and_chats_are_no_messages(harness: FakeGmailHarness, connector: GmailConnector, label: str) -> None:
    harness.mailbox.deliver(letter("before"), [label], NOW)
    pulled = pull(connector)
    harness.mailbox.deliver(letter("after"), [label])

    assert pulled.envelopes == pull(connector, pulled.cursor).envelopes == []


def test_the_thread_of_the_service_comes_with_the_envelope(harness: FakeGmailHarness, connector: GmailConnector) -> None:
    harness.deliver(letter("one"), received_at=NOW)
    answer = {"In-Reply-To": "<one@orchard.example>", "References": "<one@orchard.example>"}
    harness.deliver(letter("two", subject="Re: Your application", more=answer), received_at=NOW)
    threads = {envelope.thread_id for envelope in pull(connector).envelopes}

    assert len(threads) == 1
    assert threads != {""}


def test_mail_taken_out_of_spam_and_bin_comes_and_mail_put_there_is_removed(
    harness: FakeGmailHarness, connector: GmailConnector
) -> None:
    for name in ("spam", "bin", "inbox", "other"):
        harness.mailbox.deliver(letter(name), {"spam": ["SPAM"], "bin": ["TRASH"]}.get(name, ["INBOX"]), NOW)
    cursor = settle(connector)
    harness.mailbox.relabel(key_of(harness, "spam"), remove=["SPAM"])
    harness.mailbox.relabel(key_of(harness, "bin"), remove=["TRASH"])
    harness.mailbox.trash(key_of(harness, "inbox"))
    harness.mailbox.spam(key_of(harness, "other"))
    pulled = pull(connector, cursor)

    assert pulled.ids == {"spam", "bin"}
    assert {one.role for one in pulled.envelopes} == {Role.ARCHIVE}
    removed = {ref for page in pulled.pages for ref in page.removed}
    assert removed == {key_of(harness, "inbox"), key_of(harness, "other")}


def test_new_mail_that_is_put_into_spam_as_it_comes_is_seen_there(harness: FakeGmailHarness, connector: GmailConnector) -> None:
    cursor = settle(connector)
    harness.deliver(letter("suspect"))
    harness.mailbox.spam(key_of(harness, "suspect"))
    pulled = pull(connector, cursor)

    assert [(one.message_id, one.role) for one in pulled.envelopes] == [("suspect@orchard.example", Role.JUNK)]
    assert not any(page.removed for page in pulled.pages)


def test_waiting_asks_nothing(harness: FakeGmailHarness, connector: GmailConnector) -> None:
    settle(connector)
    spent = connector.spent
    harness.deliver(letter("one"))
    wake = SocketWake()
    try:
        assert connector.wait(0.05, wake) is WaitResult.TIMEOUT
        wake.set()
        assert connector.wait(60, wake) is WaitResult.WOKEN
    finally:
        wake.close()

    assert connector.spent == spent


def test_reading_starring_archiving_and_our_labels_wake_nobody(harness: FakeGmailHarness, connector: GmailConnector) -> None:
    harness.deliver(letter("one"), received_at=NOW)
    cursor = settle(connector)
    key = key_of(harness, "one")
    ours = harness.mailbox.make_label("Hearback/Waiting")
    harness.mailbox.relabel(key, add=["STARRED", "IMPORTANT", ours.id], remove=["UNREAD"])
    harness.mailbox.archive(key)
    gets = harness.server.calls["gmail.users.messages.get"]
    pulled = pull(connector, cursor)

    assert (pulled.envelopes, pulled.touched) == ([], frozenset())
    assert pulled.cursor != cursor
    assert harness.server.calls["gmail.users.messages.get"] == gets


def test_mail_that_is_deleted_for_good_is_removed(harness: FakeGmailHarness, connector: GmailConnector) -> None:
    harness.deliver(letter("one"), received_at=NOW)
    cursor = settle(connector)
    key = key_of(harness, "one")
    harness.mailbox.delete(key)
    pulled = pull(connector, cursor)

    assert [ref for page in pulled.pages for ref in page.removed] == [key]
    assert pulled.touched == {Role.DRAFTS, Role.SENT}, "what it was is not told"


def test_mail_that_comes_and_goes_between_two_passes_is_not_asked_for(
    harness: FakeGmailHarness, connector: GmailConnector
) -> None:
    cursor = settle(connector)
    harness.deliver(letter("short"))
    harness.mailbox.delete(key_of(harness, "short"))
    gets = harness.server.calls["gmail.users.messages.get"]

    assert pull(connector, cursor).envelopes == []
    assert harness.server.calls["gmail.users.messages.get"] == gets


def test_a_reference_is_never_both_removed_and_listed_on_one_page(harness: FakeGmailHarness, connector: GmailConnector) -> None:
    fill(harness, 3)
    cursor = settle(connector)
    for one in harness.mailbox.messages():
        harness.mailbox.trash(one.id)
        harness.mailbox.relabel(one.id, add=["INBOX"], remove=["TRASH"])
    pulled = pull(connector, cursor)

    assert len(pulled.ids) == 3
    for page in pulled.pages:
        assert not set(page.removed) & {envelope.ref for envelope in page.envelopes}


def test_a_draft_that_turns_into_sent_mail_under_its_own_id_comes_as_sent(
    harness: FakeGmailHarness, connector: GmailConnector
) -> None:
    connector.put_draft(draft(), draft_bytes(draft()))
    cursor = settle(connector)
    harness.mailbox.relabel(harness.mailbox.draft_of(draft().message_id).message.id, add=["SENT"], remove=["DRAFT"])
    pulled = pull(connector, cursor)

    assert [one.role for one in pulled.envelopes] == [Role.SENT]
    assert {Role.SENT, Role.DRAFTS} <= pulled.touched


# -- messages


def test_a_message_that_goes_between_the_list_and_the_get_costs_itself_only(harness: FakeGmailHarness) -> None:
    fill(harness, 9)
    with opened(harness) as connector:
        harness.server.fail("messages.get", 404, times=2, skip=3)
        pulled = pull(connector, wants=nothing)

        assert len(pulled.ids) == 7
        assert [page.more for page in pulled.pages][-1] is False


@pytest.mark.parametrize(
    "broken",
    [
        {}, {"id": "1"}, {"payload": None}, {"payload": {"headers": None}}, {"labelIds": "INBOX"}, {"labelIds": [3]},
        {"payload": {"parts": [[]]}}, {"raw": "!!!"}, {"raw": 7}, {"internalDate": "x"}, {"sizeEstimate": -5},
        {"payload": {"headers": [{"name": 1}]}, "threadId": ["x"], "internalDate": {}},
    ],
    ids=json.dumps,
)  # fmt: skip
@pytest.mark.parametrize("which", [2, PAGE + 2], ids=["its header", "its text"])
def test_an_answer_that_lacks_what_it_should_have_costs_its_message_only(
    harness: FakeGmailHarness, broken: dict[str, object], which: int
) -> None:
    names = fill(harness, PAGE)
    harness.server.arm(Fault("messages.get", skip=which, answer=Answer(200, json.dumps(broken).encode())))
    with opened(harness) as connector:
        pulled = pull(connector)

        assert len(pulled.ids & names) >= PAGE - 1
        assert len(pulled.messages) == len(pulled.envelopes) >= PAGE - 1
        assert all(one.text for one in pulled.messages[:2])


@pytest.mark.parametrize("text", ["[]", "null", "7", "", "{", "<html></html>", "[" * 5000, '{"a": ' + "9" * 5000 + "}"])
def test_a_part_that_is_no_object_is_asked_for_again(harness: FakeGmailHarness, text: str) -> None:
    names = fill(harness, PAGE)
    harness.server.arm(Fault("messages.get", skip=2, answer=Answer(200, text.encode())))
    with opened(harness) as connector:
        assert pull(connector).ids == names


def test_a_message_whose_text_goes_meanwhile_comes_with_what_is_known(harness: FakeGmailHarness) -> None:
    harness.deliver(letter("one"), received_at=NOW)
    with opened(harness) as connector:
        harness.server.fail("messages.get", 404, times=1, skip=1)
        message = pull(connector).message("one")

        assert (message.text, message.sender.address) == ("", COMPANY)
        assert message.defects == ("its text could not be read from the server",)


def test_a_large_message_is_read_by_its_parts_and_not_as_a_whole(harness: FakeGmailHarness) -> None:
    calendar = "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
    raw = with_attachment("large", 1_500_000, ("text/calendar; method=REQUEST; charset=utf-8", calendar))
    for quirks in (Quirks(), Quirks(look=replace(Quirks().look, inline=0))):
        harness.mailbox.quirks = quirks
        harness.deliver(raw.replace(b"<large@", f"<large{quirks.look.inline}@".encode()), received_at=NOW)
        with opened(harness) as connector:
            message = pull(connector).message(f"large{quirks.look.inline}")

            assert "enclosed" in message.text
            assert [part.text.split() for part in message.calendars] == [calendar.split()]
            assert message.calendars[0].method == "REQUEST"
            assert message.defects == ()


def test_attachments_of_a_large_message_that_go_meanwhile_are_told_as_a_defect(harness: FakeGmailHarness) -> None:
    raw = with_attachment("large", 1_500_000, ("text/calendar; method=REQUEST", "BEGIN:VCALENDAR"))
    harness.deliver(raw, received_at=NOW)
    with opened(harness) as connector:
        harness.server.fail("messages.attachments.get", 404, times=None)
        message = pull(connector).message("large")

        assert message.defects == ("a part of type text/calendar could not be read",)


def test_a_text_in_japanese_is_read_from_a_large_message(harness: FakeGmailHarness) -> None:
    raw = with_attachment("jp", 1_500_000).replace(b"charset=utf-8\r\nContent-Transfer-Encoding: 7bit", b"charset=iso-2022-jp", 1)
    harness.deliver(raw.replace(b"Please find it enclosed.", "面接のご案内".encode("iso-2022-jp")), received_at=NOW)
    with opened(harness) as connector:
        assert "面接のご案内" in pull(connector).message("jp").text


def test_whole_messages_are_asked_for_in_answers_that_do_not_grow_too_large(harness: FakeGmailHarness) -> None:
    for number in range(6):
        harness.deliver(with_attachment(f"heavy{number}", 600_000), received_at=NOW)
    with opened(harness) as connector:
        assert len(pull(connector, wants=nothing).ids) == 6
        batches = harness.server.calls["batch"]
        pulled = pull(connector)

        assert len(pulled.messages) == 6
        assert harness.server.calls["batch"] - batches >= 1 + 2, "six of them would be more than four megabytes"


# -- resuming


def test_a_listing_is_taken_up_again_in_the_middle_of_a_page_of_the_service(harness: FakeGmailHarness) -> None:
    names = fill(harness, 230)
    connector = GmailConnector(replace(harness.settings(), page_size=500))
    connector.open()
    seen: set[str] = set()
    pages = list(connector.changes(None, EARLY, nothing))
    assert len(pages) >= 5
    for number, page in enumerate(pages):
        seen |= {one.message_id.partition("@")[0] for one in page.envelopes}
        before = harness.server.calls["gmail.users.messages.get"]
        rest = pull(connector, page.cursor, wants=nothing)

        assert seen | rest.ids == names
        if number > 2:
            asked = harness.server.calls["gmail.users.messages.get"] - before
            assert asked < 230 - 50, "it goes on where it was, and not at the beginning"
    connector.close()


def test_every_history_cursor_on_the_way_can_be_resumed_from(harness: FakeGmailHarness, connector: GmailConnector) -> None:
    cursor = settle(connector)
    expected = set()
    for number in range(4 * PAGE):
        harness.deliver(letter(f"wave{number:03}"), received_at=NOW)
        expected.add(f"wave{number:03}")
    seen: set[str] = set()
    pages = list(connector.changes(cursor, EARLY, nothing))
    assert len(pages) > 3
    for page in pages:
        seen |= {envelope.message_id.partition("@")[0] for envelope in page.envelopes}
        with opened(harness) as another:
            rest = pull(another, page.cursor)

            assert seen | rest.ids == expected
            assert len(rest.envelopes) == len(expected) - len(seen), "it goes on where it was"


def test_what_happens_to_mail_that_was_delivered_already_is_not_lost_by_resuming(
    harness: FakeGmailHarness, connector: GmailConnector
) -> None:
    """The page of history grows at its end between the crash and the next pass."""
    cursor = settle(connector)
    for number in range(2 * PAGE):
        harness.deliver(letter(f"wave{number:03}"), received_at=NOW)
    first = next(iter(connector.changes(cursor, EARLY, nothing)))
    gone = first.envelopes[0].ref
    harness.mailbox.trash(gone)
    rest = pull(connector, first.cursor)

    assert gone in {ref for page in rest.pages for ref in page.removed}
    assert len(rest.ids | {one.message_id.partition("@")[0] for one in first.envelopes}) == 2 * PAGE


def test_page_tokens_that_run_out_start_their_listing_again_without_a_reset(harness: FakeGmailHarness) -> None:
    names = fill(harness, 4 * PAGE)
    with opened(harness) as connector:
        seen: set[str] = set()
        cursor = ""
        for number, page in enumerate(connector.changes(None, EARLY, nothing)):
            seen |= {envelope.message_id.partition("@")[0] for envelope in page.envelopes}
            cursor = page.cursor
            if number == 2:
                break
        harness.mailbox.refuse_page_tokens()
        rest = pull(connector, cursor)

        assert "page" in json.loads(cursor.removeprefix("gmail1 ")), "it is in the middle of a listing"
        assert seen | rest.ids == names
        assert not any(page.reset for page in rest.pages)


@pytest.mark.parametrize("status", [400, 404])
def test_a_page_that_is_refused_once_loses_nothing(harness: FakeGmailHarness, status: int) -> None:
    """Its token is the same again when the listing has started anew."""
    names = fill(harness, 6 * PAGE)
    with opened(harness) as connector:
        harness.server.fail("messages.list", status, skip=3)

        assert pull(connector).ids == names


def test_a_page_that_is_refused_for_good_is_told_as_trouble(harness: FakeGmailHarness) -> None:
    fill(harness, 6 * PAGE)
    with opened(harness) as connector:
        harness.server.fail("messages.list", 400, times=None, skip=3)
        with pytest.raises(Unavailable):
            pull(connector)


def test_what_the_search_index_does_not_show_yet_is_found_all_the_same(harness: FakeGmailHarness) -> None:
    harness.deliver(letter("old"), received_at=NOW)
    harness.mailbox.quirks = Quirks(index_lags=True)
    harness.deliver(letter("fresh"))
    with opened(harness) as connector:
        assert pull(connector).ids == {"old", "fresh"}


def test_a_dead_history_in_the_middle_of_a_pass_starts_over_and_loses_nothing(harness: FakeGmailHarness) -> None:
    with opened(harness) as connector:
        cursor = settle(connector)
        names = fill(harness, 3 * PAGE)
        harness.server.fail("history.list", 404, times=1)
        pulled = pull(connector, cursor)

        assert pulled.ids == names
        assert pulled.pages[0].reset
        assert pull(connector, pulled.cursor).envelopes == []


@pytest.mark.parametrize("status", [400, 404])
def test_a_history_that_is_dead_for_good_lists_anew_at_each_pass_and_never_hangs(harness: FakeGmailHarness, status: int) -> None:
    names = fill(harness, 3)
    with opened(harness) as connector:
        cursor = settle(connector)
        harness.server.fail("history.list", status, times=None)
        for _ in range(2):
            pulled = pull(connector, cursor)
            cursor = pulled.cursor
            assert (pulled.ids, pulled.pages[0].reset) == (names, True)


@pytest.mark.parametrize(
    "quirks",
    [
        Quirks(empty_pages=5),
        Quirks(repeats_history=True),
        Quirks(stuck_history=True),
        Quirks(endless_pages=True),
        Quirks(empty_pages=45),
        Quirks(bare_history=True),
    ],
    ids=[
        "empty pages",
        "records twice",
        "an id that never advances",
        "pages without end",
        "very many empty pages",
        "records that do not say what happened",
    ],
)
def test_a_history_that_misbehaves_neither_loops_nor_loses(harness: FakeGmailHarness, quirks: Quirks) -> None:
    with opened(harness) as connector:
        cursor = settle(connector)
        names = fill(harness, 2 * PAGE)
        harness.mailbox.quirks = quirks
        seen: set[str] = set()
        for _ in range(3):
            calls = connector.spent.calls
            pulled = pull(connector, cursor)
            seen |= pulled.ids
            cursor = pulled.cursor
            assert connector.spent.calls - calls < 250
        assert seen == names
        harness.mailbox.quirks = Quirks()
        assert pull(connector, cursor).envelopes == []


def test_what_is_listed_as_spam_is_spam_though_it_tells_no_labels(
    harness: FakeGmailHarness, connector: GmailConnector, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = resources.message_resource
    monkeypatch.setattr(
        methods, "message_resource", lambda *of: {name: value for name, value in told(*of).items() if name != "labelIds"}
    )
    harness.deliver(letter("bait"), Role.JUNK, NOW)
    harness.deliver(letter("filed"), Role.ARCHIVE, NOW)

    assert {one.message_id: one.role for one in pull(connector).envelopes} == {
        "filed@orchard.example": Role.ARCHIVE,
        "bait@orchard.example": Role.JUNK,
    }


# -- faults


TROUBLES: dict[str, Callable[[FakeGmailHarness, int], object]] = {
    "503": lambda harness, skip: harness.server.fail("*", 503, skip=skip),
    "429": lambda harness, skip: harness.server.fail("*", 429, skip=skip, retry_after=1),
    "403 rate limit": lambda harness, skip: harness.server.fail("*", 403, skip=skip, reason="rateLimitExceeded"),
    "a batch that fails": lambda harness, skip: harness.server.fail("batch", 500, skip=skip),
    "a line that breaks": lambda harness, skip: harness.server.break_off("batch", skip=skip, after=300),
    "a call whose line breaks": lambda harness, skip: harness.server.break_off("*", skip=skip),
}


@pytest.mark.parametrize("trouble", TROUBLES)
def test_trouble_at_any_call_of_a_first_look_loses_and_invents_nothing(harness: FakeGmailHarness, trouble: str) -> None:
    names = fill(harness, 2 * PAGE)
    harness.deliver(invitation("invite"), received_at=NOW)
    with opened(harness) as connector:
        for skip in range(0, 60, 4):
            harness.server.heal()
            TROUBLES[trouble](harness, skip)
            pulled = insistently(connector)

            assert pulled.ids == {*names, "invite"}
            assert "enclosed" in pulled.message("invite").text
            harness.server.heal()
            assert pull(connector, pulled.cursor).envelopes == []


@pytest.mark.parametrize("trouble", TROUBLES)
def test_trouble_at_any_call_of_a_later_pass_loses_nothing(harness: FakeGmailHarness, trouble: str) -> None:
    with opened(harness) as connector:
        cursor = settle(connector)
        seen: set[str] = set()
        for skip in range(0, 20, 2):
            for number in range(PAGE + 2):
                harness.deliver(letter(f"{trouble}{skip}-{number}".replace(" ", "")))
            harness.server.heal()
            TROUBLES[trouble](harness, skip)
            pulled = insistently(connector, cursor)
            seen |= pulled.ids
            cursor = pulled.cursor
        assert len(seen) == 10 * (PAGE + 2)


def test_only_the_parts_of_a_batch_that_failed_are_asked_for_again(harness: FakeGmailHarness) -> None:
    fill(harness, PAGE)
    with opened(harness) as connector:
        harness.server.fail("messages.get", 503, times=2, skip=2)
        before = harness.server.calls["gmail.users.messages.get"]
        assert len(pull(connector, wants=nothing).ids) == PAGE

        assert harness.server.calls["gmail.users.messages.get"] - before == PAGE + 2


def test_answers_of_a_batch_without_their_ids_are_taken_in_order_and_never_for_one_another(
    harness: FakeGmailHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = fill(harness, PAGE)
    joined = batches.joined
    turned = False

    def unnamed(parts: Sequence[batches.Part], answers: Sequence[Answer]) -> Answer:
        return joined([replace(part, content_id="") for part in parts], answers[::-1] if turned else answers)

    monkeypatch.setattr(batches, "joined", unnamed)
    with opened(harness) as connector:
        pulled = pull(connector)
        assert pulled.ids == names
        assert all(pulled.message(name).envelope.ref == key_of(harness, name) for name in names)

        turned = True
        with pytest.raises(Unavailable, match="another message"):
            pull(connector)


def test_pauses_between_tries_grow_and_heed_what_the_service_asks_for(harness: FakeGmailHarness) -> None:
    fill(harness, 3)
    pauses: list[float] = []
    connector = GmailConnector(replace(harness.settings(), pause=pauses.append))
    connector.open()
    harness.server.fail("messages.get", 429, times=3, retry_after=5)
    assert len(pull(connector, wants=nothing).ids) == 3
    assert len(pauses) == 1
    assert pauses[0] >= 5
    connector.close()


def test_a_part_that_asks_for_a_pause_until_a_moment_is_taken_by_the_clock_of_the_whole_answer(
    harness: FakeGmailHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    joined = batches.joined
    monkeypatch.setattr(
        batches, "joined", lambda *all_of: replace(joined(*all_of), headers={"Date": "Tue, 04 Mar 2025 09:00:00 GMT"})
    )
    fill(harness, 3)
    pauses: list[float] = []
    connector = GmailConnector(replace(harness.settings(), pause=pauses.append))
    connector.open()
    harness.server.arm(Fault("messages.get", answer=refusal(429, headers={"Retry-After": "Tue, 04 Mar 2025 09:00:20 GMT"})))
    assert len(pull(connector, wants=nothing).ids) == 3
    assert pauses == [20.0]
    connector.close()


def test_parts_that_go_over_a_limit_are_asked_for_again_for_longer_than_a_minute(harness: FakeGmailHarness) -> None:
    """Limits are by the minute, and parts of a batch name no time (https://developers.google.com/workspace/gmail/api/guides/handle-errors)."""
    fill(harness, PAGE)
    pauses: list[float] = []
    connector = GmailConnector(replace(harness.settings(), pause=pauses.append))
    connector.open()
    failing = 7 * (PAGE - 2)
    harness.server.fail("messages.get", 429, times=failing, skip=2, reason="rateLimitExceeded")
    before = harness.server.calls["gmail.users.messages.get"]
    assert len(pull(connector, wants=nothing).ids) == PAGE
    connector.close()

    assert harness.server.calls["gmail.users.messages.get"] - before == PAGE + failing
    assert len(pauses) == 7
    assert sum(pauses) > 60


def test_a_stop_during_a_pause_ends_what_is_being_done(harness: FakeGmailHarness) -> None:
    class StoppedError(Exception):
        pass

    def stop(seconds: float) -> None:
        assert 0 <= seconds <= 8
        raise StoppedError

    fill(harness, 3)
    connector = GmailConnector(replace(harness.settings(), pause=stop))
    connector.open()
    harness.server.fail("messages.get", 503, times=None)
    with pytest.raises(StoppedError):
        pull(connector)
    connector.close()


def test_a_service_that_asks_for_a_long_pause_gets_it_from_the_caller(harness: FakeGmailHarness) -> None:
    fill(harness, 3)
    pauses: list[float] = []
    connector = GmailConnector(replace(harness.settings(), pause=pauses.append))
    connector.open()
    harness.server.fail("messages.get", 429, times=None, retry_after=900)
    with pytest.raises(Throttled) as caught:
        pull(connector)
    assert (caught.value.retry_after, pauses) == (900, [])
    connector.close()


def test_throttling_in_the_middle_keeps_what_was_read_before(harness: FakeGmailHarness) -> None:
    names = fill(harness, 3 * PAGE)
    with opened(harness) as connector:
        harness.server.fail("messages.get", 429, times=None, skip=PAGE + 3)
        pages = connector.changes(None, EARLY, nothing)
        first = next(pages)
        with pytest.raises(Throttled):
            next(pages)
        harness.server.heal()

        assert len(first.envelopes) == PAGE
        rest = pull(connector, first.cursor)
        assert rest.ids | {one.message_id.partition("@")[0] for one in first.envelopes} == names


def test_a_message_that_fails_again_and_again_is_left_out_in_the_end(harness: FakeGmailHarness) -> None:
    """Over three connections, for such trouble ends a connection."""
    names = fill(harness, PAGE)
    _poison(harness, harness.mailbox.messages()[3])
    for _ in range(2):
        with opened(harness) as connector, pytest.raises(Unavailable):
            pull(connector)
    with opened(harness) as connector:
        pulled = pull(connector)

        assert len(pulled.ids) == PAGE - 1
        assert pulled.ids < names


def test_patience_is_no_reason_to_leave_a_message_out(harness: FakeGmailHarness) -> None:
    fill(harness, 2)
    harness.server.fail("messages.get", 429, times=None)
    with opened(harness) as connector:
        for _ in range(5):
            with pytest.raises(Throttled):
                pull(connector)


def test_a_large_message_that_fails_again_and_again_comes_without_its_text(harness: FakeGmailHarness) -> None:
    harness.deliver(with_attachment("large", 1_500_000), received_at=NOW)
    cursor = None
    with opened(harness) as connector:
        assert pull(connector, wants=nothing).ids == {"large"}
    harness.server.fail("messages.get", 500, times=None, skip=1, every=2)
    for _ in range(2):
        with opened(harness) as connector, pytest.raises(Unavailable):
            pull(connector, cursor)
    with opened(harness) as connector:
        assert pull(connector).message("large").defects == ("its text could not be read from the server",)


def test_a_message_of_one_letter_very_often_is_read(harness: FakeGmailHarness) -> None:
    """Packed, as the service sends it, it is a thousandth of its size."""
    harness.deliver(letter("aaa", text="A" * 12_000_000), received_at=NOW)
    with opened(harness) as connector:
        assert pull(connector).message("aaa").text.startswith("AAAA")


def _poison(harness: FakeGmailHarness, stored: Stored) -> None:
    """Let the service fail whenever it is asked for this message."""
    answered = harness.server._one

    def one(request: Request) -> Answer:
        if stored.id in request.target:
            harness.server.fail("messages.get", 500)
        return answered(request)

    harness.server._one = one  # type: ignore[method-assign]  # a server that fails in a way of its own


# -- the rest


def test_what_is_spent_is_what_the_service_counts(harness: FakeGmailHarness) -> None:
    fill(harness, 20)
    with opened(harness) as connector:
        pulled = pull(connector)
        connector.put_draft(draft(), draft_bytes(draft()))
        connector.list_drafts()
        pull(connector, pulled.cursor)

        assert connector.spent.units == harness.server.units
        assert connector.spent.calls == harness.server.requests - harness.server.calls["token"]
    assert connector.spent.units == harness.server.units, "it is kept when the mailbox is closed"


def test_a_quiet_pass_is_one_call(harness: FakeGmailHarness) -> None:
    fill(harness, 5)
    with opened(harness) as connector:
        cursor = settle(connector)
        before = connector.spent
        pull(connector, cursor)
        spent = connector.spent - before

        assert (spent.calls, spent.units) == (1, 2)


def test_a_first_look_costs_a_few_calls_for_a_hundred_messages(harness: FakeGmailHarness) -> None:
    fill(harness, 100)
    for number in range(50):
        harness.deliver(letter(f"ancient{number}"), received_at=NOW - timedelta(days=400))
    connector = GmailConnector(replace(harness.settings(), page_size=500))
    connector.open()
    before = connector.spent
    assert len(pull(connector, wants=nothing, since=NOW - timedelta(days=30)).ids) == 100
    assert (connector.spent - before).calls < 10
    connector.close()


def test_a_message_that_is_fetched_is_checked_for_its_form_first(harness: FakeGmailHarness) -> None:
    with opened(harness) as connector:
        calls = connector.spent.calls
        for ref in ("", "../1", "a b", "x" * 65, "1\n", "ü"):
            with pytest.raises(NotFound):
                connector.fetch(ref)
        assert connector.spent.calls == calls
        with pytest.raises(NotFound):
            connector.fetch("zz")
        assert connector.spent.calls == calls + 1
    harness.server.violations.clear()
