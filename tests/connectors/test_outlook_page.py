"""The body of an Outlook draft, and what proves it: bytes may change, what a reader sees may not."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.outlook.page import Original, own_html, own_part, page_of, plain_text_of, quotation, standing_quotation
from connectors.outlook.proof import PROPERTY, Content, Proof, words_of
from connectors.outlook.quoting import quotable
from rules.drafts.hypertext import hypertext
from rules.mail.html import render

DANA = ("Dana Ortiz", "dana.ortiz@orchard.example")
SAM = ("Sam Reed", "sam@example.com")
SENT = datetime(2025, 3, 4, 21, 5, tzinfo=UTC)
ORIGINAL = Original(DANA, (SAM,), (), "Your application", SENT, "<p>We have read it.</p>", html=True)
DIGEST = sha256(b"raw").hexdigest()
CONTENT = Content(frozenset({DANA[1]}), "Re: Your application", "I enjoyed our talk.")


def same(one: str, other: str) -> bool:
    return words_of(one, html=True) == words_of(other, html=True)


# -- the words


@pytest.mark.parametrize(
    "rewritten",
    [
        "<html><body><p>I enjoyed our talk.</p><p>Best regards,<br>Sam Reed</p></body></html>",
        '<style>P {margin:0}</style><p class="MsoNormal"><span lang="EN">I enjoyed our\r\ntalk.</span></p>Best regards, Sam Reed',
        '<p class="MsoNormal">I enjoyed our talk.<o:p></o:p></p><p><o:p>&nbsp;</o:p></p>Best&nbsp;regards,<br>\r\nSam Reed',
        '<div dir="ltr"><div>I enjoyed our talk.</div><div><br></div><div>Best regards,</div><div>Sam Reed</div></div>',
        "I enjoyed our talk.\r\n\r\nBest regards,\r\nSam Reed\r\n",
        '<blockquote class="gmail_quote">I enjoyed our talk.</blockquote><p id="x">Best regards,</p>Sam \u200bReed',
    ],
)
def test_another_markup_of_the_same_words_is_the_same(rewritten: str) -> None:
    written = "<html><body><p>I enjoyed our talk.</p>\n<p>Best regards,<br>\nSam Reed</p></body></html>"

    assert words_of(rewritten, html="<" in rewritten) == words_of(written, html=True)


@pytest.mark.parametrize("other", ["I enjoyed our walk.", "I enjoyed our talk", "i enjoyed our talk.", "I enjoyed ourtalk.", ""])
def test_one_changed_letter_sign_or_blank_is_seen(other: str) -> None:
    assert not same("<p>I enjoyed our talk.</p>", f"<p>{other}</p>")


def test_a_quotation_counts_where_it_stands_whatever_marks_it() -> None:
    marked = '<p>New</p><blockquote class="gmail_quote">Old</blockquote><p>Last</p>'

    assert words_of(marked, html=True) == "New Old Last"
    assert same(marked, "<p>New</p><div>Old</div><p>Last</p>")
    assert not same(marked, marked.replace("Old", "Old, and a word of mine"))


def test_a_very_long_body_is_compared_to_its_end() -> None:
    long = "<p>" + "word " * 60_000

    assert not same(f"{long}a</p>", f"{long}b</p>")
    assert same(f"{long}a</p>", f"{long}a</p>")


@given(st.text(max_size=300))
def test_plain_text_says_the_same_when_the_mailbox_gives_it_as_html(text: str) -> None:
    """As the service does: https://learn.microsoft.com/en-us/graph/api/message-get, `outlook.body-content-type`."""
    plain = "".join(one for one in text if one.isprintable() or one == "\n")
    html = '<html><body><div class="PlainText">' + escape(plain).replace("\n", "<br>\r\n") + "</div></body></html>"

    assert words_of(html, html=True) == words_of(plain, html=False)


@given(st.text(max_size=2000))
def test_no_body_makes_it_fail(text: str) -> None:
    assert isinstance(words_of(text, html=True), str)
    assert isinstance(quotable(text, html=True), str)
    assert isinstance(quotable(text, html=False), str)


# -- the content and its proof


@pytest.mark.parametrize(
    "other",
    [
        replace(CONTENT, to=frozenset({"lee@orchard.example"})),
        replace(CONTENT, to=CONTENT.to | {"lee@orchard.example"}),
        replace(CONTENT, cc=frozenset({"lee@orchard.example"})),
        replace(CONTENT, bcc=frozenset({"lee@orchard.example"})),
        replace(CONTENT, subject="Re: Your application!"),
        replace(CONTENT, words="I enjoyed our walk."),
        replace(CONTENT, pictures=1),
        replace(CONTENT, files=True),
    ],
)
def test_whatever_a_reader_would_see_changes_the_content(other: Content) -> None:
    assert other.digest != CONTENT.digest


def test_pictures_are_counted() -> None:
    assert Content.pictures_in('<p><IMG src="cid:1"><img\nsrc=x></p><imgs>') == 2


