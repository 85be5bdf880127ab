"""Interviews told in text, how they are held, which round they are, and where a time is picked, in seven languages."""

from __future__ import annotations

import json
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.classify import Kind
from rules.extract.agenda import people_of_agenda
from rules.extract.meetings import Meetings, booking_link_of, format_of, read_meetings, round_of
from rules.extract.places import addresses_in, is_booking_page, is_scheduling_page, is_video_page, unwrapped
from rules.extract.types import Format, InterviewStatus
from rules.language import LANGUAGES
from rules.mail import Message
from rules.phrases.grammar import compile_phrase, fold
from rules.phrases.load import load
from tests.rules.mails import OWN, mail

BERLIN = ZoneInfo("Europe/Berlin")
HTML = {"Content-Type": "text/html; charset=utf-8"}
CLOCK = {"Date": "Mon, 23 Nov 2026 16:00:00 +0100"}


def meetings(message: Message, kind: Kind = Kind.INTERVIEW_CONFIRMATION) -> Meetings:
    return read_meetings(message, kind, own=OWN, zone="Europe/Berlin", local=BERLIN)


def stated(body: str, kind: Kind = Kind.INTERVIEW_CONFIRMATION, *, html: bool = False) -> list[tuple[str, str]]:
    found = meetings(mail(body, headers=CLOCK | (HTML if html else {})), kind)
    return [(item.start.isoformat(), item.end.isoformat()) for item in found.interviews]


TEN = [("2026-12-01T10:00:00+01:00", "2026-12-01T10:45:00+01:00")]


@pytest.mark.parametrize(
    "body",
    [
        (
            "Your interview is confirmed.\n\nWhen: Tuesday, December 1, 2026 10:00 AM - 10:45 AM (CET)\nWhere: Google Meet\n\n"
            "If you cannot come, write to us by Friday, November 27 at 5 pm."
        ),
        (
            "Ihr Gespräch ist bestätigt.\n\nWann: Dienstag, 1. Dezember 2026, 10:00 - 10:45 Uhr\nWo: Microsoft Teams\n\n"
            "Wenn Sie verhindert sind, melden Sie sich bis Freitag, 27. November, 17 Uhr."
        ),
        (
            "Votre entretien est confirmé.\n\nDate : mardi 1 décembre 2026\nHeure : 10h00 - 10h45\nLieu : visioconférence\n\n"
            "En cas d'empêchement, écrivez-nous avant le vendredi 27 novembre à 17h."
        ),
        "Su entrevista está confirmada.\n\nFecha: martes, 1 de diciembre de 2026\nHora: 10:00 - 10:45\nLugar: Zoom",
        "Je gesprek is bevestigd.\n\nWanneer: dinsdag 1 december 2026 om 10.00 uur\nWaar: Teams\nDuur: 45 minuten",
        "A sua entrevista está confirmada.\n\nData: terça-feira, 1 de dezembro de 2026\nHora: 10h00\nDuração: 45 minutos",
        "Il tuo colloquio è confermato.\n\nData: martedì 1 dicembre 2026\nOra: 10:00 - 10:45\nDove: Google Meet",
        "When\nTuesday Dec 1, 2026 ⋅ 10am \u2013 10:45am (Central European Time - Berlin)\n\nLocation\nhttps://meet.example/abc",
    ],
)
def test_a_block_of_particulars_gives_the_time_whatever_else_is_dated(body: str) -> None:
    assert stated(body) == TEN


