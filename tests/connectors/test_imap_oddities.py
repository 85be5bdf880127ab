"""Servers as they are met: each test plays one oddity and says what the connector makes of it."""

from __future__ import annotations

import base64
import logging
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from connectors.base import FoundState, WaitResult, Withdrawal
from connectors.errors import AuthNeeded, Conflict, ConnectorError, Misconfigured, NoRoom, Refused, Throttled, Unavailable
from connectors.imap import Auth, ImapConnector, ImapSettings, Security
from rules.mail import Role
from tests.connectors.asking import EARLY, everything, pull, settle
from tests.connectors.letters import draft, draft_bytes, letter
from tests.servers.scripted import BASIC, Scripted
from watcher.wake import SocketWake

SECRET = "pa55-w0rd-never-shown"


@pytest.fixture
def server() -> Iterator[Scripted]:
    with Scripted() as running:
        yield running


def settings(server: Scripted, **changes: object) -> ImapSettings:
    made = ImapSettings(
        host="127.0.0.1", port=server.port, security=Security.PLAIN, username="sam", secret=lambda: SECRET, timeout=5
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # the tests name fields


@pytest.fixture
def connect(server: Scripted) -> Iterator[Callable[..., ImapConnector]]:
    opened: list[ImapConnector] = []

    def connect(**changes: object) -> ImapConnector:
        connector = ImapConnector(settings(server, **changes))
        opened.append(connector)
        connector.open()
        return connector

    yield connect
    for connector in opened:
        connector.close()


# -- signing in


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        (b"NO [AUTHENTICATIONFAILED] Invalid credentials", AuthNeeded, "username"),
        (b"NO User is authenticated but not connected.", Throttled, "15 minutes"),
        (b"NO [ALERT] Too many simultaneous connections. (Failure)", Throttled, "another mail program"),
        (b"NO [UNAVAILABLE] backend is down", Unavailable, "again"),
        (b"NO [INUSE] locked", Unavailable, "again"),
        (b"NO [LIMIT] slow down", Throttled, "patience"),
        (b"NO [PRIVACYREQUIRED] no", Misconfigured, "tls"),
        (b"BAD what is " + SECRET.encode(), AuthNeeded, "***"),
    ],
)
def test_a_refused_sign_in_says_what_to_do(
    server: Scripted, connect: Callable[..., ImapConnector], answer: bytes, kind: type[ConnectorError], words: str
) -> None:
    server.capabilities = b"IMAP4rev1"
    server.reply(rb"^LOGIN", b"{tag} " + answer)
    with pytest.raises(ConnectorError) as caught:
        connect()

    assert type(caught.value) is kind
    assert words in str(caught.value)
    assert SECRET not in str(caught.value)


def test_exchange_that_cannot_connect_the_mailbox_is_left_alone_for_long(
    server: Scripted, connect: Callable[..., ImapConnector]
) -> None:
    server.reply(rb"^(LIST|STATUS|EXAMINE)", b"{tag} BAD User is authenticated but not connected.")
    with pytest.raises(Throttled) as caught:
        connect()

    assert caught.value.retry_after >= 600


def test_a_server_that_takes_no_plaintext_password_is_a_matter_of_configuration(
    server: Scripted, connect: Callable[..., ImapConnector]
) -> None:
    server.capabilities = b"IMAP4rev1 LOGINDISABLED STARTTLS"
    with pytest.raises(Misconfigured, match="starttls"):
        connect()


def test_starttls_that_is_not_offered_is_never_done_without(server: Scripted, connect: Callable[..., ImapConnector]) -> None:
    with pytest.raises(Misconfigured, match="STARTTLS"):
        connect(security=Security.STARTTLS)
    assert not any(b"LOGIN" in line or b"SASL" in line for line in server.heard)


def test_words_said_before_the_encryption_are_not_trusted(server: Scripted, connect: Callable[..., ImapConnector]) -> None:
    server.capabilities = BASIC + b" STARTTLS"
    server.reply(rb"^STARTTLS", b"{tag} OK go\r\n* OK [ALERT] injected\r\nX OK injected")
    with pytest.raises(Unavailable):
        connect(security=Security.STARTTLS)
    assert not any(b"LOGIN" in line or b"SASL" in line for line in server.heard)