@pytest.mark.parametrize("unread", [True, False])
def test_a_proof_is_read_back_and_holds_no_word_of_the_draft(unread: bool) -> None:
    proof = Proof("00ff@example.com", DIGEST, CONTENT.digest, unread=unread, until=1_772_614_800)

    assert Proof.parse(str(proof)) == proof
    assert "talk" not in str(proof)
    assert DANA[1] not in str(proof)
    assert len(str(proof)) < 250


@pytest.mark.parametrize("value", ["", "1", "Hearback", "2 a@b.example", f"1 a b {DIGEST} {DIGEST} 0 u 0", "1 " + "x" * 5000])
def test_what_is_no_proof_is_none(value: str) -> None:
    assert Proof.parse(value) is None


def test_the_property_is_named_in_a_namespace_of_our_own() -> None:
    assert PROPERTY.startswith("String {")
    assert PROPERTY.endswith("} Name Hearback")


# -- what is quoted


def test_the_original_stands_below_with_who_when_to_whom_and_about_what() -> None:
    page = page_of(own_html("Dear Dana,\n\nthank you."), quotation(ORIGINAL, timezone(timedelta(hours=-5))))

    assert words_of(page, html=True) == (
        "Dear Dana, thank you. From: Dana Ortiz <dana.ortiz@orchard.example> Sent: Tuesday, March 4, 2025 4:05 PM "
        "To: Sam Reed <sam@example.com> Subject: Your application We have read it."
    )
    assert page.index("thank you") < page.index('<div id="appendonsend">') < page.index('<div id="divRplyFwdMsg"')


@pytest.mark.parametrize(
    ("hour", "told"), [(0, "12:05 AM (UTC)"), (9, "9:05 AM (UTC)"), (12, "12:05 PM (UTC)"), (23, "11:05 PM (UTC)")]
)
def test_the_hour_is_told_as_outlook_tells_it(hour: int, told: str) -> None:
    assert told in quotation(replace(ORIGINAL, sent=SENT.replace(hour=hour)))


def test_an_original_of_which_nothing_is_known_is_quoted_all_the_same() -> None:
    nothing = Original(("", ""), (), (), "", None, "", html=True)

    assert words_of(quotation(nothing), html=True) == ""


def test_a_crowd_of_recipients_is_cut() -> None:
    crowd = tuple((f"Person {number}", f"p{number}@orchard.example") for number in range(500))
    told = quotation(replace(ORIGINAL, to=crowd, cc=crowd))

    assert "p49@orchard.example" in told
    assert "p50@" not in told


def test_names_and_subjects_cannot_put_markup_into_the_draft() -> None:
    evil = '</div><script>x</script><b onclick="y">'
    told = quotation(replace(ORIGINAL, sender=(evil, evil), to=((evil, ""),), subject=evil))

    assert "<script" not in told
    assert "<b onclick" not in told


@pytest.mark.parametrize(
    ("html", "seen"),
    [
        ('Hi <b onclick="x()">there</b>', "<div>Hi <b>there</b></div>"),
        ("a<script>alert(1)</script><style>p{}</style>b", "<div>ab</div>"),
        ('<img src="https://tracker.test/1.gif"><img src="cid:1" alt="Orchard logo">', "<div>[Orchard logo]</div>"),
        ('<p style="color: red; position:fixed; background:url(https://t.test)">x</p>', '<div><p style="color:red">x</p></div>'),
        ('<a href="javascript:x">a</a><a href="https://e.test/?a=1&amp;b">b</a>', "<a>a</a>"),
        ('<a href="https://e.test/?a=1&amp;b" onmouseover=x>b</a>', '<a href="https://e.test/?a=1&amp;b">b</a>'),
        ('<div style="display:none">hidden</div><span hidden>too</span>seen', "<div>seen</div>"),
        ("<o:p>office</o:p><custom-one>kept</custom-one>", "<div>officekept</div>"),
        ("<form><input value=x><button>go</button>text</form>", "<div>text</div>"),
        ("<!--[if mso]><p>word</p><![endif]-->rest", "<div>rest</div>"),
        ('<div id="divRplyFwdMsg" class="x">inner</div>', "<div>inner</div>"),
        ("<table width=600 background=x><tr><td bgcolor=#fff>cell", '<td bgcolor="#fff">cell</td>'),
        ('<svg><a href="https://e.test">v</a></svg><math>m</math>t', "<div>t</div>"),
        ("1 &lt;script&gt; 2 &amp;amp; 3", "1 &lt;script&gt; 2 &amp;amp; 3"),
        ("<base href=https://t.test><link rel=x href=y><meta http-equiv=refresh content=0>z", "<div>z</div>"),
        ('<p style="width:expression(alert(1))" align="left;x&quot;">z</p>', "<p>z</p>"),
    ],
)
def test_only_what_is_known_to_be_harmless_is_quoted(html: str, seen: str) -> None:
    assert seen in quotable(html, html=True)


