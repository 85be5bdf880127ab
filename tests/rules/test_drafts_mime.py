"""The bytes of a draft, read back by the standard library's parser, which did not write them."""

from __future__ import annotations

import email
import email.policy
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr, parsedate_to_datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.drafts.flowed import flow
from rules.drafts.hypertext import hypertext
from rules.drafts.mime import draft_bytes
from rules.drafts.references import MAX_TAIL, chain
from rules.drafts.types import Draft, DraftKey
from rules.mail import Address
from rules.mail.html import render
from tests.rules.drafts_cases import THREAD, draft, place

PLAIN = ["From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type"]
REPLY = [*PLAIN[:5], "In-Reply-To", "References", *PLAIN[5:]]


def _draft(**changes: object) -> Draft:
    base = Draft(
        DraftKey("p1", "rita@acme.example", "thank_you-1"),
        "aa@example.com",
        Address("Sam Doe", "sam@example.com"),
        Address("Rita Almeida", "rita@acme.example"),
        "Thank You - Sam Doe",
        "Hello,\n\nOne.\n",
        datetime(2026, 5, 5, 9, tzinfo=UTC),
    )
    return replace(base, **changes)  # type: ignore[arg-type]  # the tests name fields of Draft


def _read(raw: bytes) -> EmailMessage:
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def _text(raw: bytes) -> EmailMessage:
    part = _read(raw).get_body(("plain",))
    assert isinstance(part, EmailMessage)
    return part


def _page(raw: bytes) -> str:
    part = _read(raw).get_body(("html",))
    assert isinstance(part, EmailMessage)
    return str(part.get_content())


def _unflowed(raw: bytes) -> str:
    """Undo RFC 3676 as a reader does (DelSp=no)."""
    paragraphs, goes_on = [""], False
    for line in str(_text(raw).get_content()).splitlines():
        bare = line.removeprefix(" ")
        if goes_on:
            paragraphs[-1] += bare
        else:
            paragraphs.append(bare)
        goes_on = bare.endswith(" ") and bare != "-- "
    return "\n".join(paragraphs[1:])


def test_a_draft_has_exactly_the_fields_it_needs() -> None:
    assert _read(draft_bytes(draft())).keys() == PLAIN
    assert _read(draft_bytes(draft(place(thread=THREAD)))).keys() == REPLY


def test_what_is_read_back_is_what_was_put_in() -> None:
    one = draft(place(thread=THREAD))
    raw = draft_bytes(one)
    message = _read(raw)
    assert message["From"].addresses[0].addr_spec == one.sender.address
    assert message["To"].addresses[0].addr_spec == one.to.address
    assert message["To"].addresses[0].display_name == one.to.name
    assert message["Subject"] == one.subject
    assert message["Message-ID"] == f"<{one.message_id}>"
    assert message["In-Reply-To"] == f"<{one.in_reply_to}>"
    assert message["References"].split() == [f"<{each}>" for each in one.references]
    assert parsedate_to_datetime(message["Date"]) == one.date
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"], "the best one last"
    assert dict(_text(raw)["Content-Type"].params) == {"charset": "utf-8", "format": "flowed", "delsp": "no"}
    assert _unflowed(raw).strip() == one.text.strip()


def test_lines_end_in_crlf_and_keep_to_the_width() -> None:
    raw = draft_bytes(draft(place(thread=THREAD)))
    assert raw.count(b"\n") == raw.count(b"\r\n") == raw.count(b"\r")
    assert raw.endswith(b"\r\n")
    assert max(map(len, raw.split(b"\r\n"))) <= 78
    assert raw.isascii()
    assert b"7bit" in raw


def test_the_same_draft_gives_the_same_bytes() -> None:
    assert draft_bytes(draft()) == draft_bytes(draft())


def test_ascii_goes_as_it_is_and_the_rest_as_quoted_printable() -> None:
    assert b"Content-Transfer-Encoding: 7bit" in draft_bytes(_draft())
    raw = draft_bytes(_draft(text="Hello Zoë,\n\n" + "naïve words " * 20 + "\n"))
    assert b"Content-Transfer-Encoding: quoted-printable" in raw
    assert b"=20\r\n" in raw, "the blank of a soft line break is protected"
    assert _unflowed(raw).strip() == "Hello Zoë,\n\n" + ("naïve words " * 20).strip()