@pytest.mark.parametrize(
    "body",
    [
        "Your interview has been moved from Tuesday, December 1 at 10:00 to Wednesday, December 2 at 14:00.",
        "Das Gespräch wird von Dienstag, 1. Dezember, 10 Uhr auf Mittwoch, 2. Dezember, 14 Uhr verschoben.",
        "Former:\n10:00am - Tuesday, December 1, 2026\n\nUpdated:\n2:00pm - Wednesday, December 2, 2026",
        "New time: Wednesday, December 2, 2026 at 2:00 PM\nOld time: Tuesday, December 1, 2026 at 10:00 AM",
        "Je gesprek van dinsdag 1 december om 10:00 uur is verplaatst naar woensdag 2 december om 14:00 uur.",
        "Votre entretien du mardi 1 décembre à 10h est reporté au mercredi 2 décembre à 14h.",
        "Il colloquio previsto per martedì 1 dicembre alle 10:00 è stato spostato a mercoledì 2 dicembre alle 14:00.",
        "La entrevista del martes 1 de diciembre a las 10:00 pasa al miércoles 2 de diciembre a las 14:00.",
        "A entrevista de terça-feira, 1 de dezembro, às 10h foi remarcada para quarta-feira, 2 de dezembro, às 14h.",
        "Neuer Termin: Mittwoch, 2. Dezember 2026, 14:00 Uhr\nBisheriger Termin: Dienstag, 1. Dezember 2026, 10:00 Uhr",
    ],
)
def test_of_a_moved_interview_the_new_time_holds_and_the_old_is_told(body: str) -> None:
    (found,) = meetings(mail(body, headers=CLOCK), Kind.RESCHEDULE).interviews
    assert found.start.isoformat() == "2026-12-02T14:00:00+01:00"
    assert found.was is not None
    assert found.was.isoformat() == "2026-12-01T10:00:00+01:00"


@pytest.mark.parametrize(
    ("body", "zone", "offset", "form"),
    [
        (
            "Wann\nDienstag 1. Dez. 2026 ⋅ 10:00 \u2013 10:45 (Mitteleuropäische Zeit - Berlin)\n\nWo\nhttps://meet.google.com/a-b\n",
            "Europe/Berlin",
            1,
            Format.VIDEO,
        ),
        (
            "Quand\nmardi 1 déc. 2026 ⋅ 10:00 \u2013 10:45 (heure d'Europe centrale - Paris)\n\nOù\n12 rue de la Paix\n",
            "Europe/Paris",
            1,
            Format.IN_PERSON,
        ),
        ("Quando\nmartedì 1 dic 2026 ⋅ 10:00 \u2013 10:45 (Ora dell'Europa centrale - Roma)\n", "Europe/Rome", 1, Format.UNKNOWN),
        (
            "Wanneer\ndinsdag 1 dec. 2026 ⋅ 10:00 \u2013 10:45 (Midden-Europese tijd - Amsterdam)\n",
            "Europe/Amsterdam",
            1,
            Format.UNKNOWN,
        ),
        (
            "Quando\nterça-feira, 1 de dez. de 2026 ⋅ 10:00 \u2013 10:45 (Horário Padrão de Brasília - São Paulo)\n",
            "America/Sao_Paulo",
            -3,
            Format.UNKNOWN,
        ),
        (
            "When: Tuesday, December 1, 2026 10:00 AM-10:45 AM (UTC-05:00) Eastern Time (US & Canada).\nWhere: 1 Mill Lane",
            "America/New_York",
            -5,
            Format.IN_PERSON,
        ),
        (
            "Tuesday, December 1, 2026\n10:00 AM - 10:45 AM\n(UTC-08:00) Pacific Time (US & Canada)\n",
            "America/Los_Angeles",
            -8,
            Format.UNKNOWN,
        ),
        ("Date: Tuesday, Dec 1, 2026\nTime: 10:00am - 10:45am PST\nType: phone", "America/Los_Angeles", -8, Format.PHONE),
    ],
)
def test_a_notification_without_a_calendar_part_is_read_as_well(body: str, zone: str, offset: int, form: Format) -> None:
    found = meetings(mail(body, headers=CLOCK))
    (interview,) = found.interviews
    assert (interview.start.replace(tzinfo=None).isoformat(), interview.zone) == ("2026-12-01T10:00:00", zone)
    assert interview.start.utcoffset() == timedelta(hours=offset)
    assert interview.end - interview.start == timedelta(minutes=45)
    assert found.format is form


