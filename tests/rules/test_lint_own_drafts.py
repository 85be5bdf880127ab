"""What our own templates make is held to our own checks; and no text, whatever it is, upsets them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.drafts.mime import draft_bytes
from rules.drafts.types import DraftKind
from rules.extract.types import Person, Promise, PromiseClass
from rules.lint.check import check
from rules.lint.context import Attachment, Context, Other
from rules.lint.ids import IDS
from rules.lint.mail import read_mail
from rules.lint.settings import Settings
from rules.lint.types import Severity
from rules.mail import Address
from tests.rules.drafts_cases import PANEL, RITA, SAM
from tests.rules.lint_cases import NOTES, own_drafts, plain_note

_USERS = 4
_REMARKS = 0.05
"""At most one in twenty of our drafts may earn a remark: a missing word for what a template says in its own way."""


def test_our_own_drafts_have_no_grave_fault_but_open_places_and_hardly_a_remark() -> None:
    count, remarked = 0, Counter[str]()
    for user in range(_USERS):
        for name, draft, context in own_drafts(user):
            count += 1
            findings = check(draft.text, context)
            grave = [finding for finding in findings if finding.severity is Severity.BLOCK and finding.id != "place.open"]
            assert grave == [], (name, draft.text)
            remarked.update({finding.id for finding in findings if finding.severity is Severity.WARN})
    assert count > 200
    assert remarked.total() <= count * _REMARKS, remarked


def test_our_own_drafts_read_the_same_as_mails() -> None:
    for _, draft, context in own_drafts(1):
        mail = read_mail(draft_bytes(draft))
        assert mail.attachments == ()
        assert mail.subject == draft.subject
        told = check(mail.text, replace(context, subject=mail.subject, to=mail.to))
        assert {(finding.id, finding.words) for finding in told} == {(f.id, f.words) for f in check(draft.text, context)}


def _clients(text: str) -> Iterator[tuple[str, EmailMessage]]:
    """Yield one draft as mail clients save it when a user has edited it below a quoted mail."""
    quote = "On Tue, 5 May 2026 at 10:00, Rita Almeida <rita@acme.example> wrote:"
    plain = EmailMessage()
    plain.set_content(f"{text}\n\n{quote}\n> teh old asap words\n")
    yield "plain", plain
    lines = "".join(f"<div>{line or '<br>'}</div>" for line in text.split("\n"))
    gmail = EmailMessage()
    gmail.set_content(
        f'<div dir="ltr">{lines}</div><br><div class="gmail_quote"><div class="gmail_attr">{quote}<br></div>'
        "<blockquote>teh old asap words</blockquote></div>",
        subtype="html",
    )
    yield "gmail", gmail
    paragraphs = "".join(f'<p class="MsoNormal">{line or "&nbsp;"}</p>' for line in text.split("\n"))
    outlook = EmailMessage()
    outlook.set_content(
        f'<html><body><div class="WordSection1">{paragraphs}<div style="border:none;border-top:solid #E1E1E1 1.0pt">'
        '<p class="MsoNormal"><b>From:</b> Rita Almeida &lt;rita@acme.example&gt;<br><b>Sent:</b> Tuesday, May 5, 2026 10:00 AM'
        "<br><b>To:</b> Sam Doe<br><b>Subject:</b> Interview</p></div><p>teh old asap words</p></div></body></html>",
        subtype="html",
    )
    yield "outlook", outlook
    thunderbird = EmailMessage()
    thunderbird.set_content(
        f"<html><body><p>{text.replace(chr(10), '<br>')}</p>"
        '<div class="moz-signature">-- <br>Sam Doe, awesome guys</div>'
        f'<div class="moz-cite-prefix">{quote}<br></div><blockquote type="cite">teh old asap words</blockquote></body></html>',
        subtype="html",
    )
    yield "thunderbird", thunderbird
    apple = EmailMessage()
    apple.set_content(
        f'<html><body style="word-wrap: break-word;">{lines}<div><br><blockquote type="cite"><div>On 5 May 2026, at 10:00, Rita '
        "Almeida &lt;rita@acme.example&gt; wrote:</div><div>teh old asap words</div></blockquote></div></body></html>",
        subtype="html",
    )
    yield "apple", apple


def test_however_a_client_saves_it_the_users_words_alone_are_checked() -> None:
    good = plain_note("Thank you for the talk about the Data Analyst position.\n\nI recieved the maps of the depots in Galicia.")
    context = Context(DraftKind.THANK_YOU, people=PANEL, recipient=RITA, company="Acme", role="Data Analyst", profile=SAM)
    wanted = {(finding.id, finding.words) for finding in check(good, context)}
    assert ("spelling", "recieved") in wanted
    for name, message in _clients(good.strip()):
        mail = read_mail(bytes(message))
        assert {(finding.id, finding.words) for finding in check(mail.text, context)} == wanted, name


_TEXT = st.text() | st.text("abc .,!?\n[]{}<>'\"-:@1 Rita").map(lambda text: f"Dear Rita,\n\n{text}\n\nBest regards,\nSam Doe\n")
_FULL = Context(
    DraftKind.STATUS,
    "Subject",
    (Address("Rita", "rita@acme.example"),),
    RITA,
    PANEL,
    "Acme",
    "Analyst",
    SAM,
    Promise(PromiseClass.HARD_DATE, date(2026, 5, 5), date(2026, 5, 15)),
    date(2026, 5, 18),
    points=NOTES.points,
    others=(Other("a note", "Dear Ann,\n\nx\n", "ann@acme.example", DraftKind.THANK_YOU, 1),),
    settings=Settings(("a", "b c"), ("d",)),
)


@settings(deadline=None)
@given(_TEXT, st.sampled_from([None, *DraftKind]))
def test_no_text_upsets_the_checks(text: str, kind: DraftKind | None) -> None:
    found = check(text, replace(_FULL, kind=kind))
    assert {finding.id for finding in found} <= set(IDS)
    assert all(finding.text.endswith((".", "]", "?")) or ": " in finding.text for finding in found)
    assert found == check(text, replace(_FULL, kind=kind))


@settings(deadline=None)
@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=60))
def test_no_name_title_or_word_of_the_settings_upsets_them(name: str, title: str, word: str) -> None:
    person = Person(name, "x@acme.example", title)
    context = replace(
        _FULL, recipient=person, people=(person, RITA), company=title, role=word, settings=Settings((word,), (name,), (title,))
    )
    check(plain_note(f"{name} {title} {word}"), replace(context, terms=(word, title)))


@given(st.binary(max_size=3000))
def test_no_octets_upset_the_reading_of_a_mail(raw: bytes) -> None:
    for head in (b"", b"Content-Type: multipart/mixed; boundary=b\n\n--b\n", b"Content-Disposition: attachment\n\n"):
        mail = read_mail(head + raw)
        assert all(isinstance(each, Attachment) for each in mail.attachments)


@pytest.mark.parametrize(
    "unit",
    ["a", " ", "\n", ".", "!", "[", "]", "{", "A ", "Rita ", "Rtia ", "recieve ", "xqzw ", "the the ", "a. ", "- ", "I must ",
     "1 ", "@", "http://a ", "\u0301", "\u00ad", "on 5 May ", "Dear ", "is its it's ", "'", "\U0001f60a", "Head of Data Rita ",
     "blue ", "asap ", "North Gate "],
)  # fmt: skip
def test_checks_take_no_more_than_linear_time(unit: str) -> None:
    """Were any of them quadratic in this, the test would not end."""
    text = unit * (64_000 // len(unit))
    assert check(f"Dear Rita,\n\n{text}\n\nBest regards,\nSam Doe\n", _FULL)
