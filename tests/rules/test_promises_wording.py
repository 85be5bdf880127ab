"""Promises in everyday words: how long it will take, verbs of telling, who is on the road; and lengths of time that are none."""

from __future__ import annotations

from datetime import date

import pytest

from rules.extract import PromiseClass
from rules.extract.promise import find_promise

_WEDNESDAY = date(2027, 3, 3)
_H, _F, _V, _A, _C = (
    PromiseClass.HARD_DATE,
    PromiseClass.FEW_DAYS,
    PromiseClass.VAGUE,
    PromiseClass.AWAY_UNTIL,
    PromiseClass.CONTACT_DATE,
)
_PROMISES = {
    "en": [
        ("We hope to have news for you by the end of next week.", _H, date(2027, 3, 12)),
        ("You can expect a decision from us no later than Tuesday, 9 March.", _H, date(2027, 3, 9)),
        ("I should know more by Friday and will drop you a line.", _H, date(2027, 3, 5)),
        ("Expect to hear back within five business days.", _F, None),
        ("Give us until Monday, please, and I'll have an answer for you.", _H, date(2027, 3, 8)),
        ("Bear with us, this may take a little longer than usual.", _V, None),
        ("We'll circle back once the panel has met.", _V, None),
        ("It will be a while before I can tell you more.", _V, None),
        ("I'll get back to you in a couple of days.", _F, None),
        ("Our director is travelling until March 15, so nothing will be decided before then.", _A, date(2027, 3, 15)),
        ("If you don't hear anything by the 12th, please chase me.", _C, date(2027, 3, 12)),
        ("Please ping me again on March 22.", _C, date(2027, 3, 22)),
        ("The committee meets on Thursday and I'll let you know right after.", _H, date(2027, 3, 4)),
        ("We're aiming to wrap up by mid-March and will update everyone then.", _V, None),
        ("We will review your application and reply in the coming weeks.", _V, None),
        ("You'll have our verdict before the weekend.", _F, None),
        ("We aim to respond to every application within 10 working days.", _V, None),
        ("The hiring manager returns on 10 March; we will decide then.", _A, date(2027, 3, 10)),
    ],
    "de": [
        ("Wir melden uns spätestens bis Mittwoch, den 10. März, bei Ihnen.", _H, date(2027, 3, 10)),
        ("Bis Ende nächster Woche wissen wir mehr.", _H, date(2027, 3, 12)),
        ("Ich gebe dir bis Freitag Bescheid, wie es weitergeht.", _H, date(2027, 3, 5)),
        ("Das wird noch ein bisschen dauern, ich komme dann auf dich zu.", _V, None),
        ("Wir brauchen noch ein paar Tage und melden uns dann.", _F, None),
        ("Sie hören innerhalb von fünf Werktagen von uns.", _F, None),
        ("Frau Keil ist bis 19. März auf Dienstreise, vorher können wir nichts sagen.", _A, date(2027, 3, 19)),
        ("Sollten Sie bis zum 15. März nichts gehört haben, haken Sie gern nach.", _C, date(2027, 3, 15)),
        ("Fragen Sie am 22. März gern noch einmal nach.", _C, date(2027, 3, 22)),
        ("Die Durchsicht kann einige Wochen in Anspruch nehmen.", _V, None),
        ("Wir kommen unaufgefordert auf Sie zu.", _V, None),
        ("Eine Entscheidung fällt Anfang April.", _V, None),
        ("Am 12. März tagt die Kommission, danach teilen wir Ihnen das Ergebnis mit.", _H, date(2027, 3, 12)),
        ("Rückmeldung bekommst du Anfang der Woche.", _V, None),
        ("Im Laufe der nächsten zwei Wochen erhalten Sie eine Rückmeldung.", _V, None),
        ("Wir lassen bis 11.3. von uns hören.", _H, date(2027, 3, 11)),
        ("Du hörst Mitte nächster Woche von mir.", _V, None),
    ],
    "fr": [
        ("Nous reviendrons vers vous d'ici vendredi.", _H, date(2027, 3, 5)),
        ("On te tient au courant d'ici la fin de semaine prochaine.", _H, date(2027, 3, 12)),
        ("On revient vers toi dans deux ou trois jours.", _F, None),
        ("Vous aurez notre réponse au plus tard le mardi 9 mars.", _H, date(2027, 3, 9)),
        ("Je vous fais un retour lundi.", _H, date(2027, 3, 8)),
        ("On vous dira ce qu'il en est sous huitaine.", _V, None),
        ("L'étude des dossiers peut prendre plusieurs semaines.", _V, None),
        ("Ma responsable est en congés jusqu'au 15 mars, rien ne bougera avant.", _A, date(2027, 3, 15)),
        ("Si vous n'avez rien reçu le 20 mars, relancez-moi.", _C, date(2027, 3, 20)),
        ("Recontactez-nous le 22 mars.", _C, date(2027, 3, 22)),
        ("La commission se réunit le 12 mars, je t'appelle dans la foulée.", _H, date(2027, 3, 12)),
        ("On se donne encore quelques jours pour trancher.", _F, None),
        ("Réponse promise avant jeudi soir.", _H, date(2027, 3, 4)),
        ("Nous vous donnerons des nouvelles courant avril.", _V, None),
        ("Je te redis avant la fin du mois.", _H, date(2027, 3, 31)),
    ],
    "es": [
        ("Te digo algo en un par de días.", _F, None),
        ("El viernes te cuento.", _H, date(2027, 3, 5)),
        ("Antes del martes 9 de marzo tendrá nuestra respuesta.", _H, date(2027, 3, 9)),
        ("El proceso puede alargarse varias semanas.", _V, None),
        ("Le daremos una respuesta antes de que acabe la semana que viene.", _H, date(2027, 3, 12)),
        ("Mi jefa está de viaje hasta el 15 de marzo y no decidimos sin ella.", _A, date(2027, 3, 15)),
        ("La directora vuelve el 10 de marzo, entonces lo veremos.", _A, date(2027, 3, 10)),
        ("Si no sabes nada de nosotros el 20 de marzo, escríbeme.", _C, date(2027, 3, 20)),
        ("Llámanos el 22 de marzo y te contamos.", _C, date(2027, 3, 22)),
        ("Nos reunimos el jueves y te llamo con lo que sea.", _H, date(2027, 3, 4)),
        ("Necesitamos unos días más para decidir.", _F, None),
        ("En el plazo de cinco días hábiles recibirá noticias nuestras.", _F, None),
        ("Los resultados se publicarán a mediados de abril.", _V, None),
        ("Ten un poco de paciencia, todavía tardaremos.", _V, None),
        ("Como tarde el miércoles 10 de marzo te confirmo.", _H, date(2027, 3, 10)),
    ],
    "nl": [
        ("Uiterlijk donderdag 11 maart hoor je van ons.", _H, date(2027, 3, 11)),
        ("We komen er binnen een paar dagen bij je op terug.", _F, None),
        ("Je krijgt vrijdag bericht.", _H, date(2027, 3, 5)),
        ("Het kan nog even duren voor we meer weten.", _V, None),
        ("Mijn collega is tot 15 maart met vakantie, eerder beslissen we niet.", _A, date(2027, 3, 15)),
        ("Heb je op 20 maart nog niets gehoord, bel me dan even.", _C, date(2027, 3, 20)),
        ("De beoordeling neemt enkele weken in beslag.", _V, None),
        ("Binnen vijf werkdagen laten wij u iets weten.", _F, None),
    ],
    "pt": [
        ("Até quinta-feira, 11 de março, dou-lhe uma resposta.", _H, date(2027, 3, 11)),
        ("Daqui a uns dias digo-te alguma coisa.", _F, None),
        ("Retornaremos até sexta-feira.", _H, date(2027, 3, 5)),
        ("A análise pode demorar algumas semanas.", _V, None),
        ("O diretor está de férias até 15 de março, antes disso não há decisão.", _A, date(2027, 3, 15)),
        ("Se não tiver notícias até 20 de março, escreva-me.", _C, date(2027, 3, 20)),
        ("Damos um retorno em até cinco dias úteis.", _F, None),
        ("Ainda vamos precisar de mais algum tempo, agradeço a paciência.", _V, None),
    ],
    "it": [
        ("Le faremo sapere entro giovedì 11 marzo.", _H, date(2027, 3, 11)),
        ("Ti aggiorno tra un paio di giorni.", _F, None),
        ("Venerdì le diamo una risposta.", _H, date(2027, 3, 5)),
        ("La valutazione può richiedere alcune settimane.", _V, None),
        ("Il direttore è in ferie fino al 15 marzo, prima non si decide.", _A, date(2027, 3, 15)),
        ("Se non ci sente entro il 20 marzo, ci scriva.", _C, date(2027, 3, 20)),
        ("Entro cinque giorni lavorativi riceverà un riscontro.", _F, None),
        ("Ci vorrà ancora un po' di tempo, porti pazienza.", _V, None),
    ],
}
_NONE = {
    "en": [
        "A recruiter will be in touch should your profile match.",
        "Please reply by Friday with your availability.",
        "The interview takes about 45 minutes.",
        "The process consists of three rounds.",
        "You get 30 days of holiday, starting on 1 May.",
    ],
    "de": [
        "Bitte bestätigen Sie den Termin bis Freitag.",
        "Das Gespräch dauert etwa eine Stunde.",
        "Der Auswahlprozess besteht aus drei Runden.",
        "Sie haben 30 Tage Urlaub und beginnen am 1. Mai.",
    ],
    "fr": [
        "Merci de nous répondre avant vendredi.",
        "L'entretien durera environ une heure.",
        "Vous aurez 25 jours de congés, avec un début le 3 mai.",
    ],
    "es": [
        "Por favor, respóndenos antes del viernes.",
        "La prueba lleva unos 45 minutos.",
        "Son 23 días de vacaciones y la incorporación es el 3 de mayo.",
    ],
    "nl": [
        "Het gesprek duurt ongeveer een uur.",
        "Je krijgt 27 dagen vakantie en begint op 1 mei.",
    ],
    "pt": [
        "A entrevista dura cerca de uma hora.",
        "São 22 dias de férias, com início a 3 de maio.",
    ],
    "it": [
        "Il colloquio durerà circa un'ora.",
        "Il test richiede 45 minuti.",
    ],
}


def _languages(language: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((language, "en")))


@pytest.mark.parametrize(
    ("language", "text", "kind", "day"), [(language, *row) for language, rows in _PROMISES.items() for row in rows]
)
def test_a_promise_in_everyday_words_is_understood(language: str, text: str, kind: PromiseClass, day: date | None) -> None:
    promise = find_promise(text, _WEDNESDAY, languages=_languages(language), order="dmy")
    assert promise is not None
    assert (promise.kind, promise.date) == (kind, day)


@pytest.mark.parametrize(("language", "text"), [(language, text) for language, rows in _NONE.items() for text in rows])
def test_what_is_asked_or_lasts_is_no_promise(language: str, text: str) -> None:
    assert find_promise(text, _WEDNESDAY, languages=_languages(language), order="dmy") is None