@pytest.mark.parametrize("tag", ["<s>{}</s>", "<del>{}</del>", '<span style="text-decoration:line-through">{}</span>'])
def test_what_a_page_strikes_out_does_not_hold(tag: str) -> None:
    old = tag.format("Tuesday, December 1, 10:00 - 10:45")
    page = f"<p>There is a new time.</p><table><tr><td>When</td><td>{old} Wednesday, December 2, 14:00 - 14:45</td></tr></table>"
    assert stated(page, Kind.RESCHEDULE, html=True) == [("2026-12-02T14:00:00+01:00", "2026-12-02T14:45:00+01:00")]


def test_several_days_with_a_row_each_are_several_interviews() -> None:
    rows = "- Tuesday, December 1: 10:00 - 10:45 Jane Doe, CTO\n- Thursday, December 3: 14:00 - 15:00 Max Moe\n"
    found = meetings(mail(f"Both interviews are confirmed:\n\n{rows}", headers=CLOCK)).interviews
    assert [(item.start.isoformat(), item.uid[-2:]) for item in found] == [
        ("2026-12-01T10:00:00+01:00", "/1"),
        ("2026-12-03T14:00:00+01:00", "/2"),
    ]


@pytest.mark.parametrize(
    "body",
    [
        "Possible:\n- Tuesday, December 1: 10:00 - 10:45\n- or Thursday, December 3: 14:00 - 15:00\n",
        "Möglich wäre:\n- Dienstag, 1. Dezember, 10:00 - 10:45 Uhr\n- oder Donnerstag, 3. Dezember, 14:00 - 15:00 Uhr\n",
        "Nous vous proposons :\n- mardi 1 décembre, 10h00 - 10h45\n- ou jeudi 3 décembre, 14h00 - 15h00\n",
        "Wij kunnen op:\n- dinsdag 1 december, 10:00 - 10:45\n- of donderdag 3 december, 14:00 - 15:00\n",
    ],
)
def test_times_to_choose_from_are_none(body: str) -> None:
    assert stated(body) == []


def test_a_calendar_entry_without_a_start_leaves_the_word_to_the_text() -> None:
    body = "Your interview is confirmed for Tuesday, December 1, 10:00 - 10:45."
    entry = "BEGIN:VCALENDAR\nMETHOD:{}\nBEGIN:VEVENT\nUID:u\nSUMMARY:Interview\nEND:VEVENT\nEND:VCALENDAR\n"
    (found,) = meetings(mail(body, headers=CLOCK, calendar=entry.format("REQUEST"))).interviews
    assert (found.source, found.start.isoformat()) == ("text", "2026-12-01T10:00:00+01:00")
    assert meetings(mail(body, headers=CLOCK, calendar=entry.format("REPLY"), method="REPLY")).interviews == ()


def test_an_entry_for_a_whole_day_leaves_the_hours_to_the_text() -> None:
    entry = (
        "BEGIN:VCALENDAR\nMETHOD:REQUEST\nBEGIN:VEVENT\nUID:u\nDTSTART;VALUE=DATE:20261201\nSUMMARY:Interview\n"
        "END:VEVENT\nEND:VCALENDAR\n"
    )
    told = "Your interview is confirmed for Tuesday, December 1, 10:00 - 10:45."
    other = "Your interview is confirmed. Please call us on Thursday, November 26, 10:00 - 10:45 if you have questions."
    for body, start, end in (
        (told, "2026-12-01T10:00:00+01:00", "2026-12-01T10:45:00+01:00"),
        (other, "2026-12-01T00:00:00+01:00", "2026-12-02T00:00:00+01:00"),
    ):
        (found,) = meetings(mail(body, headers=CLOCK, calendar=entry)).interviews
        assert (found.uid, found.source) == ("u", "calendar")
        assert (found.start.isoformat(), found.end.isoformat()) == (start, end)


