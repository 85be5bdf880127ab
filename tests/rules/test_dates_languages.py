"""Days and times as mail in seven languages writes them: prose, tables, several slots, moved interviews, zones."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.dates import Moment, days, moments, periods
from rules.language import LANGUAGES
from rules.phrases.grammar import fold
from rules.phrases.load import load

_FRIDAY = date(2026, 2, 20)
_ZONE = ZoneInfo("Europe/Berlin")
# Text, and its moments in order: `start/end`, with `!` before one that is called old.
_MOMENTS = {
    "en": [
        ("Your interview was scheduled for Tuesday, March 3 at 10:00.", "2026-03-03T10:00+01:00"),
        ("It was great to talk, so let us meet on Tuesday, March 3 at 10:00.", "2026-03-03T10:00+01:00"),
        ("at 10 a.m. Tuesday, March 3 (Eastern), which is 4 p.m. in Berlin", "2026-03-03T10:00-05:00"),
        ("2026-03-03T14:00:00Z", "2026-03-03T14:00+00:00"),
        ("Join at 10 on 3 March or at 3 on Friday", "2026-03-03T10:00+01:00 2026-02-27T15:00+01:00"),
        (
            "Tuesday 3 March, 9-10am, 11am-12pm or 2-3pm",
            "2026-03-03T09:00+01:00/10:00 2026-03-03T11:00+01:00/12:00 2026-03-03T14:00+01:00/15:00",
        ),
        ("March 3rd, 2pm Pacific/5pm Eastern", "2026-03-03T14:00-08:00"),
        ("Bring 2 forms of ID to 14 Market Street on Tuesday 3 March at 9:30.", "2026-03-03T09:30+01:00"),
        ("Date\nTuesday, March 3, 2026\nTime\n2:00 PM\nDuration\n45 minutes", "2026-03-03T14:00+01:00"),
        ("Interview Date: 03-Mar-2026\nInterview Time: 2:00 PM (GMT+1)\nDuration: 1:00", "2026-03-03T14:00+01:00"),
        ("03 March 2026 | 14:00\u201315:00 | Zoom", "2026-03-03T14:00+01:00/15:00"),
        ("Tue, Mar 3 2:00 PM \u2013 2:45 PM CET", "2026-03-03T14:00+01:00/14:45"),
        ("Mar 3, 2026 at 2:00 PM CET with Ada Poe", "2026-03-03T14:00+01:00"),
        ("Tuesday, March 3 from 2:00pm - 3:00pm (GMT+1)", "2026-03-03T14:00+01:00/15:00"),
        ("2:00 PM \u2013 3:00 PM EST (Tuesday, March 3)", "2026-03-03T14:00-05:00/15:00"),
        ("Thank you for your time today. Your next interview is on Tuesday, March 3 at 14:00.", "2026-03-03T14:00+01:00"),
        ("See you at 9 AM sharp on Tuesday the 3rd!", "2026-03-03T09:00+01:00"),
        (
            "Mon 2nd March 10am\nTue 3rd March 2pm\nWed 4th March 9.30am",
            "2026-03-02T10:00+01:00 2026-03-03T14:00+01:00 2026-03-04T09:30+01:00",
        ),
        ("Tuesday 3 March at 2 o'clock", "2026-03-03T14:00+01:00"),
        ("Tuesday, 3 March: 9 AM Pacific / 12 PM Eastern / 5 PM UK", "2026-03-03T09:00-08:00"),
        ("the interview is at 15h CET on March 3rd", "2026-03-03T15:00+01:00"),
        ("Call me on +44 20 7946 0958 before 10:00 on Tuesday", "2026-02-24T10:00+01:00"),
        ("Tuesday 3 March 2026 at 14:00 (2 PM)", "2026-03-03T14:00+01:00"),
        ("Tuesday at 14:00 (your time)", "2026-02-24T14:00+01:00"),
        ("Tuesday, 3 March 2026 14:00 \u2013 Wednesday, 4 March 2026 09:00", "2026-03-03T14:00+01:00 2026-03-04T09:00+01:00"),
        (
            "Invitee: Sam\n\nEvent Date/Time: 10:30am - Tuesday, March 3, 2026 (Central European Time)",
            "2026-03-03T10:30+01:00",
        ),
        ("Event Date/Time:\n02:00pm - Tuesday, 3 March 2026 (Europe/Berlin - Central European Time)", "2026-03-03T14:00+01:00"),
        (
            "Your interview is scheduled\nTuesday, March 3 ⋅ 2:00 \u2013 2:45pm\nCentral European Standard Time",
            "2026-03-03T14:00+01:00/14:45",
        ),
        ("Tuesday Mar 3, 2026 ⋅ 2pm \u2013 2:45pm (Central European Time - Berlin)", "2026-03-03T14:00+01:00/14:45"),
        ("WHEN\nTuesday Mar 3, 2026 2pm \u2013 2:45pm Eastern Time - New York", "2026-03-03T14:00-05:00/14:45"),
        ("When: Tue Mar 3, 2026 2pm \u2013 2:45pm (PST)", "2026-03-03T14:00-08:00/14:45"),
        ("Date & Time: 03 Mar 2026, 14:00 - 14:45 CET", "2026-03-03T14:00+01:00/14:45"),
        ("Date: 2026-03-03\nTime: 14:00 - 15:00 (UTC+1)", "2026-03-03T14:00+01:00/15:00"),
        ("Time: Mar 3, 2026 02:00 PM Amsterdam, Berlin, Rome, Stockholm, Vienna", "2026-03-03T14:00+01:00"),
        ("Start: Tue 3/3/2026 2:00 PM\nEnd: Tue 3/3/2026 3:00 PM", "2026-03-03T14:00+01:00/15:00"),
        ("Tuesday, March 3rd @ 2:00 p.m. - 2:45 p.m. EST", "2026-03-03T14:00-05:00/14:45"),
        ("We're confirmed for 2pm GMT on Tuesday 3rd March.", "2026-03-03T14:00+00:00"),
        (
            "| Date | Tuesday, March 3, 2026 |\n| Time | 2:00 PM - 3:00 PM ET |\n| Location | Zoom |",
            "2026-03-03T14:00-05:00/15:00",
        ),
        (
            "- Mon, Mar 2: 9:00 AM - 12:00 PM ET\n- Tue, Mar 3: 1:00 PM - 4:00 PM ET\n- Wed, Mar 4 at 10am or 11:30am ET",
            "2026-03-02T09:00-05:00/12:00 2026-03-03T13:00-05:00/16:00 2026-03-04T10:00-05:00 2026-03-04T11:30-05:00",
        ),
        (
            "I can do Monday 2 March at 10am, Tuesday 3 March at 2pm or Wednesday 4 March between 9 and 11am.",
            "2026-03-02T10:00+01:00 2026-03-03T14:00+01:00 2026-03-04T09:00+01:00/11:00",
        ),
        (
            "10:00 AM \u2013 10:45 AM: Ada\n11:00 AM \u2013 11:45 AM: Max Moe\non Tuesday, March 3, 2026 (all times in CET)",
            "2026-03-03T10:00+01:00/10:45 2026-03-03T11:00+01:00/11:45",
        ),
        (
            "Tuesday, March 3, 2026\n10:00 AM - 10:45 AM  Ada\n11:00 AM - 11:45 AM Max\nTime zone: Eastern Time (US & Canada)",
            "2026-03-03T10:00-05:00/10:45 2026-03-03T11:00-05:00/11:45",
        ),
        (
            "Rescheduled.\n\nOld time: Monday, March 2, 2026 10:00 AM\nNew time: Tuesday, March 3, 2026 2:00 PM",
            "!2026-03-02T10:00+01:00 2026-03-03T14:00+01:00",
        ),
        (
            "Your interview on Monday, March 2 at 10:00 AM has been moved to Tuesday, March 3 at 2:00 PM.",
            "!2026-03-02T10:00+01:00 2026-03-03T14:00+01:00",
        ),
        (
            "We need to move our interview from Monday at 10am to Tuesday at 2pm.",
            "!2026-02-23T10:00+01:00 2026-02-24T14:00+01:00",
        ),
        (
            "The interview (was Monday, March 2, 10:00) is now Tuesday, March 3, 14:00.",
            "!2026-03-02T10:00+01:00 2026-03-03T14:00+01:00",
        ),
        ("~~Monday, March 2, 2026 10:00~~ Tuesday, March 3, 2026 14:00", "!2026-03-02T10:00+01:00 2026-03-03T14:00+01:00"),
        (
            "Unfortunately I can't make Monday 2 March at 10:00. Could we do Tuesday 3 March at 14:00 instead?",
            "!2026-03-02T10:00+01:00 2026-03-03T14:00+01:00",
        ),
        ("noon on Tuesday", "2026-02-24T12:00+01:00"),
        ("Tuesday at 12", "2026-02-24T12:00+01:00"),
        ("quarter past two on Tuesday", "2026-02-24T14:15+01:00"),
        ("half past 9 on Tuesday morning", "2026-02-24T09:30+01:00"),
        ("Tuesday 3 March from 2 to 3pm", "2026-03-03T14:00+01:00/15:00"),
        ("Tuesday 3rd March, 14.30", "2026-03-03T14:30+01:00"),
        ("Tues. Mar. 3, 2 - 3 p.m. Pacific", "2026-03-03T14:00-08:00/15:00"),
        ("03/03/26 14:00", "2026-03-03T14:00+01:00"),
        ("Tuesday, 03-Mar-2026 14:00 CET", "2026-03-03T14:00+01:00"),
        ("Tue, 3 Mar 2026 14:00:00 +0100", "2026-03-03T14:00+01:00"),
        ("Tomorrow (Saturday) at 9 AM PT / 12 PM ET / 6 PM CET", "2026-02-21T09:00-08:00"),
        ("3 PM London time / 10 AM New York time on Tuesday", "2026-02-24T15:00+00:00"),
    ],
    "de": [
        (
            "Es findet am Dienstag um 10 Uhr statt und am Mittwoch um 11 Uhr noch einmal.",
            "2026-02-24T10:00+01:00 2026-02-25T11:00+01:00",
        ),
        ("Einladung: Interview @ Di 3. März 2026 14:00 - 14:45 (MEZ) (sam@example.com)", "2026-03-03T14:00+01:00/14:45"),
        ("um 14:00 h am Die., 3.3.", "2026-03-03T14:00+01:00"),
        ("Termin am Dienstag, 03.03.2026 um 14:00 Uhr (Dauer: ca. 1 Stunde)", "2026-03-03T14:00+01:00"),
        ("Datum & Uhrzeit: 03.03.2026, 14:00 Uhr", "2026-03-03T14:00+01:00"),
        ("Wir sehen uns Dienstag 14 Uhr.", "2026-02-24T14:00+01:00"),
        ("Dienstag, 3. März 2026 um 14:00 Uhr (MEZ) bis 15:00 Uhr", "2026-03-03T14:00+01:00/15:00"),
        ("Ihr Gesprächstermin: Di 03.03. 14:00\u201315:00", "2026-03-03T14:00+01:00/15:00"),
        (
            "Gerne am Dienstag (3.3.) um 10:00 oder 11:00 Uhr bzw. am Mittwoch (4.3.) ab 14:00 Uhr",
            "2026-03-03T10:00+01:00 2026-03-03T11:00+01:00 2026-03-04T14:00+01:00",
        ),
        ("Die Stelle ist ab dem 1. April zu besetzen. Gespräch: 3. März, 10 Uhr.", "2026-03-03T10:00+01:00"),
        ("14:00 Uhr am 3.3.2026", "2026-03-03T14:00+01:00"),
        ("Dienstag 3.3 um 14.00", "2026-03-03T14:00+01:00"),
        ("heute um 15 Uhr", "2026-02-20T15:00+01:00"),
        ("morgen Nachmittag um 3", "2026-02-21T15:00+01:00"),
        ("Donnerstagvormittag um 10 Uhr", "2026-02-26T10:00+01:00"),
        ("Tuesday, March 3, 2026, 14:00 Uhr (CET)", "2026-03-03T14:00+01:00"),
        (
            "Ihr Gespräch am 2. März um 10 Uhr muss leider auf den 3. März um 14 Uhr verschoben werden.",
            "!2026-03-02T10:00+01:00 2026-03-03T14:00+01:00",
        ),
        ("Statt am Montag um 10 Uhr treffen wir uns am Dienstag um 14 Uhr.", "!2026-02-23T10:00+01:00 2026-02-24T14:00+01:00"),
        (
            "Der Termin wurde von Montag, 10:00 Uhr auf Dienstag, 14:00 Uhr verschoben.",
            "!2026-02-23T10:00+01:00 2026-02-24T14:00+01:00",
        ),
        (
            "Neuer Termin: Dienstag, 3. März 2026, 14:00 Uhr\nBisheriger Termin: Montag, 2. März 2026, 10:00 Uhr",
            "2026-03-03T14:00+01:00 !2026-03-02T10:00+01:00",
        ),
        ("Wann? Dienstag, 03.03.2026, 14:00 - 14:45 Uhr (MEZ)", "2026-03-03T14:00+01:00/14:45"),
        (
            "Datum: Dienstag, 3. März 2026\nUhrzeit: 14:00 \u2013 15:00 Uhr\nZeitzone: Europe/Berlin",
            "2026-03-03T14:00+01:00/15:00",
        ),
        ("Termin: Di., 3.3., 14 Uhr", "2026-03-03T14:00+01:00"),
        ("Dienstag, den 3.3.26 um 14:30h", "2026-03-03T14:30+01:00"),
        ("am kommenden Dienstag um 14 Uhr", "2026-02-24T14:00+01:00"),
        ("Di 03. Mrz. 2026 14:00", "2026-03-03T14:00+01:00"),
        (
            "Folgende Termine kann ich anbieten:\n- Mo, 2.3., 10-11 Uhr\n- Di, 3.3., 14:00-15:00 Uhr\n- Mi, 4.3. ab 16 Uhr",
            "2026-03-02T10:00+01:00/11:00 2026-03-03T14:00+01:00/15:00 2026-03-04T16:00+01:00",
        ),
        ("am 3. März zwischen 10 und 12 Uhr", "2026-03-03T10:00+01:00/12:00"),
        ("am 3. März von 10 bis 11.30 Uhr", "2026-03-03T10:00+01:00/11:30"),
        ("um Viertel nach zwei am Dienstag", "2026-02-24T14:15+01:00"),
        ("am Dienstag um halb 3", "2026-02-24T14:30+01:00"),
        ("am Dienstag um 3 Uhr nachmittags", "2026-02-24T15:00+01:00"),
        ("Das Gespräch findet am Dienstag, 3. März, um 14 Uhr statt. Rückfragen bis 2. März.", "2026-03-03T14:00+01:00"),
        ("Uhrzeit: 14 Uhr, Datum: 3. März 2026", "2026-03-03T14:00+01:00"),
        ("Di., 3. März 2026, 14:00 \u2013 14:45 (Mitteleuropäische Zeit - Berlin)", "2026-03-03T14:00+01:00/14:45"),
        ("Dienstag, 3. März⋅14:00 \u2013 14:45", "2026-03-03T14:00+01:00/14:45"),
        (
            "Dienstag, 3. März 2026 14:00-14:45 (UTC+01:00) Amsterdam, Berlin, Bern, Rom, Stockholm, Wien",
            "2026-03-03T14:00+01:00/14:45",
        ),
        ("3. März 2026, 15 Uhr Londoner Zeit", "2026-03-03T15:00+00:00"),
        ("in KW 10 am Dienstag um 10 Uhr", "2026-03-03T10:00+01:00"),
    ],
    "fr": [
        ("14:00 - 14:30, mardi 3 mars 2026", "2026-03-03T14:00+01:00/14:30"),
        ("Date et heure : 03/03/2026 14:00 (Europe/Paris)", "2026-03-03T14:00+01:00"),
        ("Rendez-vous mardi 3 mars à 14H00", "2026-03-03T14:00+01:00"),
        ("Mardi 3 mars\n14h00 - 15h00", "2026-03-03T14:00+01:00/15:00"),
        ("le 3 mars prochain à 14 h", "2026-03-03T14:00+01:00"),
        ("mardi après-midi à 15h", "2026-02-24T15:00+01:00"),
        ("ce mardi à 10h", "2026-02-24T10:00+01:00"),
        ("à partir de 14h le 3 mars", "2026-03-03T14:00+01:00"),
        ("Heure : 14:00\nDate : 3 mars 2026", "2026-03-03T14:00+01:00"),
        ("mardi 3 mars 2026 ⋅ 14:00 \u2013 14:45 (heure d\u2019Europe centrale)", "2026-03-03T14:00+01:00/14:45"),
        ("Quand : mar. 3 mars 2026 14:00 \u2013 14:45 (CET)", "2026-03-03T14:00+01:00/14:45"),
        ("Date : mardi 3 mars 2026\nHeure : 14h00\nDurée : 45 min", "2026-03-03T14:00+01:00"),
        ("Le mardi 3 mars à 14 heures 30 (heure de Paris)", "2026-03-03T14:30+01:00"),
        ("le 03/03/2026 à 14h", "2026-03-03T14:00+01:00"),
        ("lundi 2/3 à 10h ou mardi 3/3 à 14h30", "2026-03-02T10:00+01:00 2026-03-03T14:30+01:00"),
        ("demain à 9h", "2026-02-21T09:00+01:00"),
        ("jeudi prochain de 14h à 15h30", "2026-02-26T14:00+01:00/15:30"),
        ("mardi 3 mars, de 10 h à 11 h", "2026-03-03T10:00+01:00/11:00"),
        ("à midi mardi", "2026-02-24T12:00+01:00"),
        ("à 14h, mardi 3 mars", "2026-03-03T14:00+01:00"),
        (
            "Votre entretien du lundi 2 mars à 10h est reporté au mardi 3 mars à 14h.",
            "!2026-03-02T10:00+01:00 2026-03-03T14:00+01:00",
        ),
        ("Au lieu de lundi à 10h, je vous propose mardi à 14h.", "!2026-02-23T10:00+01:00 2026-02-24T14:00+01:00"),
        ("mardi à trois heures et demie", "2026-02-24T15:30+01:00"),
        ("mardi entre 14h et 16h", "2026-02-24T14:00+01:00/16:00"),
    ],
    "es": [
        ("la entrevista el próximo martes 3 de marzo a las 16:00 (hora peninsular)", "2026-03-03T16:00+01:00"),
        ("el día 10 de abril a las 9:00", "2026-04-10T09:00+02:00"),
        ("Invitación: Entrevista - mar 3 mar 2026 2pm - 2:45pm (CET)", "2026-03-03T14:00+01:00/14:45"),
        ("Martes 3 de marzo\n14:00 - 15:00 (GMT+1)", "2026-03-03T14:00+01:00/15:00"),
        ("Fecha y hora: 03/03/2026 14:00", "2026-03-03T14:00+01:00"),
        ("a las 10 hs del martes 3/3", "2026-03-03T10:00+01:00"),
        ("martes 3 de marzo de 2026, a las 10:00 a. m.", "2026-03-03T10:00+01:00"),
        ("este martes a las 16h", "2026-02-24T16:00+01:00"),
        ("Día: martes 3 de marzo, Hora: 16:00h", "2026-03-03T16:00+01:00"),
        ("a las 5 pm hora de Colombia el 3 de marzo", "2026-03-03T17:00-05:00"),
        ("el 3 de marzo a las cuatro de la tarde", "2026-03-03T16:00+01:00"),
        ("martes, 3 de marzo de 2026, 14:00 \u2013 14:45 (CET)", "2026-03-03T14:00+01:00/14:45"),
        ("Cuándo: mar 3 de mar de 2026 14:00 \u2013 14:45 (CET)", "2026-03-03T14:00+01:00/14:45"),
        ("Fecha: 3/3/2026 Hora: 14:00 h (hora peninsular)", "2026-03-03T14:00+01:00"),
        ("el martes día 3 a las 2 de la tarde", "2026-03-03T14:00+01:00"),
        ("martes 3 de marzo a las 14.30 h", "2026-03-03T14:30+01:00"),
        ("lunes 2 a las 10:00 o martes 3 a las 14:00", "2026-03-02T10:00+01:00 2026-03-03T14:00+01:00"),
        ("pasado mañana a las 10", "2026-02-22T10:00+01:00"),
        ("el próximo martes, de 10 a 11 h", "2026-02-24T10:00+01:00/11:00"),
        ("entre las 10 y las 11 del martes", "2026-02-24T10:00+01:00/11:00"),
        ("La entrevista del lunes 2 a las 10:00 pasa al martes 3 a las 14:00.", "!2026-03-02T10:00+01:00 2026-03-03T14:00+01:00"),
        ("En lugar del lunes a las 10, quedamos el martes a las 12.", "!2026-02-23T10:00+01:00 2026-02-24T12:00+01:00"),
        ("3 de marzo, 4:00 p. m. (hora de México)", "2026-03-03T16:00-06:00"),
        ("a las doce del mediodía el martes", "2026-02-24T12:00+01:00"),
        ("martes 3 mar, 4pm", "2026-03-03T16:00+01:00"),
        ("miércoles 4 de marzo a la una", "2026-03-04T13:00+01:00"),
    ],
    "nl": [
        ("14:00 - 14:30, dinsdag 3 maart 2026", "2026-03-03T14:00+01:00/14:30"),
        ("dinsdag 3 maart a.s. om 14:00 uur", "2026-03-03T14:00+01:00"),
        ("Datum: 03-03-2026\nTijdstip: 14:00", "2026-03-03T14:00+01:00"),
        ("di. 3 mrt om 10u", "2026-03-03T10:00+01:00"),
        ("dinsdagochtend 3 maart om 10 uur", "2026-03-03T10:00+01:00"),
        ("komende dinsdag, 10.00-11.00 uur", "2026-02-24T10:00+01:00/11:00"),
        ("dinsdag 3 maart 2026 14:00 \u2013 14:45 (CET)", "2026-03-03T14:00+01:00/14:45"),
        ("Wanneer: di 3 mrt. 2026 14:00 \u2013 14:45 (CET)", "2026-03-03T14:00+01:00/14:45"),
        ("Datum: dinsdag 3 maart\nTijd: 14.00 uur - 15.00 uur", "2026-03-03T14:00+01:00/15:00"),
        ("aanstaande dinsdag om 14.00u", "2026-02-24T14:00+01:00"),
        ("di 3/3 om 14u30", "2026-03-03T14:30+01:00"),
        ("op 3 maart tussen 14.00 en 15.00 uur", "2026-03-03T14:00+01:00/15:00"),
        ("morgen om kwart over twee", "2026-02-21T14:15+01:00"),
        ("dinsdag 3 maart van 10 tot 11 uur", "2026-03-03T10:00+01:00/11:00"),
        ("maandag 2 maart om 10 uur of dinsdag 3 maart om 14 uur", "2026-03-02T10:00+01:00 2026-03-03T14:00+01:00"),
        ("In plaats van maandag om 10 uur spreken we af op dinsdag om 14 uur.", "!2026-02-23T10:00+01:00 2026-02-24T14:00+01:00"),
        (
            "Het gesprek van maandag 2 maart 10.00 uur is verplaatst naar dinsdag 3 maart 14.00 uur.",
            "!2026-03-02T10:00+01:00 2026-03-03T14:00+01:00",
        ),
        ("dinsdagmiddag 3 maart om 3 uur", "2026-03-03T15:00+01:00"),
    ],
    "pt": [
        ("para o dia 3 de março (terça-feira), às 14h30, horário de Brasília", "2026-03-03T14:30-03:00"),
        ("para o dia 10 de abril de 2026, às 14h30", "2026-04-10T14:30+02:00"),
        ("Convite: Entrevista - ter. 3 de mar. de 2026 14:00 - 14:45 (BRT)", "2026-03-03T14:00-03:00/14:45"),
        ("Terça-feira, 3 de março, 14h-15h", "2026-03-03T14:00+01:00/15:00"),
        ("Dia 03/03 (terça-feira) às 14h", "2026-03-03T14:00+01:00"),
        ("03/03/2026, 14:00 (GMT-3)", "2026-03-03T14:00-03:00"),
        ("às 14:00h de terça-feira, 3/3", "2026-03-03T14:00+01:00"),
        ("hoje às 16h", "2026-02-20T16:00+01:00"),
        ("terça dia 3 de março às 2h da tarde", "2026-03-03T14:00+01:00"),
        ("terça-feira, 3 de março de 2026 14:00 \u2013 14:45 (CET)", "2026-03-03T14:00+01:00/14:45"),
        ("Quando: ter. 3 mar. 2026 14:00 \u2013 14:45 (BRT)", "2026-03-03T14:00-03:00/14:45"),
        ("Data: 03/03/2026\nHorário: 14h às 15h (horário de Brasília)", "2026-03-03T14:00-03:00/15:00"),
        ("na terça, dia 3, às 14h30", "2026-03-03T14:30+01:00"),
        ("segunda-feira (02/03) às 10h ou terça-feira (03/03) às 14h", "2026-03-02T10:00+01:00 2026-03-03T14:00+01:00"),
        ("amanhã às 15:00", "2026-02-21T15:00+01:00"),
        ("no dia 3 de março, das 10h às 11h30", "2026-03-03T10:00+01:00/11:30"),
        ("próxima terça às 3 da tarde", "2026-02-24T15:00+01:00"),
        ("A entrevista de segunda às 10h passou para terça às 14h.", "!2026-02-23T10:00+01:00 2026-02-24T14:00+01:00"),
        ("Em vez de segunda às 10h, pode ser terça às 14h.", "!2026-02-23T10:00+01:00 2026-02-24T14:00+01:00"),
        ("terça-feira, entre as 10h e as 12h", "2026-02-24T10:00+01:00/12:00"),
        ("3 de março pelas 15h", "2026-03-03T15:00+01:00"),
        ("às três e meia da tarde de terça-feira", "2026-02-24T15:30+01:00"),
    ],
    "it": [
        ("Martedì 3 marzo 2026, ore 14.00-15.00", "2026-03-03T14:00+01:00/15:00"),
        ("Data e ora: 03/03/2026 14:00", "2026-03-03T14:00+01:00"),
        ("il prossimo martedì alle 10", "2026-02-24T10:00+01:00"),
        ("3 marzo h 15:00", "2026-03-03T15:00+01:00"),
        ("per martedì 3 marzo p.v. alle ore 10.00", "2026-03-03T10:00+01:00"),
        ("oggi alle 16", "2026-02-20T16:00+01:00"),
        ("dalle ore 10 alle ore 11 di martedì 3 marzo", "2026-03-03T10:00+01:00/11:00"),
        ("martedì 3 marzo 2026 14:00 \u2013 14:45 (CET)", "2026-03-03T14:00+01:00/14:45"),
        ("Quando: mar 3 mar 2026 14:00 \u2013 14:45 (CET)", "2026-03-03T14:00+01:00/14:45"),
        ("Data: 03/03/2026\nOra: 14:00", "2026-03-03T14:00+01:00"),
        ("martedì 3 marzo alle 14.30", "2026-03-03T14:30+01:00"),
        ("lunedì 2 marzo ore 10 oppure martedì 3 marzo ore 14", "2026-03-02T10:00+01:00 2026-03-03T14:00+01:00"),
        ("domani alle ore 9:00", "2026-02-21T09:00+01:00"),
        ("martedì prossimo, dalle 10 alle 11", "2026-02-24T10:00+01:00/11:00"),
        ("martedì 3 alle tre e mezza del pomeriggio", "2026-03-03T15:30+01:00"),
        ("tra le 10 e le 11 di martedì", "2026-02-24T10:00+01:00/11:00"),
        (
            "Il colloquio di lunedì 2 marzo alle 10 è stato spostato a martedì 3 marzo alle 14.",
            "!2026-03-02T10:00+01:00 2026-03-03T14:00+01:00",
        ),
        ("Invece di lunedì alle 10 ci sentiamo martedì alle 15.", "!2026-02-23T10:00+01:00 2026-02-24T15:00+01:00"),
        ("mezzogiorno di martedì 3 marzo", "2026-03-03T12:00+01:00"),
        ("il giorno 3 marzo p.v. alle ore 11", "2026-03-03T11:00+01:00"),
    ],
}


def _shown(moment: Moment) -> str:
    end = f"/{moment.end:%H:%M}" if moment.end else ""
    return f"{'!' if moment.old else ''}{moment.start.isoformat(timespec='minutes')}{end}"


@pytest.mark.parametrize(
    ("language", "text", "told"), [(language, *case) for language, some in _MOMENTS.items() for case in some]
)
def test_every_moment_is_read_in_its_language(language: str, text: str, told: str) -> None:
    found = moments(fold(text), _FRIDAY, _ZONE, tuple(dict.fromkeys((language, "en"))))
    assert " ".join(map(_shown, found)) == told


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The role pays 45,000 and you would lead 10 people, 3 of them on Tuesdays."),
        ("en", "Our office hours are Mon-Fri 9:00 - 17:00."),
        ("de", "Montag bis Freitag 9-17 Uhr"),
        ("en", "Last Tuesday at 10:00 we spoke."),
        ("en", "Duration: 1:30 on Tuesday"),
        ("de", "Dauer: 1:30 h am Dienstag"),
        ("de", "Guten Morgen, wir sind um 10:00 Uhr fertig geworden."),
        ("de", "Er ist die Nummer 3 von 10 und so um 5 Prozent besser."),
        ("fr", "Durée : 1h30, mardi"),
        ("fr", "Mon 3 pièces est libre, et mes 24 heures sont à vous."),
        ("es", "Duración: 2 horas, el martes"),
        ("nl", "Het duurt 2 uur, op dinsdag is er ruimte voor 10 mensen."),
        ("pt", "Duração: 2 horas, na terça-feira"),
        ("it", "Durata: 2 ore, martedì siamo in 10."),
        ("fr", "Nous sommes ouverts de 9h à 18h. À mardi"),
        ("de", "Das kostet 10.30 Euro am Dienstag"),
    ],
)
def test_lengths_numbers_and_office_hours_are_no_moments(language: str, text: str) -> None:
    assert moments(fold(text), _FRIDAY, _ZONE, (language, "en")) == []


@pytest.mark.parametrize(
    ("language", "text", "told"),
    [
        ("en", "from 3 to 6 march", ["2026-03-03", "2026-03-06"]),
        ("en", "by wednesday, calendar week 10", ["2026-03-04"]),
        ("en", "the 2nd of march or march 4", ["2026-03-02", "2026-03-04"]),
        ("de", "vom 2. bis zum 6. märz", ["2026-03-02", "2026-03-06"]),
        ("de", "bis zum 3. maerz oder 4. marz", ["2026-03-03", "2026-03-04"]),
        ("de", "übermorgen und heute", ["2026-02-22", "2026-02-20"]),
        ("de", "dienstag übernächster woche", ["2026-03-03"]),
        ("fr", "du 2 au 6 fevrier 2026", ["2026-02-02", "2026-02-06"]),
        ("fr", "après-demain, aujourd'hui", ["2026-02-22", "2026-02-20"]),
        ("fr", "mardi de la semaine prochaine", ["2026-02-24"]),
        ("fr", "le 1er mars", ["2026-03-01"]),
        ("es", "del 2 al 6 de marzo, el miercoles que viene", ["2026-03-02", "2026-03-06", "2026-02-25"]),
        ("es", "el martes pasado", []),
        ("nl", "van 2 tot en met 6 maart", ["2026-03-02", "2026-03-06"]),
        ("nl", "volgende week woensdag", ["2026-02-25"]),
        ("pt", "de 2 a 6 de março; depois de amanhã", ["2026-03-02", "2026-03-06", "2026-02-22"]),
        ("pt", "na sexta-feira da próxima semana", ["2026-02-27"]),
        ("it", "dal 2 al 6 marzo, dopodomani", ["2026-03-02", "2026-03-06", "2026-02-22"]),
        ("it", "mercoledi della prossima settimana", ["2026-02-25"]),
    ],
)
def test_days_are_named_by_date_by_weekday_and_from_today(language: str, text: str, told: list[str]) -> None:
    assert [day.day.isoformat() for day in days(text, _FRIDAY, (language, "en"))] == told


@pytest.mark.parametrize(
    ("language", "text", "part", "last"),
    [
        ("en", "by the end of next week", "end", "2026-02-27"),
        ("en", "eod", "end", "2026-02-20"),
        ("en", "early march", "begin", "2026-03-10"),
        ("en", "cw 12", "whole", "2026-03-20"),
        ("de", "bis ende nächster woche", "end", "2026-02-27"),
        ("de", "mitte märz", "mid", "2026-03-20"),
        ("de", "in kw 12", "whole", "2026-03-20"),
        ("fr", "d'ici la fin de la semaine prochaine", "end", "2026-02-27"),
        ("fr", "mi-mars", "mid", "2026-03-20"),
        ("es", "a finales de la próxima semana", "end", "2026-02-27"),
        ("es", "a principios de marzo", "begin", "2026-03-10"),
        ("nl", "eind volgende week", "end", "2026-02-27"),
        ("nl", "week 12", "whole", "2026-03-20"),
        ("pt", "até o final da próxima semana", "end", "2026-02-27"),
        ("pt", "final de março", "end", "2026-03-31"),
        ("it", "entro la fine della prossima settimana", "end", "2026-02-27"),
        ("it", "entro fine mese", "end", "2026-02-27"),
    ],
)
def test_parts_of_weeks_and_months_have_bounds(language: str, text: str, part: str, last: str) -> None:
    (found,) = periods(text, _FRIDAY, (language, "en"))
    assert (found.part, found.last.isoformat()) == (part, last)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_lists_of_english(language: str) -> None:
    for name in ("dates", "promises", "absence"):
        assert load(f"{language}/{name}").keys() == load(f"en/{name}").keys()
    table = load(f"{language}/dates")
    assert [len(table[name]) for name in ("weekdays", "months")] == [7, 12]
    assert len(table["numbers"]) in {12, 18}  # six in the afternoon is the latest hour that people write in words


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_name_of_a_day_and_a_month_is_read(language: str) -> None:
    table = load(f"{language}/dates")
    for number, names in enumerate(table["months"], start=1):
        for name in names:
            assert [day.day for day in days(f"12 {name} 2026", _FRIDAY, (language,))] == [date(2026, number, 12)], name
    for number, names in enumerate(table["weekdays"]):
        assert [day.day.weekday() for day in days(names[0], _FRIDAY, (language,))] == [number]


_WORDS = sorted(
    {word for language in LANGUAGES for word in ("3.", "14:00", "10", "/", "-", "2026", *load(f"{language}/dates")["link"])}
)


@given(st.lists(st.sampled_from(_WORDS) | st.text(max_size=4), max_size=80), st.sampled_from(LANGUAGES))
def test_any_text_is_read_in_any_language(words: list[str], language: str) -> None:
    text = fold(" ".join(words))
    for found in moments(text, _FRIDAY, _ZONE, (language, "en")):
        assert found.start.tzinfo is not None
        assert found.end is None or found.end > found.start
        assert 0 <= found.position < found.finish <= len(text)
    periods(text, _FRIDAY, (language, "en"))


@pytest.mark.parametrize(
    "piece",
    [
        "1",
        "1 ",
        "1.",
        "1/",
        "12:",
        "-",
        " ",
        "\n",
        "(",
        "am ",
        "mar ",
        "de ",
        "le ",
        "the day after ",
        "next ",
        "3 to ",
        "mon, ",
        "14 uhr ",
        "10:00 (",
        "~~",
        "10:00 instead of 9:00, ",
    ],
)
def test_a_long_text_of_one_piece_costs_little(piece: str) -> None:
    text = fold(piece * (60_000 // len(piece)))
    moments(text, _FRIDAY, _ZONE, ("de", "fr", "es", "en"))
    periods(text, _FRIDAY, ("de", "fr", "es", "en"))
