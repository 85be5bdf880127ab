"""What is new in a mail is told from what it quotes, in the styles of the common mail clients."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.mail.html import render
from rules.mail.visible import visible

_NEW = "Thanks, Tuesday works.\n\nRita"

_TAILS = {
    "gmail_en": "On Mon, Nov 23, 2026 at 10:00 AM Sam Doe <sam@example.com> wrote:\n\n> Hello\n> there",
    "gmail_en_wrapped": "On Mon, Nov 23, 2026 at 10:00 AM Sam Doe\n<sam@example.com>\nwrote:\n\n> Hello",
    "gmail_de": "Am Mo., 23. Nov. 2026 um 10:00 Uhr schrieb Sam Doe <sam@example.com>:\n\n> Hallo",
    "gmail_fr": "Le lun. 23 nov. 2026 à 10:00, Sam Doe <sam@example.com> a écrit :\n\n> Bonjour",
    "gmail_es": "El lun, 23 nov 2026 a las 10:00, Sam Doe (<sam@example.com>) escribió:\n\n> Hola",
    "gmail_nl": "Op ma 23 nov 2026 om 10:00 schreef Sam Doe <sam@example.com>:\n\n> Hallo",
    "gmail_pt": "Em seg., 23 de nov. de 2026 às 10:00, Sam Doe <sam@example.com> escreveu:\n\n> Olá",
    "gmail_it": "Il giorno lun 23 nov 2026 alle ore 10:00 Sam Doe <sam@example.com> ha scritto:\n\n> Ciao",
    "apple": "> On 23 Nov 2026, at 10:00, Sam Doe <sam@example.com> wrote:\n> \n> Hello",
    "thunderbird": "On 11/23/26 10:00, Sam Doe wrote:\n> Hello\n> there",
    "thunderbird_de": "Am 23.11.26 um 10:00 schrieb Sam Doe:\n> Hallo",
    "outlook_rule": (
        "________________________________\nFrom: Sam Doe <sam@example.com>\n"
        "Sent: Monday, November 23, 2026 10:00 AM\nTo: Rita\nSubject: Hello\n\nHello"
    ),
    "outlook_bare": (
        "From: Sam Doe <sam@example.com>\nSent: Monday, November 23, 2026 10:00 AM\nTo: Rita\nSubject: Hello\n\nHello"
    ),
    "outlook_bold": "*From:* Sam Doe <sam@example.com>\n*Sent:* Monday\n*To:* Rita\n*Subject:* Hello\n\nHello",
    "outlook_de": "Von: Sam Doe <sam@example.com>\nGesendet: Montag, 23. November 2026 10:00\nAn: Rita\nBetreff: Hallo\n\nHallo",
    "gmail_mobile_de": "Sam Doe <sam@example.com> schrieb am Mo., 23. Nov. 2026, 10:00:\n\n> Hallo",
    "thunderbird_old_de": "Sam Doe schrieb am 23.11.2026 10:00:\n> Hallo",
    "horde_de": "Zitat von Sam Doe <sam@example.com>:\n\n> Hallo",
    "gmx": (
        'Gesendet: Montag, 23. November 2026 um 10:00 Uhr\nVon: "Sam Doe" <sam@example.com>\n'
        "An: Rita\nBetreff: Aw: Hallo\n\nHallo"
    ),
    "notes_de": "Von: Sam Doe/ACME\nAn: Rita Chen/ACME\nKopie: Ada\nDatum: 23.11.2026 10:00\nBetreff: Hallo\n\nHallo",
    "outlook_appointment_de": "-----Ursprünglicher Termin-----\nVon: Sam Doe\nGesendet: Montag\n\nHallo",
    "thunderbird_old_nl": "Sam Doe schreef op 23-11-2026 om 10:00:\n> Hallo",
    "gmail_mobile_nl": "Sam Doe <sam@example.com> schreef op ma 23 nov. 2026 om 10:00:\n\n> Hallo",
    "apple_nl": "Op 23 nov 2026, om 10:00 heeft Sam Doe <sam@example.com> het volgende geschreven:\n\nHallo",
    "webmail_nl": (
        "Verzonden: maandag 23 november 2026 om 10:00\nVan: Sam Doe <sam@example.com>\nAan: Rita\nOnderwerp: Hallo\n\nHallo"
    ),
    "outlook_appointment_nl": "-----Oorspronkelijke afspraak-----\nVan: Sam Doe\nVerzonden: maandag\n\nHallo",
    "outlook_fr": "De : Sam Doe <sam@example.com>\nEnvoyé : lundi 23 novembre 2026 10:00\nÀ : Rita\nObjet : Bonjour\n\nBonjour",
    "outlook_es": (
        "De: Sam Doe <sam@example.com>\nEnviado el: lunes, 23 de noviembre de 2026 10:00\nPara: Rita\nAsunto: Hola\n\nHola"
    ),
    "outlook_it": "Da: Sam Doe <sam@example.com>\nInviato: lunedì 23 novembre 2026 10:00\nA: Rita\nOggetto: Ciao\n\nCiao",
    "outlook_nl": (
        "Van: Sam Doe <sam@example.com>\nVerzonden: maandag 23 november 2026 10:00\nAan: Rita\nOnderwerp: Hallo\n\nHallo"
    ),
    "outlook_pt": (
        "De: Sam Doe <sam@example.com>\nEnviada em: segunda-feira, 23 de novembro de 2026 10:00\nPara: Rita\nAssunto: Olá\n\nOlá"
    ),
    "original_message": "-----Original Message-----\nFrom: Sam Doe\nSent: Monday\n\nHello",
    "original_message_de": "-----Ursprüngliche Nachricht-----\nVon: Sam Doe\n\nHallo",
    "outlook_mobile": (
        "Get Outlook for iOS<https://x.example>\n________________________________\n"
        "From: Sam <sam@example.com>\nSent: Monday\nTo: Rita\nSubject: x\n\nHello"
    ),
    "forwarded_gmail": "---------- Forwarded message ---------\nFrom: Sam Doe <sam@example.com>\nDate: Mon, 23 Nov 2026\n\nHello",
    "forwarded_apple": "Begin forwarded message:\n\nFrom: Sam Doe\nSubject: Hello\n\nHello",
    "unmarked_quote": "On Mon, Nov 23, 2026 at 10:00 AM, Sam Doe <sam@example.com> wrote:\nHello there,\nI am Sam.",
    "notes_wrapped": "Sam Doe <sam@example.com> on 11/23/2026\n10:11:12 AM\nTo: Rita\ncc:\nSubject: Hello\n\nHello",
    "notes": "Sam Doe <sam@example.com> on 11/23/2026 10:11:12 AM\nTo: Rita\ncc:\nSubject: Hello\n\nHello",
}


@pytest.mark.parametrize("style", sorted(_TAILS))
def test_the_quoted_tail_is_cut(style: str) -> None:
    new, quoted = visible(f"{_NEW}\n\n{_TAILS[style]}")
    assert new.removesuffix("Get Outlook for iOS<https://x.example>").strip() == _NEW
    assert quoted


def test_an_answer_below_the_quotation_is_kept() -> None:
    new, quoted = visible("On Mon, Nov 23, 2026 at 10:00 Sam wrote:\n> Does Tuesday work?\n\nYes, Tuesday works.\n\nRita")
    assert new == "Yes, Tuesday works.\n\nRita"
    assert "Does Tuesday work?" in quoted


def test_answers_between_quoted_lines_are_kept() -> None:
    new, _ = visible("On Mon, Nov 23, 2026 at 10:00 Sam wrote:\n> Does Tuesday work?\nYes.\n> And Ada?\nShe is away.\n> Thanks\n")
    assert new == "Yes.\nShe is away."


@pytest.mark.parametrize(
    "text",
    [
        "On Monday I wrote to Ada: she will join us.",
        "From: what I hear, it went well.\nLet us talk.",
        "On Tuesday at 10:00 we meet:\n- you\n- Ada",
        "The message begins\n----------\nand goes on.",
        "To: be honest, I liked it.",
        "Gesendet: wird nichts ohne Rückfrage.\nBis Dienstag!",
        "Ole schrieb am Montag, dass er kommt.\nDatum: Dienstag, 1. Dezember 2026\nUhrzeit: 10:00",
        "Zitat von Ole: das wird gut!",
        "Ole hat am 3.12. folgende Zeiten frei:\n- 10 Uhr\n- 14 Uhr",
        "Verzonden: is nog niets.\nTot dinsdag!",
    ],
)
def test_words_that_only_look_like_a_quotation_stay(text: str) -> None:
    assert visible(text) == (text, "")


@given(st.text(max_size=500))
def test_any_text_is_split_and_no_line_is_invented(text: str) -> None:
    new, quoted = visible(text)
    lines = set(text.split("\n"))
    assert all(line in lines for line in new.split("\n") if line)
    assert all(line in lines for line in quoted.split("\n") if line)


@pytest.mark.parametrize("line", ["On ", "On 1 ", "From: a\nTo: b\n", "> ", "-----", "On Mon, 23 Nov 2026 at 10:00 x wrote\n"])
def test_a_text_of_many_beginnings_costs_little(line: str) -> None:
    visible(line * 20000)


def test_html_keeps_its_lines_and_drops_what_is_not_seen() -> None:
    found = render(
        "<html><head><title>t</title><style>p{color:red}</style></head><body><div style='display: none'>preheader</div>"
        "<h1>Hello   Sam</h1><p>you are\n <b>in</b>.</p><ul><li>one</li>"
        "<li>two</li></ul><table><tr><td>Date</td><td>Tuesday</td></tr>"
        "<tr><td>Time</td><td>10:00</td></tr></table><script>x()</script><span hidden>no</span></body></html>"
    )
    assert found.text == "Hello Sam\n\nyou are in.\n\none\ntwo\n\nDate Tuesday\nTime 10:00"


@pytest.mark.parametrize(
    "quote",
    [
        (
            '<div class="gmail_quote"><div class="gmail_attr">On Mon Sam wrote:<br>'
            "</div><blockquote>old <blockquote>older</blockquote></blockquote></div>"
        ),
        "<blockquote type=cite>old</blockquote>",
        '<div class="yahoo_quoted">old</div>',
        '<div class="moz-cite-prefix">On 11/23/26 Sam wrote:</div><blockquote>old</blockquote>',
        '<div class="protonmail_quote">old</div>',
        (
            '<hr><div id="divRplyFwdMsg"><b>From:</b> Sam &lt;sam@example.com&gt;<br>'
            "<b>Sent:</b> Monday<br><b>To:</b> Rita<br><b>Subject:</b> x</div><div>old</div>"
        ),
    ],
)
def test_what_html_quotes_is_cut(quote: str) -> None:
    text = render(f"<div>Tuesday works.</div><div><br></div><div>Rita</div>{quote}")
    new, _ = visible(text.text)
    assert new == "Tuesday works.\n\nRita"
    assert "old" in text.quoted + text.text


def test_a_page_that_is_all_blockquote_is_no_quotation() -> None:
    assert render("<blockquote><p>Dear Sam</p></blockquote>").text == "Dear Sam"


def test_json_ld_is_kept_apart() -> None:
    found = render('<p>x</p><script type="application/ld+json">{"@type": "EventReservation"}</script>')
    assert found.markup == '{"@type": "EventReservation"}'
    assert found.text == "x"


def test_the_slow_parser_says_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    page = "<style>a{}</style><p>Dear <b>Sam</b>,</p><p>a &amp; b<br>Rita</p><blockquote>old</blockquote><script>x</script>"
    fast = render(page)

    def broken(_: str) -> tuple[str, str]:
        raise ImportError

    monkeypatch.setattr("rules.mail.html._lexbor", broken)
    assert render(page) == fast
    assert fast.text == "Dear Sam,\n\na & b\nRita"


@given(
    st.lists(
        st.sampled_from(
            [
                "<p>",
                "</p>",
                "<div>",
                "<blockquote>",
                "</blockquote>",
                "<td>",
                "<table>",
                "\x02q",
                "\x03",
                "\f",
                "<!--",
                "<style>",
                "a",
                "&#0;",
                "&amp;",
                "<script",
                "]]>",
            ]
        ),
        max_size=60,
    ).map("".join)
)
def test_any_html_is_rendered(page: str) -> None:
    found = render(page)
    assert "\x02" not in found.text
    assert "\f" not in found.text


def test_the_older_way_of_notes_to_quote_is_known() -> None:
    quotation = (
        "Rita Chen <rita@acme.example>\n12/01/2026 10:11 AM\n\nTo: sam@example.com\ncc:\nSubject: Interview\n\nDear Sam, hello."
    )
    assert visible(f"Thursday works.\n\n{quotation}") == ("Thursday works.", quotation)
    agenda = "Your day with us:\n\n12/01/2026 10:11 AM\nTour of the office\nLunch"
    assert visible(agenda) == (agenda, "")


def test_a_wrapped_line_of_dashes_above_what_is_forwarded_is_known() -> None:
    forwarded = (
        "---------------------- Forwarded by Rita Chen/LDS/ACME on 12/01/2026\n09:48 AM ---------------------------\n\nHello."
    )
    assert visible(f"See below.\n\n{forwarded}") == ("See below.", forwarded)