def test_one_time_in_an_invitation_is_proposed_and_several_are_offers() -> None:
    one = "Could we speak on Tuesday, December 1 at 10:00 AM? Please answer by Friday, November 27 at 5 PM."
    (found,) = meetings(mail(one, headers=CLOCK), Kind.INTERVIEW_INVITE).interviews
    assert (found.start.isoformat(), found.status) == ("2026-12-01T10:00:00+01:00", InterviewStatus.TENTATIVE)
    two = "Could we speak on Tuesday, December 1 at 10:00 AM or on Wednesday, December 2 at 11:00 AM?"
    assert stated(two, Kind.INTERVIEW_INVITE) == []


def test_the_time_in_a_cancellation_is_what_is_called_off() -> None:
    body = "We have to cancel your interview on Tuesday, December 1 at 10:00."
    (found,) = meetings(mail(body, headers=CLOCK), Kind.CANCELLATION).interviews
    assert (found.start.isoformat(), found.status) == ("2026-12-01T10:00:00+01:00", InterviewStatus.CANCELLED)


@pytest.mark.parametrize(
    ("body", "end"),
    [
        ("On Tuesday, December 1:\n\n9:00 AM Jane Doe, CTO\n9:30 AM Max Moe\n10:00 AM Ada Poe\n", "10:30"),
        ("On Tuesday, December 1:\n\nJane Doe 9:00 AM\nMax Moe 9:45 AM\n", "10:30"),
        (
            "We look forward to seeing you on Tuesday, December 1. Come to the desk and ask for me.\n\n"
            + "There is a lot to see around our building, and the way to it is easy to find on foot and by train. " * 4
            + "\n\n9:00 AM Jane Doe, CTO\n10:00 AM - 11:30 AM Max Moe and Ada Poe\n",
            "11:30",
        ),
        (
            (
                "Am Dienstag, 1. Dezember:\n\n9:00 Uhr Gespräch mit Jana Moe\n10:00 Uhr Gespräch mit Max Moe\n"
                "11:00 Uhr Rundgang im Haus\n\nMax Poe ist ab Montag, 7. Dezember, 8:00 Uhr im Urlaub."
            ),
            "12:00",
        ),
    ],
    ids=["starts", "names first", "far from its day", "another day"],
)
def test_an_agenda_of_starts_alone_is_one_interview(body: str, end: str) -> None:
    assert stated(body) == [("2026-12-01T09:00:00+01:00", f"2026-12-01T{end}:00+01:00")]


@pytest.mark.parametrize(
    "body",
    [
        "Please arrive on Tuesday, December 1 at 9:45 for your interview at 10:00 - 10:45.",
        "Your interview is on Tuesday, December 1, 10:00 - 10:45. Please confirm by Friday, November 27 at 5 PM.",
        "Ihr Gespräch ist am Dienstag, 1. Dezember, von 10:00 bis 10:45 Uhr. Antworten Sie bis Freitag, 27. November, 17 Uhr.",
        "Votre entretien aura lieu le mardi 1 décembre, 10:00 - 10:45. Répondez avant le vendredi 27 novembre à 17h.",
    ],
)
def test_when_to_answer_or_to_be_there_is_not_when_the_interview_is(body: str) -> None:
    assert stated(body) == TEN


def test_bare_times_in_a_list_are_no_agenda() -> None:
    assert stated("On Tuesday, December 1:\n\n9:00 AM\n10:00 AM\n11:00 AM\n") == []


def test_the_rows_of_an_agenda_name_people_with_and_without_marks() -> None:
    found = people_of_agenda(
        "10:00 - 10:45 Jane Doe Engineering Manager\n11:00\u201311:45 | Max Moe | CTO\n12:00 - 13:00 Lunch\n"
        "- 2:00 PM - 3:00 PM (EST): Coding with Ada Poe (Staff Engineer)\n"
    )
    assert [(person.name, person.title) for person in found] == [
        ("Jane Doe", "Engineering Manager"),
        ("Max Moe", "CTO"),
        ("Ada Poe", "Staff Engineer"),
    ]


