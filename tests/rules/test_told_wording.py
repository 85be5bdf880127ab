"""Times in the words that confirmations have: rooms and floors beside them, zones of other continents, what is moved."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from rules.extract.told import read_told
from rules.phrases.grammar import fold

_BERLIN = ZoneInfo("Europe/Berlin")
_NOW = datetime(2027, 3, 3, 9, tzinfo=UTC)
_FIXED = [
    ("fr", "Votre entretien est fixé au mardi 9 mars de 10h00 - 10h45.", "2027-03-09T10:00 10:45"),
    ("fr", "Votre entretien est fixé au mardi 9 mars, 10h00 - 10h45. À bientôt", "2027-03-09T10:00 10:45"),
    ("en", "Your interview is confirmed for 04/01/2027 at 2:00 PM EST.", "2027-04-01T20:00"),
    ("en", "Your interview is on 03/12/2027 at 10:30 AM PT.", "2027-03-12T19:30"),
    ("en", "See you on Tuesday 9 March at 3 pm on the 19th floor.", "2027-03-09T15:00"),
    ("en", "Interview Tuesday 9 March at 15:00, room 2.04, floor 12.", "2027-03-09T15:00"),
    ("en", "Interview Tuesday 9 March at 15:00. We are on the 10th floor, please ask for desk 11.", "2027-03-09T15:00"),
    ("de", "Ihr Termin: 9. März um 15 Uhr, Raum 2.04, 3. Etage.", "2027-03-09T15:00"),
    ("de", "Ihr Termin am 9.3. um 15 Uhr im 4. OG, Raum 3.12.", "2027-03-09T15:00"),
    ("de", "Am 9.3. um 15 Uhr, Haus 5, 2. Stock, Zimmer 11.30", "2027-03-09T15:00"),
    ("fr", "Rendez-vous jeudi 11 à 18h30 au 4e étage.", "2027-03-11T18:30"),
    ("fr", "Rendez-vous le jeudi prochain, le 11 mars, à 14 h dans nos bureaux (4e étage).", "2027-03-11T14:00"),
    ("fr", "Rendez-vous mardi prochain, le 9 mars, à 14 h.", "2027-03-09T14:00"),
    ("es", "Quedamos el jueves 11 a las 18:30 en la 2ª planta.", "2027-03-11T18:30"),
    ("es", "La entrevista será el martes 9 de marzo a las 16:00 h, planta 3, sala 2.10.", "2027-03-09T16:00"),
    ("it", "Ci vediamo giovedì 11 alle 18.30 al 3° piano.", "2027-03-11T18:30"),
    ("pt", "Ficamos na quinta 11 às 18h30.", "2027-03-11T18:30"),
    ("nl", "Tot donderdag 11 maart om 14.30 uur, 2e verdieping, kamer 3.15.", "2027-03-11T14:30"),
    ("de", "am 20.03. um 14 Uhr c.t. in Raum 101", "2027-03-20T14:00"),
    ("en", "Confirmed: next Tuesday, March 9 at 2pm.", "2027-03-09T14:00"),
    ("en", "Thursday, March 11 \u22c5 3pm \u2013 4pm (CET)", "2027-03-11T15:00 16:00"),
    ("es", "jue 11 mar 2027 9am - 9:45am (COT)", "2027-03-11T15:00 15:45"),
    ("es", "el viernes 12 de marzo a las 3:30 pm hora Colombia", "2027-03-12T21:30"),
    ("es", "el viernes 12 de marzo a las 3:30 p. m., hora de la Ciudad de México", "2027-03-12T22:30"),
    ("es", "viernes 12 de marzo, 11:00 hs (hora de Buenos Aires)", "2027-03-12T15:00"),
    ("pt", "sexta, 12 de março, às 10h (horário de Brasília)", "2027-03-12T14:00"),
    ("en", "It is 10 March, 2.15pm; suite 4.10", "2027-03-10T14:15"),
    ("de", "Mi., 10.03.2027, 10:00 - 11:00 Uhr (MEZ)", "2027-03-10T10:00 11:00"),
    ("fr", "Date : 10/03/2027 Heure : 14h15 Durée : 45 minutes", "2027-03-10T14:15 15:00"),
    ("fr", "Quand : mer. 10 mars 2027 14:00 \u2013 14:45 (heure d\u2019Europe centrale)", "2027-03-10T14:00 14:45"),
    ("de", "Wann: Mi. 10. März 2027 14:00 \u2013 14:45 (MEZ)", "2027-03-10T14:00 14:45"),
    ("es", "Cuándo: mié 10 mar 2027 14:00 \u2013 14:45 (hora de Europa central)", "2027-03-10T14:00 14:45"),
    ("en", "Date: Wednesday, March 10, 2027\nTime: 9:00 AM Eastern Time (US and Canada)", "2027-03-10T15:00"),
    ("en", "When: Wednesday, March 10, 2027 2:00 PM-3:00 PM (UTC+01:00) Amsterdam, Berlin", "2027-03-10T14:00 15:00"),
    ("en", "Start: 2027-03-10 14:00 CET End: 2027-03-10 15:00 CET", "2027-03-10T14:00 15:00"),
    ("fr", "C'est confirmé pour le 10/03 à 14h.", "2027-03-10T14:00"),
    ("en", "You're booked in for Weds 10th March, 11.30am", "2027-03-10T11:30"),
]
_MOVED = [
    ("de", "Das Gespräch findet nächsten Dienstag, den 9. März, um 14 Uhr statt.", "2027-03-09T14:00"),
    ("de", "Der Termin verschiebt sich von Donnerstag 10 Uhr auf Freitag 11 Uhr.", "2027-03-05T11:00"),
    ("fr", "L'entretien prévu le 9 mars à 10h est reporté au 11 mars à 15h.", "2027-03-11T15:00"),
    ("es", "La entrevista del martes 9 a las 10:00 pasa al jueves 11 a las 17:00.", "2027-03-11T17:00"),
    ("de", "Statt Dienstag, 9.3., 10 Uhr, treffen wir uns nun am 11.3. um 13 Uhr.", "2027-03-11T13:00"),
    ("en", "Your interview on 9 March at 10:00 has been rescheduled. New time: 11 March, 15:00.", "2027-03-11T15:00"),
]


def _told(language: str, text: str, *, moved: bool) -> list[str]:
    languages = tuple(dict.fromkeys((language, "en")))
    found = read_told("", fold(text), _NOW, _BERLIN, languages=languages, order="dmy", moved=moved)
    starts = [f"{one.start.astimezone(_BERLIN):%Y-%m-%dT%H:%M}" for one in found]
    ends = ["" if one.end_assumed else f" {one.end.astimezone(_BERLIN):%H:%M}" for one in found]
    return [start + end for start, end in zip(starts, ends, strict=True)]


@pytest.mark.parametrize(("language", "text", "wanted"), _FIXED)
def test_the_time_that_is_fixed_is_read(language: str, text: str, wanted: str) -> None:
    assert _told(language, text, moved=False) == [wanted]


@pytest.mark.parametrize(("language", "text", "wanted"), _MOVED)
def test_the_new_time_is_read_where_an_interview_moves(language: str, text: str, wanted: str) -> None:
    assert _told(language, text, moved=True) == [wanted]