def test_a_msg_id_longer_than_a_line_is_neither_split_nor_encoded() -> None:
    long = "x" * 120 + "@mail.example"
    raw = draft_bytes(_draft(in_reply_to=long, references=("root@mail.example", long)))
    assert f"In-Reply-To: <{long}>\r\n".encode() in raw
    assert f"References: <root@mail.example>\r\n <{long}>\r\n".encode() in raw


def test_what_is_no_msg_id_is_left_out_of_the_chain() -> None:
    bad = ("a b@x", "c\r\nBcc: d", "<e@x>", "", "é@x", "f@x\x00")
    raw = draft_bytes(_draft(in_reply_to="ok@x", references=(*bad, "root@x")))
    assert _read(raw)["References"] == "<root@x> <ok@x>"
    assert _read(draft_bytes(_draft(in_reply_to="no id"))).keys() == PLAIN


def test_a_long_chain_keeps_its_root_and_its_newest() -> None:
    ids = [f"{n}@x" for n in range(100)]
    kept = chain(ids[:-1], ids[-1])
    assert kept == ("0@x", *ids[-MAX_TAIL:])
    assert chain(["a@x", "b@x", "a@x"], "a@x") == ("b@x", "a@x")
    assert chain([], "") == ()


@pytest.mark.parametrize(
    "name",
    [
        "",
        "Rita",
        "Almeida, Rita",
        'Rita "R" \\ Almeida',
        "Dr. Rita",
        "Zoë Müller-Ångström " * 4,
        "李 波",
        "=?utf-8?q?x?=",
        "a@b.example",
        "Rita (HR)",
        "x " * 60,
    ],
)
def test_names_survive_the_header(name: str) -> None:
    raw = draft_bytes(_draft(to=Address(name, "rita@acme.example")))
    assert [each.addr_spec for each in _read(raw)["To"].addresses] == ["rita@acme.example"]
    # The newer parser of Python 3.11 puts blanks between encoded words; RFC 2047 section 6.2 says that there are none.
    written, address = parseaddr(email.message_from_bytes(raw, policy=email.policy.compat32)["To"].replace("\r\n", ""))
    assert address == "rita@acme.example"
    assert str(make_header(decode_header(written))) == " ".join(name.split())[:120].rstrip()


@pytest.mark.parametrize("subject", ["", "a", "é" * 200, "word " * 60, "=?utf-8?b?eA==?=", "x" * 300, "日本語" * 40, "{{ 7*7 }}"])
def test_subjects_survive_the_header(subject: str) -> None:
    raw = draft_bytes(_draft(subject=subject))
    assert _read(raw)["Subject"] == subject.strip()
    assert max(map(len, raw.split(b"\r\n"))) <= 998


@pytest.mark.parametrize(
    "address",
    ["", "rita", "rita@", "@x.example", "a b@x.example", "a@x.example>\r\nBcc: b@x", "é@x.example", '"a b"@x.example', "a@x,b@x"],
)
def test_an_address_that_cannot_be_written_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="no address"):
        draft_bytes(_draft(to=Address("", address)))


def test_a_domain_with_other_letters_is_written_as_a_labels() -> None:
    assert b"To: rita@xn--bcher-kva.example\r\n" in draft_bytes(_draft(to=Address("", "rita@bücher.example")))


def test_a_bad_message_id_and_a_date_without_zone_are_refused() -> None:
    with pytest.raises(ValueError, match="msg-id"):
        draft_bytes(_draft(message_id="a\r\nBcc: b"))
    with pytest.raises(ValueError, match="time zone"):
        draft_bytes(_draft(date=datetime(2026, 5, 5)))  # noqa: DTZ001 - on purpose


HOSTILE = st.text(max_size=120) | st.sampled_from(
    [
        "\r\nBcc: eve@example.com",
        "x\nX-Evil: 1",
        "\r\n\r\nbody",
        "=?utf-8?q?=0D=0ABcc:_eve?=",
        "a\u2028b",
        "\x85",
        "\ud800",
        ">\r\n",
        "--\r\n",
        "\x00",
    ]
)
IDS = st.lists(HOSTILE | st.just("a@b.example"), max_size=30).map(tuple)