def test_markup_states_an_interview_where_there_is_no_calendar_part() -> None:
    value = {
        "@type": "EventReservation",
        "reservationNumber": "R-1",
        "reservationFor": {
            "@type": "Event",
            "name": "Interview",
            "startDate": "2026-12-01T10:00:00+01:00",
            "organizer": {"@type": "Person", "name": "Ada Moe", "email": "ada@acme.example"},
            "location": {"@type": "VirtualLocation", "url": "https://acme.zoom.us/j/1"},
        },
    }
    page = f'<p>Confirmed.</p><script type="application/ld+json">{json.dumps(value)}</script>'
    (found,) = meetings(mail(page, headers=HTML)).interviews
    assert (found.source, found.uid, found.start.isoformat()) == ("markup", "markup:R-1", "2026-12-01T10:00:00+01:00")
    assert (found.format, found.interviewers[0].address) == (Format.VIDEO, "ada@acme.example")
    cancelled = page.replace(
        '"@type": "EventReservation"', '"@type": "EventReservation", "reservationStatus": "ReservationCancelled"'
    )
    (off,) = meetings(mail(cancelled, headers=HTML), Kind.CANCELLATION).interviews
    assert off.status is InterviewStatus.CANCELLED


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("we will call you at +1 415 555 0100", Format.PHONE),
        ("your video interview", Format.VIDEO),
        ("an interview at our office in leeds", Format.IN_PERSON),
        ("wir rufen sie am dienstag um 10 uhr an", Format.PHONE),
        ("das telefonat mit frau moe", Format.PHONE),
        ("das gespräch findet per video statt", Format.VIDEO),
        ("bitte melden sie sich am empfang in unserem haus", Format.IN_PERSON),
        ("nous vous appellerons : entretien téléphonique", Format.PHONE),
        ("l'entretien aura lieu en visioconférence", Format.VIDEO),
        ("l'entretien se déroulera dans nos locaux", Format.IN_PERSON),
        ("será una entrevista telefónica con ada", Format.PHONE),
        ("tendremos una videollamada con el equipo", Format.VIDEO),
        ("la entrevista será presencial en la calle mayor", Format.IN_PERSON),
        ("het wordt een telefonisch gesprek met ada", Format.PHONE),
        ("we spreken elkaar in een videogesprek", Format.VIDEO),
        ("het gesprek is bij ons op kantoor", Format.IN_PERSON),
        ("a conversa será por telefone com a ada", Format.PHONE),
        ("a entrevista será por videochamada com a equipa", Format.VIDEO),
        ("a entrevista será presencial na nossa sede", Format.IN_PERSON),
        ("sarà un colloquio telefonico con ada", Format.PHONE),
        ("il colloquio si terrà in videochiamata con il team", Format.VIDEO),
        ("il colloquio si terrà presso la nostra sede", Format.IN_PERSON),
        ("join: https://acme.zoom.us/j/123", Format.VIDEO),
        ("https://whereby.com/acme-room", Format.VIDEO),
        ("see you on tuesday", Format.UNKNOWN),
    ],
)
def test_the_format_is_read_in_seven_languages(text: str, form: Format) -> None:
    assert format_of(f"interview\n{text}") is form


def test_a_line_of_particulars_outranks_what_comes_later_in_the_process() -> None:
    text = "your interview\nlocation: phone\nnext there will be a video interview and a day at our office"
    assert format_of(text) is Format.PHONE


@pytest.mark.parametrize(
    ("title", "round_"),
    [
        ("second interview", 2),
        ("2nd-round interview", 2),
        ("zweites gespräch mit acme", 2),
        ("einladung zum erstgespräch", 1),
        ("deuxième entretien chez acme", 2),
        ("segunda entrevista con acme", 2),
        ("tweede gesprek bij acme", 2),
        ("terceira entrevista na acme", 3),
        ("secondo colloquio con acme", 2),
        ("interview with acme", None),
        ("first round or second round", None),
    ],
)
def test_the_round_is_read_in_seven_languages(title: str, round_: int | None) -> None:
    assert round_of(fold(title), "") == round_