def test_the_reason_in_a_token_challenge_is_answered_with_an_empty_line_and_told(
    server: Scripted, connect: Callable[..., ImapConnector]
) -> None:
    server.capabilities = b"IMAP4rev1 AUTH=XOAUTH2"
    server.challenge = base64.b64encode(b'{"status":"400","schemes":"Bearer"}')
    with pytest.raises(AuthNeeded, match='"status":"400"') as caught:
        connect(auth=Auth.XOAUTH2)

    first, second = (line for line in server.heard if line.startswith(b"SASL"))
    assert base64.b64decode(first[5:]) == b"user=sam\x01auth=Bearer " + SECRET.encode() + b"\x01\x01"
    assert second == b"SASL "
    assert SECRET not in str(caught.value)


def test_a_greeting_that_ends_the_connection_is_no_fault_of_the_user(
    server: Scripted, connect: Callable[..., ImapConnector]
) -> None:
    server.greeting = b"* BYE [ALERT] Too many connections from your address"
    with pytest.raises(Unavailable):
        connect()


def test_the_secret_is_in_no_log_whatever_the_level(
    server: Scripted, connect: Callable[..., ImapConnector], caplog: pytest.LogCaptureFixture
) -> None:
    server.capabilities = b"IMAP4rev1 IDLE"
    with caplog.at_level(logging.DEBUG):
        connect()

    assert any(SECRET.encode() in line for line in server.heard)
    assert SECRET not in caplog.text
    assert SECRET not in repr(settings(server))


def test_a_user_name_and_password_with_quotes_and_umlauts_arrive(server: Scripted, connect: Callable[..., ImapConnector]) -> None:
    server.capabilities = b"IMAP4rev1"
    connect(username='sam "the" doe', secret=lambda: "pä\\ss")

    assert any(line.startswith(rb'LOGIN "sam \"the\" doe" {}') for line in server.heard)


# -- folders


def test_special_use_marks_count_in_any_case() -> None:
    with Scripted(folders={"INBOX": b"", "A": rb"\drafts", "B": rb"\SENT"}) as odd:
        connector = ImapConnector(settings(odd))
        found = dict(connector.open().folders)
        connector.close()
    assert (found[Role.DRAFTS], found[Role.SENT]) == ("A", "B")


# -- reading


def test_one_message_that_the_server_cannot_describe_costs_itself_only(
    server: Scripted, connect: Callable[..., ImapConnector]
) -> None:
    for number in range(20):
        server.put("INBOX", letter(f"mail{number}"))

    def stumble(command: bytes) -> list[bytes]:
        uids = command.split()[2]
        low, _, high = uids.partition(b":")
        if int(low) <= 7 <= int(high or low):
            return [b"{tag} NO [SERVERBUG] message 7 is broken"]
        return list(_plain_fetch(server, uids))

    server.reply(rb"^UID FETCH \S+ \(UID FLAGS INTERNALDATE RFC822.SIZE BODYSTRUCTURE", stumble)
    pulled = pull(connect())

    assert pulled.ids >= {f"mail{number}" for number in range(20)}
    broken = [message for message in pulled.messages if message.defects]
    assert [message.envelope.message_id.partition("@")[0] for message in broken] == ["mail6"]
    assert "broken" in broken[0].defects[0]


def _plain_fetch(server: Scripted, uids: bytes) -> Iterator[bytes]:
    low, _, high = uids.partition(b":")
    for mail in server.folders["INBOX"].mails:
        if int(low) <= mail.uid <= int(high or low):
            header = mail.raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
            yield (
                b'* %d FETCH (BODY[HEADER.FIELDS ("DATE")] {%d}\r\n%s RFC822.SIZE 5 BODYSTRUCTURE '
                b'("TEXT" "PLAIN" NIL NIL NIL "7BIT" 5 1) INTERNALDATE "%s" FLAGS () UID %d)'
            ) % (mail.uid, len(header), header, mail.date, mail.uid)
    yield b"{tag} OK done"


@pytest.mark.parametrize(
    "broken",
    [
        b"* 2 FETCH (UID 2 FLAGS (",
        b'* 2 FETCH (UID 2 FLAGS () INTERNALDATE "x',
        b"* 2 FETCH (UID 2 FLAGS () RFC822.SIZE 5 BODYSTRUCTURE ((((",
        b"* 2 FETCH",
        b"* 2 FETCH (UID 2))))",
        b"* \xff\xfe\x00",
        b"* 99999999999999999999 EXISTS",
        b"nonsense",
    ],
)
def test_a_reply_that_keeps_to_no_grammar_costs_its_message_at_most(
    server: Scripted, connect: Callable[..., ImapConnector], broken: bytes
) -> None:
    for number in range(3):
        server.put("INBOX", letter(f"mail{number}"))

    def answer(command: bytes) -> list[bytes]:
        del command
        rows = list(_plain_fetch(server, b"1:3"))
        return [rows[0], broken, rows[2], rows[3]]

    server.reply(rb"^UID FETCH 1:3 \(UID FLAGS INTERNALDATE RFC822.SIZE BODYSTRUCTURE", answer, times=1)
    assert pull(connect()).ids >= {"mail0", "mail2"}


