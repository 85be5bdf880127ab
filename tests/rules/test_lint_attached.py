"""Confidential words in a draft and in what goes along with it (L5); files that want to do harm."""

from __future__ import annotations

import random
from dataclasses import replace
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.lint.attached import look_into
from rules.lint.check import check
from rules.lint.context import Attachment, Context
from rules.lint.mail import read_mail
from rules.lint.settings import Settings
from rules.lint.types import Finding, Severity
from tests.rules.drafts_cases import SAM
from tests.rules.lint_cases import plain_note
from tests.rules.lint_files import bomb, docx, locked_pdf, pdf, zipped

SECRET = Settings(("Blue Heron", "K\u00fchlkette", "ZX-81"), ("Northwind",))
CONTEXT = Context(subject="Hello", profile=SAM, settings=SECRET)
NOTE = plain_note("I look forward to the depots.")


def found(data: bytes, name: str = "sample.docx", context: Context = CONTEXT) -> list[Finding]:
    about = replace(context, attachments=(Attachment(name, data),))
    return [finding for finding in check(NOTE, about) if finding.id.startswith("confidential")]


@pytest.mark.parametrize(
    "text",
    [
        "I led Blue Heron there.",
        "I led BLUE HERON there.",
        "I led blue-heron there.",
        "I led BlueHeron there.",
        "I led Blue\nHeron there.",
        "I led Blue\u00a0Heron there.",
        "I led Blue\u200b Heron\u00ad there.",
        "I led Blue Heron's team.",
        "I know the KU\u0308HLKETTE well.",
        "I know the zx 81 well.",
        "I work for Northwind.",
    ],
)
def test_l5_a_confidential_word_blocks_in_every_spelling(text: str) -> None:
    (told,) = [finding for finding in check(plain_note(text), CONTEXT) if finding.id == "confidential.text"]
    assert (told.severity, told.place) == (Severity.BLOCK, "line 3")


@pytest.mark.parametrize("text", ["A blue one and a heron.", "Herons are blue.", "I like Northwindy days.", "A zx-817 is new."])
def test_l5_what_only_looks_alike_is_left_alone(text: str) -> None:
    assert "confidential.text" not in {finding.id for finding in check(plain_note(text), CONTEXT)}


def test_l5_subject_and_signature_are_read_too() -> None:
    told = check(NOTE, replace(CONTEXT, subject="After Blue Heron"))
    assert [finding.place for finding in told if finding.id == "confidential.text"] == ["subject"]
    told = check(NOTE + "\n-- \nSam Doe, Northwind Ltd\n", CONTEXT)
    assert "confidential.text" in {finding.id for finding in told}


@pytest.mark.parametrize(
    "page",
    [
        "<p>I look forward to it.</p><p style='display:none'>Blue Heron</p>",
        "<p>I look forward to it.</p><!-- Blue&nbsp;Heron -->",
        "<p>I look forward to it.</p><img alt='Bl&#117;e Heron' src='cid:1'>",
        "<p>I look forward to it.</p><blockquote type='cite'><p>How was Blu<b>e Her</b>on?</p></blockquote>",
    ],
)
def test_l5_what_is_quoted_or_hidden_goes_out_too(page: str) -> None:
    message = EmailMessage()
    message["Subject"] = "Hello"
    message.set_content("I look forward to it.")
    message.add_alternative(page, subtype="html")
    mail = read_mail(bytes(message))
    told = [each for each in check(mail.text, replace(CONTEXT, behind=mail.behind)) if each.id.startswith("confidential")]
    assert [(each.id, each.severity, each.words) for each in told] == [("confidential.unseen", Severity.WARN, "Blue Heron")]
    seen = [each.id for each in check(f"{mail.text}\nBlue Heron.", replace(CONTEXT, behind=mail.behind))]
    assert "confidential.text" in seen
    assert "confidential.unseen" not in seen


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"<p>On Blu<b>e Her</b>on &amp; more</p>", "page.html"),
        ("<!DOCTYPE html><p>Blue&nbsp;Heron</p>".encode("utf-16"), "page"),
        (b"From: a@example.com\nSubject: Blue Heron\n\nHello\n", "old.eml"),
        (b"From: a@example.com\nContent-Transfer-Encoding: base64\n\nb24gQmx1ZSBIZXJvbg==\n", "old.eml"),
    ],
)
def test_l5_pages_and_mails_that_go_along_are_read_as_their_reader_sees_them(data: bytes, name: str) -> None:
    assert {each.id for each in found(data, name)} == {"confidential.attachment"}