@pytest.mark.parametrize(
    ("body", "link"),
    [
        ("Please pick a time that suits you: https://x.example/a.", "https://x.example/a"),
        ("Bitte wählen Sie hier einen Termin aus: https://x.example/a", "https://x.example/a"),
        ("Merci de choisir un créneau :\nhttps://x.example/a", "https://x.example/a"),
        ("Puede elegir la hora que mejor le convenga aquí: https://x.example/a", "https://x.example/a"),
        ("Kies een moment dat je uitkomt via https://x.example/a", "https://x.example/a"),
        ("Escolha o melhor horário: https://x.example/a", "https://x.example/a"),
        ("Per il colloquio puoi scegliere l'orario qui: https://x.example/a", "https://x.example/a"),
        ("Here is my link: calendly.com/rita-chen/30min", "https://calendly.com/rita-chen/30min"),
        ("https://outlook.office.com/bookwithme/user/x", "https://outlook.office.com/bookwithme/user/x"),
        ("https://meetings.hubspot.com/rita", "https://meetings.hubspot.com/rita"),
        ("https://acme.youcanbook.me/first", "https://acme.youcanbook.me/first"),
        ("https://app.greenhouse.io/candidate/schedule/x1", "https://app.greenhouse.io/candidate/schedule/x1"),
        ("https://boards.greenhouse.io/acme/jobs/1", ""),
        ("Reschedule: https://calendly.com/reschedulings/x\nCancel: https://calendly.com/cancellations/x", ""),
        ("Need to pick another time? Reschedule here: https://x.example/r", ""),
        ("Need to reschedule? Pick a new time: https://goodtime.io/r/abc", ""),
        ("We had to cancel. Please pick a new time: https://x.example/a", "https://x.example/a"),
        ("Join: https://calendly.com/events/x/google_meet", ""),
        ("Join the meeting: https://acme.zoom.us/j/1", ""),
        ("Read our privacy notice: https://x.example/privacy", ""),
        ("See https://x.example/about", ""),
        ("calendly.com", ""),
    ],
)
def test_the_link_under_which_a_time_is_picked_is_found(body: str, link: str) -> None:
    assert booking_link_of(mail(body)) == link


def test_the_words_of_a_link_tell_it_whatever_its_address() -> None:
    page = (
        '<p>Wir freuen uns auf das Gespräch mit Ihnen.</p><a href="https://t.example/1">Im Browser ansehen</a>'
        '<a href="https://t.example/2">Termin auswählen</a> <a href="https://t.example/3">Abmelden</a>'
        '<blockquote><a href="https://calendly.com/old/x">Pick a time</a></blockquote>'
    )
    assert booking_link_of(mail(page, headers=HTML)) == "https://t.example/2"


def test_a_bare_word_is_a_link_to_what_its_sentence_says() -> None:
    page = '<p>Buche deinen Termin <a href="https://t.example/2">hier</a>.</p><p>Fragen? Schau <a href="https://t.example/3">hier</a>.</p>'
    assert booking_link_of(mail(page, headers=HTML)) == "https://t.example/2"


def test_the_html_beside_a_text_without_addresses_gives_the_link() -> None:
    text = "Dear Sam, please choose a slot for your interview with the button in this message. " * 8
    body = (
        f"--b\r\nContent-Type: text/plain\r\n\r\n{text}\r\n--b\r\nContent-Type: text/html\r\n\r\n"
        '<p>Dear Sam</p><a href="https://t.example/2"><b>Choose a slot</b></a>\r\n--b--\r\n'
    )
    message = mail(body, headers={"Content-Type": 'multipart/alternative; boundary="b"'})
    assert message.links == (("Choose a slot", "https://t.example/2"),)
    assert booking_link_of(message) == "https://t.example/2"