def test_a_message_over_which_the_server_hangs_up_costs_itself_only(
    server: Scripted, connect: Callable[..., ImapConnector]
) -> None:
    for number in range(9):
        server.put("INBOX", letter(f"mail{number}"))

    def crash(command: bytes) -> list[bytes]:
        uids = command.split()[2]
        low, _, high = uids.partition(b":")
        if int(low) <= 5 <= int(high or low):
            return [b"CLOSE"]
        return list(_plain_fetch(server, uids))

    server.reply(rb"^UID FETCH \S+ \(UID FLAGS INTERNALDATE", crash)
    pulled = pull(connect())

    assert pulled.ids - {""} == {f"mail{number}" for number in range(9)} - {"mail4"}
    assert [message.envelope.ref for message in pulled.messages if message.defects] == ["INBOX/7/5"]


def test_drafts_and_messages_marked_as_deleted_are_no_messages(server: Scripted, connect: Callable[..., ImapConnector]) -> None:
    server.put("INBOX", letter("plain"))
    server.put("INBOX", letter("draft"), rb"\Draft")
    server.put("INBOX", letter("deleted"), rb"\Deleted", rb"\Seen")

    assert pull(connect()).ids == {"plain"}


def test_new_mail_is_found_where_the_server_tells_no_uidnext(server: Scripted, connect: Callable[..., ImapConnector]) -> None:
    def without(command: bytes) -> list[bytes]:
        name = command.split(b" ", 1)[1].split(b" (")[0]
        box = server.folders[name.strip(b'"').decode()]
        if command.startswith(b"STATUS"):
            return [b"* STATUS %s (MESSAGES %d UIDVALIDITY 7)" % (name, len(box.mails)), b"{tag} OK done"]
        return [b"* %d EXISTS" % len(box.mails), b"* OK [UIDVALIDITY 7] valid", b"{tag} OK done"]

    server.reply(rb"^STATUS", without)
    server.put("Sent", letter("one"))
    connector = connect()
    cursor = pull(connector).cursor
    server.put("Sent", letter("two"))
    server.folders["Sent"].mails.pop(0)

    assert pull(connector, cursor).ids == {"two"}


@pytest.mark.parametrize("modseq", [b"HIGHESTMODSEQ 0", b"", b"HIGHESTMODSEQ NIL"])
def test_a_missing_modification_count_is_never_taken_for_no_change(
    server: Scripted, connect: Callable[..., ImapConnector], modseq: bytes
) -> None:
    server.capabilities = BASIC + b" CONDSTORE"

    def status(command: bytes) -> list[bytes]:
        name = command.split(b" ", 1)[1].split(b" (")[0]
        box = server.folders[name.strip(b'"').decode()]
        told = (name, len(box.mails), box.uidnext, modseq)
        return [b"* STATUS %s (MESSAGES %d UIDNEXT %d UIDVALIDITY 7 %s)" % told, b"{tag} OK done"]

    server.reply(rb"^STATUS", status)
    connector = connect()
    cursor = settle(connector)
    server.put("Sent", letter("sent"))

    assert pull(connector, cursor).ids == {"sent"}


def test_a_changed_uidvalidity_of_one_folder_resets_that_folder_only(
    server: Scripted, connect: Callable[..., ImapConnector]
) -> None:
    server.put("INBOX", letter("in"))
    server.put("Sent", letter("out"))
    connector = connect()
    cursor = settle(connector)
    server.folders["Sent"].uidvalidity = 8
    again = pull(connector, cursor)

    assert again.ids == {"out"}
    assert again.pages[0].reset
    assert pull(connector, again.cursor).ids == set()


def test_a_listing_can_be_given_up_in_the_middle(server: Scripted, connect: Callable[..., ImapConnector]) -> None:
    for number in range(20):
        server.put("INBOX", letter(f"mail{number}"))
    connector = connect(page_size=5)
    pages = connector.changes(None, EARLY, everything)
    first = next(pages)
    del pages

    assert first.more
    assert len(connector.list_drafts()) == 0
    assert len(pull(connector, first.cursor).ids | {e.message_id.partition("@")[0] for e in first.envelopes}) == 20


# -- drafts