@pytest.mark.parametrize(
    "data", [b"{\\rtf1 Blue {\\b Her}on}", b"\x1f\x8b\x08" + bytes(range(1, 32)) * 40, b"7z\xbc\xaf" + bytes(range(1, 9)) * 90]
)
def test_l5_what_no_text_is_made_of_is_told_as_unread(data: bytes) -> None:
    assert [each.id for each in found(data, "notes")] == ["confidential.unread"]


@pytest.mark.parametrize(
    ("data", "where"),
    [
        (docx("<w:p><w:r><w:t>on Blue Heron</w:t></w:r></w:p>"), "the text"),
        (docx("<w:p><w:r><w:t>on Bl</w:t></w:r><w:r><w:t>ue Her</w:t></w:r><w:r><w:t>on</w:t></w:r></w:p>"), "the text"),
        (docx('<w:p><w:del w:author="S"><w:r><w:delText>Blue Heron</w:delText></w:r></w:del></w:p>'), "the text"),
        (docx('<w:p><w:ins w:author="Blue Heron"><w:r><w:t>x</w:t></w:r></w:ins></w:p>'), "a name or link in it"),
        (docx(comments="<w:comments W:NS><w:comment><w:p><w:t>Blue Heron</w:t></w:p></w:comment></w:comments>"), "a comment"),
        (docx(comments='<w:comments W:NS><w:comment w:author="Blue Heron"/></w:comments>'), "a comment"),
        (docx(header="<w:hdr W:NS><w:p><w:t>Blue Heron</w:t></w:p></w:hdr>"), "a header"),
        (docx(footer="<w:ftr W:NS><w:p><w:t>Blue Heron</w:t></w:p></w:ftr>"), "a footer"),
        (docx(footnotes="<w:fn W:NS><w:p><w:t>Blue Heron</w:t></w:p></w:fn>"), "a footnote"),
        (docx(core="<p><title>Blue Heron</title></p>"), "its properties"),
        (docx(app="<p><Company>Northwind</Company></p>"), "its properties"),
        (docx(custom='<p><property name="x"><lpwstr>Blue Heron</lpwstr></property></p>'), "its own properties"),
        (docx(rels='<r><Relationship Target="https://blue-heron.example/x"/></r>'), "a link"),
        (zipped({"ppt/notesSlides/notesSlide1.xml": "<a><p><t>Blue Heron</t></p></a>"}), "the notes of a slide"),
        (zipped({"xl/sharedStrings.xml": "<sst><si><t>Blue Heron</t></si></sst>"}), "the text"),
        (zipped({"content.xml": "<o><p>Blue<s/>Heron</p></o>"}), "the text"),
        (zipped({"word/document.xml": "<w/>", "word/embeddings/x.xlsx": zipped({"xl/a.xml": "<t>Blue Heron</t>"})}), "the text"),
        (pdf("Blue Heron"), "the text"),
        (pdf(info={"/Title": "Blue Heron"}), "its properties"),
        (pdf(info={"/Author": "Northwind"}), "its properties"),
        (pdf(xmp="<x:xmpmeta xmlns:x='adobe:ns:meta/'>Blue Heron</x:xmpmeta>"), "its metadata"),
        (pdf(note="Blue Heron"), "a note in it"),
        (pdf(link="https://blue-heron.example/"), "a link or a field in it"),
        (pdf(mark="Blue Heron"), "its bookmarks"),
        (b"plain words on Blue Heron", "the text"),
        ("words on Blue Heron".encode("utf-16"), "the text"),
    ],
)
def test_l5_a_planted_word_blocks_wherever_it_stands_in_a_file(data: bytes, where: str) -> None:
    told = [finding for finding in found(data) if finding.id == "confidential.attachment"]
    assert told
    assert all(finding.severity is Severity.BLOCK and finding.place == "sample.docx" for finding in told)
    assert any(where in finding.text for finding in told), [finding.text for finding in told]