@pytest.mark.parametrize(
    ("wrapped", "address"),
    [
        (
            "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fcalendly.com%2Frita%2F30min&data=05",
            "https://calendly.com/rita/30min",
        ),
        ("https://www.google.com/url?q=https://calendly.com/rita/30min&sa=D", "https://calendly.com/rita/30min"),
        ("https://urldefense.com/v3/__https://calendly.com/rita/30min__;!!abc", "https://calendly.com/rita/30min"),
        ("https://urldefense.proofpoint.com/v2/url?u=https-3A__calendly.com_rita_30min&d=x", "https://calendly.com/rita/30min"),
        ("https://x.example/a", "https://x.example/a"),
        ("https://[broken", "https://[broken"),
    ],
)
def test_what_mail_filters_rewrote_is_read_as_what_it_was(wrapped: str, address: str) -> None:
    assert unwrapped(wrapped) == address
    assert is_booking_page(wrapped) is ("calendly" in address)


def test_every_language_has_the_lists_of_english_and_no_phrase_twice() -> None:
    english = load("en/meetings")
    for language in LANGUAGES:
        tables = load(f"{language}/meetings")
        assert {name: set(table) for name, table in tables.items()} == {name: set(table) for name, table in english.items()}, (
            language
        )
        for name in ("format", "round"):
            sources = [source for phrases in tables[name].values() for source in phrases]
            assert len(sources) == len(set(sources)), (language, name)
        for table in tables.values():
            for phrases in table.values():
                assert phrases
                assert all(source == source.lower() and compile_phrase(source).pattern.groups == 0 for source in phrases)


_PIECES = st.sampled_from(
    [
        "When:",
        "Wann\n",
        "Former:",
        "~~",
        "or",
        "by ",
        "Tuesday, December 1",
        "10:00",
        " - 11:00",
        "10 Uhr",
        "\n",
        "(UTC+99:00) x",
        "9h",
    ]
)


@given(st.lists(_PIECES | st.text(max_size=20), max_size=30).map(" ".join), st.sampled_from(list(Kind)))
def test_any_text_is_read_without_an_exception(body: str, kind: Kind) -> None:
    for item in meetings(mail(body, headers=CLOCK), kind).interviews:
        assert item.start < item.end
        assert item.start.tzinfo is not None


@given(
    st.text(max_size=200),
    st.sampled_from(["", "https://", "https://calendly.com/", "calendly.com/", "http://[", "https://a@b:99999/"]),
)
def test_any_text_may_stand_where_an_address_stands(text: str, start: str) -> None:
    address = start + text
    for found, place in addresses_in(address):
        assert 0 <= place < len(address)
        assert found.startswith("http") or found[:4].lower() == "http"
    assert not (is_video_page(address) and is_booking_page(address))
    is_scheduling_page(address)


def test_an_answer_says_how_the_next_talk_is_held_not_the_subject_it_carries_along() -> None:
    text = "Hi Sam,\n\nYour interview is on Tuesday 1 December at 10:00 at our office. We look forward to meeting you."
    answer = mail(text, subject="Re: Phone screen - Data Engineer", headers={"In-Reply-To": "<x@example.com>"})
    silent = mail(
        "Hi Sam,\n\nTuesday 1 December at 10:00 it is.", subject="Re: Phone screen", headers={"In-Reply-To": "<x@example.com>"}
    )
    assert meetings(answer, Kind.INTERVIEW_CONFIRMATION).format is Format.IN_PERSON
    assert meetings(silent, Kind.INTERVIEW_CONFIRMATION).format is Format.PHONE


@pytest.mark.parametrize(
    "place", ["at our Haifa office", "at their Inverness office", "at our new headquarters", "at our Leith workshop"]
)
def test_an_office_with_a_name_is_a_place_to_come_to(place: str) -> None:
    assert format_of(f"interview\nwe will see you on tuesday {place.lower()}.") is Format.IN_PERSON