@settings(max_examples=300, deadline=None)
@given(
    to_name=HOSTILE,
    from_name=HOSTILE,
    to=HOSTILE | st.just("rita@acme.example"),
    subject=HOSTILE,
    text=HOSTILE | st.text(max_size=2000),
    message_id=HOSTILE | st.just("aa@example.com"),
    in_reply_to=HOSTILE | st.just("root@acme.example"),
    references=IDS,
    thread_id=HOSTILE,
    minutes=st.integers(-14 * 60, 14 * 60),
)
def test_no_value_can_add_a_field_or_a_recipient(  # noqa: PLR0917 - Hypothesis fills them by name
    to_name: str,
    from_name: str,
    to: str,
    subject: str,
    text: str,
    message_id: str,
    in_reply_to: str,
    references: tuple[str, ...],
    thread_id: str,
    minutes: int,
) -> None:
    one = _draft(
        sender=Address(from_name, "sam@example.com"),
        to=Address(to_name, to),
        subject=subject,
        text=text,
        message_id=message_id,
        in_reply_to=in_reply_to,
        references=references,
        thread_id=thread_id,
        date=datetime(2026, 5, 5, 9, tzinfo=timezone(timedelta(minutes=minutes))),
    )
    try:
        raw = draft_bytes(one)
    except ValueError:
        assert (to, message_id) != ("rita@acme.example", "aa@example.com"), "only address and Message-ID can be refused"
        return
    message = _read(raw)
    assert set(message.keys()) <= set(REPLY)
    assert len(set(message.keys())) == len(message.keys())
    assert [each.addr_spec for each in message["To"].addresses] == [to]
    assert [each.addr_spec for each in message["From"].addresses] == ["sam@example.com"]
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert render(_page(raw)).text.split() == _unflowed(raw).replace("\u00a0", " ").split()
    assert max(map(len, raw.split(b"\r\n"))) <= 998


@given(st.text(alphabet=st.characters(exclude_categories=["C", "Z"]) | st.sampled_from(" \n>"), max_size=1500))
def test_flowing_and_unflowing_gives_the_text_back(text: str) -> None:
    raw = draft_bytes(_draft(text=text))
    wanted = "\n".join(line.rstrip(" ") if line != "-- " else line for line in text.split("\n")).rstrip("\n")
    assert _unflowed(raw).rstrip("\n") == wanted


def test_lines_that_a_reader_would_misread_are_stuffed() -> None:
    assert flow("> quoted\n From\nFrom here\n-- \nx") == [" > quoted", "  From", " From here", "-- ", "x"]
    assert flow("a" * 2000)[0] == "a" * 900 + " "


WORDS = st.text(
    alphabet=st.characters(exclude_categories=["C", "Zl", "Zp", "Zs"], exclude_characters="\u034f\u115f\u1160")
    | st.sampled_from(" \n<>&\"'"),
    max_size=800,
)


@given(WORDS)
def test_both_parts_say_the_same_words(text: str) -> None:
    raw = draft_bytes(_draft(text=text))
    assert render(_page(raw)).text.split() == _unflowed(raw).split()


def test_the_html_part_is_paragraphs_and_lines_and_nothing_else() -> None:
    text = 'Dear Zoë & Co,\n\nOne <b>bold</b> "word".\n\nBest regards,\nSam\n'
    page = hypertext(text)
    assert re.findall(r"<(/?\w+)", page.partition("<body>")[2]) == ["p", "/p", "p", "/p", "p", "br", "/p", "/body", "/html"]
    assert "<p>One &lt;b&gt;bold&lt;/b&gt; &quot;word&quot;.</p>" in page
    assert "style" not in page
    assert render(page).text.replace("\n\n", "\n").strip() == text.replace("\n\n", "\n").strip()


def test_c26_only_pages_that_the_user_gave_become_links() -> None:
    text = "See https://example.org/a?b=1&c=2, not https://example.org/a?b=1&c=23 or https://other.example (www.example.net).\n"
    page = hypertext(text, ("https://example.org/a?b=1&c=2", "javascript:alert(1)", 'https://x.example/"><b'))
    assert re.findall(r'<a\s+href="([^"]*)">([^<]*)</a>', page) == [("https://example.org/a?b=1&amp;c=2",) * 2]
    assert page.count("<a") == 1


def test_a_draft_to_oneself_is_plain_text_alone() -> None:
    raw = draft_bytes(_draft(key=DraftKey("p1", "sam@example.com", "notes-1"), text="went well:\n\n\n\nbadly:\n"))
    assert _read(raw).get_content_type() == "text/plain"
    assert b"Content-Transfer-Encoding: 7bit" in raw