def test_nothing_that_is_quoted_is_fetched_from_anywhere() -> None:
    html = "".join(
        f"<{tag} {name}='https://tracker.test/x'>t</{tag}>"
        for tag in ("img", "video", "audio", "iframe", "object", "embed", "source", "link", "input", "body", "td", "table", "p")
        for name in ("src", "srcset", "background", "poster", "data", "href", "style", "lowsrc", "dynsrc", "action", "cite")
    )

    assert "tracker.test" not in quotable(html, html=True)


def test_what_was_written_once_is_not_changed_by_quoting_it_again() -> None:
    html = '<p style="color:red">Hi <b>there</b><br>you</p><table><tbody><tr><td>1</td></tr></tbody></table><ul><li>x</li></ul>'
    once = quotable(html, html=True)

    assert once == f"<div>{html}</div>"
    assert same(quotable(once, html=True), once)


def test_plain_text_is_quoted_line_for_line() -> None:
    assert quotable("Dear Sam,\n\n  see <below> & above\n", html=False) == (
        "<div>Dear Sam,<br>\n<br>\n&nbsp;&nbsp;see &lt;below&gt; &amp; above</div>"
    )


@pytest.mark.parametrize("html", [True, False])
def test_of_a_very_long_original_the_beginning_is_quoted(html: bool) -> None:
    body = "".join(f"<p>Paragraph number {number} of a long report.</p>" for number in range(25_000))
    quoted = quotable(body, html=html)

    assert len(body) > 1_000_000
    assert "number 5 of" in quoted
    assert "[…]" in quoted
    assert len(quoted) < 64 * 1024


@pytest.mark.parametrize(
    "body",
    [
        "<div>" * 100_000 + "x",
        "<" * 500_000,
        "<a " * 150_000,
        "<!--" * 100_000,
        "&" * 400_000,
        "<p style='" + "a:b;" * 100_000 + "'>x",
        "<b>x" * 90_000,
        "<table><tr><td>" * 30_000,
        "<p" + ' class="' * 60_000,
        "\x00\ud800<p>\ufffe</p>",
    ],
)
def test_hostile_originals_cost_little_and_leave_a_bounded_quotation(body: str) -> None:
    begin = time.process_time()
    quoted = quotable(body, html=True)

    assert time.process_time() - begin < 2
    assert len(quoted) <= 64 * 1024 + 20


# -- taking the page apart


def test_our_part_of_a_document_is_what_its_body_holds() -> None:
    assert own_part(hypertext("Dear Dana,\n\nhello")) == "<p>Dear Dana,</p>\n<p>hello</p>"
    assert own_part("no document") == "no document"


def test_what_is_quoted_is_found_again_in_what_the_mailbox_keeps() -> None:
    below = quotation(ORIGINAL)
    page = page_of(own_html("Dear Dana,\n\nhello"), below)
    kept = page.replace("\n", "\r\n").replace("id=", "id = ").replace("<body>", '<body dir="ltr">')

    assert same(standing_quotation(page), below)
    assert same(standing_quotation(kept), below)
    assert same(page_of(own_html("Other words"), standing_quotation(kept)), page_of(own_html("Other words"), below))


def test_without_the_form_of_a_quotation_nothing_is_taken_for_one() -> None:
    assert standing_quotation("<p>From: Dana</p><hr><p>Sent: today</p>") == ""


def test_an_original_cannot_bring_the_mark_of_a_quotation_with_it() -> None:
    evil = replace(ORIGINAL, body='</div></div><div id="divRplyFwdMsg">inner</div>')
    page = page_of(own_html("Mine"), quotation(evil))

    assert page.count("divRplyFwdMsg") == 1
    assert render(page[: page.index("<hr")]).text == "Mine"


# -- plain text that is told as HTML


def test_plain_text_that_is_told_as_html_is_text_again_line_for_line() -> None:
    told = (
        '<html><head>\r\n<meta name="Generator" content="Exchange">\r\n<!-- converted from text -->\r\n</head>\r\n'
        '<body>\r\n<font size="2"><span style="font-size:11pt;"><div class="PlainText">Rita Chen: asked &lt;much&gt;<br>\r\n'
        "&nbsp; and twice <br>\r\n<br>\r\nhttps://e.test</div></span></font>\r\n</body></html>\r\n"
    )

    assert plain_text_of(told) == "Rita Chen: asked <much>\n  and twice \n\nhttps://e.test"


@pytest.mark.parametrize(
    "told",
    [
        "<p>Rita Chen: asked much</p>",
        '<div class="PlainText">Rita Chen:</div><div>typed below</div>',
        '<div class="PlainText">Rita Chen:<p>typed below</p></div>',
        "converted from text",
        "",
    ],
)
def test_what_was_written_as_html_or_written_on_as_such_stays_html(told: str) -> None:
    assert plain_text_of(told) is None