def test_l5_a_clean_file_is_left_alone() -> None:
    assert found(docx("<w:p><w:r><w:t>On herons that are blue.</w:t></w:r></w:p>", core="<p><title>Birds</title></p>")) == []
    assert found(pdf("On herons", info={"/Title": "Birds"})) == []


def test_l5_the_name_of_a_file_is_read_too() -> None:
    assert [finding.id for finding in found(b"x", "blue_heron.txt")] == ["confidential.attachment"]


def test_l5_marks_and_traces_of_the_making_are_told_without_any_list() -> None:
    data = docx(
        '<w:p><w:r><w:t>Strictly confidential.</w:t></w:r><w:ins w:author="S"><w:r><w:t>x</w:t></w:r></w:ins></w:p>',
        comments="<w:comments W:NS><w:comment><w:p><w:t>hm</w:t></w:p></w:comment></w:comments>",
    )
    told = found(data, context=replace(CONTEXT, settings=Settings()))
    assert sorted({finding.id for finding in told}) == ["confidential.marked", "confidential.traces"]
    assert {finding.text for finding in told if finding.id == "confidential.traces"} == {
        "sample.docx holds tracked changes.",
        "sample.docx holds comments.",
    }
    assert all(finding.severity is Severity.WARN for finding in told)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (bomb(), "unpacks"),
        (zipped({f"word/{n}.xml": b"<a>" + b" " * 9_000_000 + b"</a>" for n in range(9)}), "more text"),
        (docx()[:-40], "archive is broken"),
        (docx("<w:p>"), "XML is broken"),
        (zipped({"word/document.xml": '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'}), "declares entities"),
        (zipped({"word/document.xml": '<!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>'}), "declares entities"),
        (zipped({"word/document.xml": "<a>" * 5000 + "</a>" * 5000}), "nested too deeply"),
        (zipped({"word/document.xml": "<a/>", "EncryptedPackage": b"x"}), "password"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "old kind"),
        (locked_pdf(), "password"),
        (pdf()[:200], "PDF is broken"),
        (b"%PDF-1.7\n" + b"<<" * 100_000, "PDF is broken"),
        (b"\x89PNG\r\n\x1a\n", "picture"),
        (b"\x00\x01\x02" * 100, "not known"),
        (b"x" * (33 * 1024 * 1024), "too large"),
    ],
)
def test_l5_what_cannot_be_looked_into_is_told_and_does_no_harm(data: bytes, why: str) -> None:
    (told,) = [finding for finding in found(data) if finding.id == "confidential.unread"][:1]
    assert (told.severity, why in told.text) == (Severity.WARN, True), told.text


def test_l5_an_encrypted_entry_of_an_archive_is_told() -> None:
    data = bytearray(zipped({"word/document.xml": "<a/>"}))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + offset] |= 1
    assert "password" in found(bytes(data))[0].text


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([docx("<w:p><w:t>x</w:t></w:p>"), pdf(note="n", info={"/Title": "t"}), bomb(1000)]), st.integers(0, 2**32))
def test_no_damage_to_a_file_upsets_the_reader(data: bytes, seed: int) -> None:
    dice = random.Random(seed)
    hurt = bytearray(data)
    for _ in range(dice.randint(1, 30)):
        hurt[dice.randrange(len(hurt))] = dice.randrange(256)
    look_into(Attachment("x", bytes(hurt[: dice.randint(1, len(hurt))] if dice.random() < 0.3 else hurt)))


@given(st.binary(max_size=2000))
def test_no_octets_upset_the_reader(data: bytes) -> None:
    for head in (b"", b"PK\x03\x04", b"%PDF-1.4\n", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        look_into(Attachment("x", head + data))