def test_without_uidplus_the_draft_is_found_by_its_message_id(server: Scripted, connect: Callable[..., ImapConnector]) -> None:
    server.capabilities = b"IMAP4rev1 IDLE"
    connector = connect()
    ref = connector.put_draft(draft(), draft_bytes(draft()))

    assert ref.ref == "Drafts/7/1"
    assert connector.find_draft(draft(), ref).state is FoundState.UNTOUCHED


@pytest.mark.parametrize(
    "capabilities", [b"IMAP4rev1", b"IMAP4rev1 MOVE", b"IMAP4rev1 UIDPLUS", b"IMAP4rev1 UIDPLUS MOVE X-GM-EXT-1"]
)
def test_taking_back_a_draft_never_expunges_what_the_user_has_marked(
    server: Scripted, connect: Callable[..., ImapConnector], capabilities: bytes
) -> None:
    server.capabilities = capabilities
    own = server.put("Drafts", letter("own"), rb"\Deleted")
    connector = connect()
    ref = connector.put_draft(draft(), draft_bytes(draft()))

    assert connector.withdraw_draft(draft(), ref) is Withdrawal.WITHDRAWN
    assert own in server.folders["Drafts"].mails
    assert connector.list_drafts() == []
    assert connector.withdraw_draft(draft(), ref) is Withdrawal.GONE
    in_trash = len(server.folders["Trash"].mails)
    assert in_trash == (1 if b"MOVE" in capabilities and (b"UIDPLUS" not in capabilities or b"GM" in capabilities) else 0)


def test_a_server_that_drops_flags_on_append_is_told_them_again(server: Scripted, connect: Callable[..., ImapConnector]) -> None:
    connector = connect()

    def append_without_flags(command: bytes) -> list[bytes]:
        del command
        server.put("Drafts", draft_bytes(draft()))
        return [b"{tag} OK [APPENDUID 7 1] done"]

    server.reply(rb"^APPEND", append_without_flags)
    connector.put_draft(draft(), draft_bytes(draft()))

    assert rb"\Draft" in server.folders["Drafts"].mails[0].flags


def test_an_appenduid_that_is_another_messages_is_not_believed(server: Scripted, connect: Callable[..., ImapConnector]) -> None:
    other = server.put("Drafts", letter("other"))
    connector = connect()

    def append_and_lie(command: bytes) -> list[bytes]:
        del command
        server.put("Drafts", draft_bytes(draft()), rb"\Draft", rb"\Seen")
        return [b"{tag} OK [APPENDUID 7 %d] done" % other.uid]

    server.reply(rb"^APPEND", append_and_lie)

    assert connector.put_draft(draft(), draft_bytes(draft())).ref == "Drafts/7/2"


def test_a_search_that_lags_behind_makes_no_second_draft(server: Scripted, connect: Callable[..., ImapConnector]) -> None:
    server.reply(rb"^UID SEARCH HEADER", b"* SEARCH", b"{tag} OK done")
    connector = connect()
    first = connector.put_draft(draft(), draft_bytes(draft()))

    assert connector.put_draft(draft(), draft_bytes(draft())) == first
    assert len(server.folders["Drafts"].mails) == 1


def test_a_server_that_rewrites_what_it_stores_makes_no_second_draft(
    server: Scripted, connect: Callable[..., ImapConnector]
) -> None:
    connector = connect()

    def rewrite(command: bytes) -> list[bytes]:
        del command
        raw = b"X-Server: was here\r\n" + draft_bytes(draft()).rstrip() + b"\r\n\r\n"
        server.put("Drafts", raw, rb"\Draft", rb"\Seen")
        return [b"{tag} OK [APPENDUID 7 %d] done" % (server.folders["Drafts"].uidnext - 1)]

    server.reply(rb"^APPEND", rewrite)
    ref = connector.put_draft(draft(), draft_bytes(draft()))

    assert connector.put_draft(draft(), draft_bytes(draft())).ref == ref.ref
    assert len(server.folders["Drafts"].mails) == 1
    assert connector.withdraw_draft(draft(), ref) is Withdrawal.WITHDRAWN


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (b"NO [OVERQUOTA] full", NoRoom),
        (b"NO Quota exceeded (mailbox for user is full)", NoRoom),
        (b"NO [TOOBIG] no", Refused),
        (b"NO [TRYCREATE] gone", Misconfigured),
        (b"NO [UNAVAILABLE] later", Unavailable),
        (b"NO go away", Refused),
    ],
)
@pytest.mark.parametrize("early", [True, False])
def test_a_refused_append_says_what_to_do(
    server: Scripted, connect: Callable[..., ImapConnector], answer: bytes, kind: type[ConnectorError], early: bool
) -> None:
    server.reply(rb"^LITERAL .*APPEND" if early else rb"^APPEND", b"{tag} " + answer)
    connector = connect()
    with pytest.raises(ConnectorError) as caught:
        connector.put_draft(draft(), draft_bytes(draft()))

    assert type(caught.value) is kind


def test_a_drafts_folder_that_may_only_be_read_is_a_matter_of_configuration(
    server: Scripted, connect: Callable[..., ImapConnector]
) -> None:
    server.reply(rb"^SELECT", b"* 0 EXISTS", b"* OK [UIDVALIDITY 7] v", b"* OK [UIDNEXT 1] n", b"{tag} OK [READ-ONLY] done")
    connector = connect()
    with pytest.raises(Misconfigured, match=r"folders\.drafts"):
        connector.put_draft(draft(), draft_bytes(draft()))

    assert not any(b"APPEND" in line.upper() for line in server.heard)


def test_what_is_said_does_not_change_with_how_long_it_took(server: Scripted, connect: Callable[..., ImapConnector]) -> None:
    times = iter([b"0.001 + 0.000", b"0.020 + 0.003 + 0.017"])
    server.reply(rb"^APPEND", lambda _: [b"{tag} NO [NOPERM] Permission denied (%s secs)." % next(times)])
    connector = connect()
    told = set()
    for _ in range(2):
        with pytest.raises(Misconfigured) as caught:
            connector.put_draft(draft(), draft_bytes(draft()))
        told.add(str(caught.value))

    assert len(told) == 1
    assert "Permission denied." in told.pop()


def test_a_draft_with_our_message_id_and_other_words_is_a_conflict(
    server: Scripted, connect: Callable[..., ImapConnector]
) -> None:
    server.put("Drafts", draft_bytes(draft(), text="The user's own words."), rb"\Draft")
    connector = connect()
    with pytest.raises(Conflict):
        connector.put_draft(draft(), draft_bytes(draft()))
    assert len(server.folders["Drafts"].mails) == 1


# -- waiting


def test_a_server_that_disagrees_with_itself_does_not_make_the_wait_spin(
    server: Scripted, connect: Callable[..., ImapConnector]
) -> None:
    connector = connect()
    pull(connector)
    server.reply(rb"^EXAMINE", b"* 5 EXISTS", b"* OK [UIDVALIDITY 7] v", b"* OK [UIDNEXT 9] n", b"{tag} OK done")
    connector.list_drafts()
    wake = SocketWake()
    outcomes = [connector.wait(0.05, wake) for _ in range(4)]
    wake.close()

    assert outcomes[-1] is WaitResult.TIMEOUT


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param([b"{tag} BAD unknown command"], id="refused"),
        pytest.param([b"{tag} NO not for this user"], id="not allowed"),
        pytest.param([b"+ idling", b"{tag} OK that was it"], id="ended at once"),
    ],
)
def test_a_server_that_offers_idle_and_will_not_do_it_is_asked_again_and_again(
    server: Scripted, connect: Callable[..., ImapConnector], answer: list[bytes]
) -> None:
    connector = connect(poll_interval=0.05)
    pull(connector)
    server.reply(rb"^IDLE", *answer)
    wake = SocketWake()
    assert connector.wait(0.1, wake) is WaitResult.TIMEOUT
    server.put("INBOX", letter("new"))
    server.reply(rb"^NOOP", b"* 1 EXISTS", b"{tag} OK done")
    assert connector.wait(5, wake) is WaitResult.CHANGED
    wake.close()

    assert not connector.capabilities.push
    assert sum(line.upper().startswith(b"IDLE") for line in server.heard) == 1
    assert server.connections == 1


def test_mail_that_comes_as_the_server_ends_idle_is_news(server: Scripted, connect: Callable[..., ImapConnector]) -> None:
    connector = connect()
    pull(connector)
    server.reply(rb"^IDLE", b"+ idling", b"* 1 EXISTS", b"{tag} OK that was it")
    wake = SocketWake()
    assert connector.wait(5, wake) is WaitResult.CHANGED
    wake.close()

    assert connector.capabilities.push


def test_a_bye_while_idle_is_unavailable_and_no_error_in_the_log(
    server: Scripted, connect: Callable[..., ImapConnector], caplog: pytest.LogCaptureFixture
) -> None:
    server.reply(rb"^IDLE", b"+ idling", b"* BYE idle for too long", b"CLOSE")
    connector = connect()
    wake = SocketWake()
    with caplog.at_level(logging.DEBUG), pytest.raises(Unavailable):
        connector.wait(5, wake)
    wake.close()

    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]
