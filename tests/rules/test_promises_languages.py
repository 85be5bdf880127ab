"""What is promised in German, French, Spanish, Dutch, Portuguese and Italian, and what is no promise."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.extract import PromiseClass
from rules.extract.promise import find_promise
from rules.language import LANGUAGES

_MONDAY = date(2026, 11, 23)
_H, _F, _V, _A, _C = (
    PromiseClass.HARD_DATE,
    PromiseClass.FEW_DAYS,
    PromiseClass.VAGUE,
    PromiseClass.AWAY_UNTIL,
    PromiseClass.CONTACT_DATE,
)
_PROMISES = {
    "en": [
        ("We hope to finalise by mid-December and let you know.", _V, None),
        ("Ben returns from leave on December 7 and will make the final call.", _A, date(2026, 12, 7)),
        ("You'll have our answer by tomorrow EOD.", _H, date(2026, 11, 24)),
        ("Feel free to ping me next Friday if you haven't heard anything.", _C, date(2026, 12, 4)),
        ("We'll get back to you Friday.", _H, date(2026, 11, 27)),
        ("A decision will be made by December 4th.", _H, date(2026, 12, 4)),
        ("You can expect an answer by EOD Thursday.", _H, date(2026, 11, 26)),
        ("We will let you know by the end of November.", _H, date(2026, 11, 30)),
        ("We aim to come back to you in 5 to 10 business days.", _V, None),
        ("The team is wrapping up interviews and will share feedback mid next week.", _V, None),
        ("Thanks for your time on Tuesday and we'll be in touch by Friday.", _H, date(2026, 11, 27)),
        ("If you haven't heard from me within two weeks, feel free to follow up.", _C, date(2026, 12, 7)),
        ("Our hiring manager is on parental leave until January 11, so bear with us.", _A, date(2027, 1, 11)),
    ],
    "de": [
        ("Wir melden uns spätestens Ende der Woche bei Ihnen.", _H, date(2026, 11, 27)),
        ("Sie hören in der KW 49 von uns.", _V, None),
        ("Das kann bis zu drei Wochen dauern, wir bitten um etwas Geduld und melden uns.", _V, None),
        ("Frau Kurz ist bis 4.12. im Urlaub und meldet sich danach.", _A, date(2026, 12, 4)),
        ("Wir melden uns bis Freitag bei Ihnen.", _H, date(2026, 11, 27)),
        ("Sie erhalten bis zum 4. Dezember eine Rückmeldung von uns.", _H, date(2026, 12, 4)),
        ("Wir geben Ihnen bis spätestens 04.12.2026 Bescheid.", _H, date(2026, 12, 4)),
        ("Bis Ende nächster Woche hören Sie von uns.", _H, date(2026, 12, 4)),
        ("Ich melde mich morgen mit einem Feedback.", _H, date(2026, 11, 24)),
        ("Bis Ende des Monats werden wir eine Entscheidung treffen.", _H, date(2026, 11, 30)),
        ("Vielen Dank für das Gespräch am Dienstag, wir melden uns bis Donnerstag.", _H, date(2026, 11, 26)),
        ("Wir melden uns in den nächsten Tagen bei dir.", _F, None),
        ("Du hörst noch diese Woche von uns.", _F, None),
        ("Innerhalb von drei Werktagen erhalten Sie unsere Antwort.", _F, None),
        ("Wir kommen in etwa zwei Wochen auf Sie zu.", _V, None),
        ("Nächste Woche geben wir Ihnen Bescheid.", _V, None),
        ("Wir melden uns schnellstmöglich bei Ihnen.", _V, None),
        ("Anfang Dezember wissen wir mehr.", _V, None),
        ("Unsere Geschäftsführerin ist bis zum 7. Dezember im Urlaub, danach entscheiden wir.", _A, date(2026, 12, 7)),
        ("Der Teamleiter ist erst am Donnerstag wieder im Büro.", _A, date(2026, 11, 26)),
        ("Sollten Sie bis zum 15. Dezember nichts von uns gehört haben, melden Sie sich gerne.", _C, date(2026, 12, 15)),
        ("Falls du bis Freitag nichts hörst, schreib mir bitte kurz.", _C, date(2026, 11, 27)),
    ],
    "fr": [
        ("Nous prendrons contact avec vous prochainement.", _V, None),
        ("Je reviens vers toi en début de semaine prochaine.", _V, None),
        ("Nous allons vous recontacter vendredi.", _H, date(2026, 11, 27)),
        ("Nous reviendrons vers vous avant vendredi.", _H, date(2026, 11, 27)),
        ("Je vous donnerai une réponse au plus tard le 4 décembre.", _H, date(2026, 12, 4)),
        ("Vous aurez un retour d'ici la fin de la semaine prochaine.", _H, date(2026, 12, 4)),
        ("Nous prendrons notre décision d'ici mercredi.", _H, date(2026, 11, 25)),
        ("Nous vous tiendrons informé d'ici la fin du mois.", _H, date(2026, 11, 30)),
        ("Merci pour votre visite de mardi, nous vous ferons un retour jeudi.", _H, date(2026, 11, 26)),
        ("Nous vous recontacterons dans les prochains jours.", _F, None),
        ("Vous recevrez une réponse sous 48 heures.", _F, None),
        ("Nous reviendrons vers vous dans un délai de trois jours.", _F, None),
        ("Nous vous donnerons une réponse la semaine prochaine.", _V, None),
        ("Nous ne manquerons pas de revenir vers vous rapidement.", _V, None),
        ("Vous aurez de nos nouvelles d'ici deux semaines.", _V, None),
        ("Notre directrice est en congé jusqu'au 7 décembre, la décision attendra son retour.", _A, date(2026, 12, 7)),
        ("Le responsable sera de retour lundi.", _A, date(2026, 11, 30)),
        ("Si vous n'avez pas de nouvelles d'ici le 15 décembre, n'hésitez pas à me relancer.", _C, date(2026, 12, 15)),
        ("Sans réponse de notre part sous deux semaines, n'hésitez pas à nous recontacter.", _C, date(2026, 12, 7)),
    ],
    "es": [
        ("Nos pondremos en contacto contigo antes de que acabe la semana.", _H, date(2026, 11, 27)),
        ("El viernes te confirmaremos si pasas a la siguiente fase.", _H, date(2026, 11, 27)),
        ("Te llamaré el lunes para darte feedback.", _H, date(2026, 11, 30)),
        ("Te daremos una respuesta antes del viernes.", _H, date(2026, 11, 27)),
        ("Le informaremos a más tardar el 4 de diciembre.", _H, date(2026, 12, 4)),
        ("Tomaremos una decisión antes de que termine la semana, a más tardar el jueves.", _H, date(2026, 11, 26)),
        ("Tendrás noticias nuestras antes de finales de mes.", _H, date(2026, 11, 30)),
        ("Mañana te diremos algo sobre la decisión.", _H, date(2026, 11, 24)),
        ("Gracias por venir el martes, te daremos feedback el jueves.", _H, date(2026, 11, 26)),
        ("Nos pondremos en contacto contigo en los próximos días.", _F, None),
        ("Recibirá una respuesta en un plazo de 48 horas.", _F, None),
        ("Te diremos algo a lo largo de la semana.", _F, None),
        ("La próxima semana te contaremos los siguientes pasos.", _V, None),
        ("Nos pondremos en contacto con usted lo antes posible.", _V, None),
        ("Te avisaremos dentro de dos semanas.", _V, None),
        ("La directora está de vacaciones hasta el 7 de diciembre.", _A, date(2026, 12, 7)),
        ("El responsable vuelve el jueves.", _A, date(2026, 11, 26)),
        ("Si no tienes noticias nuestras antes del 15 de diciembre, no dudes en escribirme.", _C, date(2026, 12, 15)),
    ],
    "nl": [
        ("Mocht je voor vrijdag niets horen, mail me gerust.", _C, date(2026, 11, 27)),
        ("Eind van de week hoor je van ons.", _H, date(2026, 11, 27)),
        ("Je hoort uiterlijk vrijdag van ons.", _H, date(2026, 11, 27)),
        ("We laten je voor 4 december weten of je door bent.", _H, date(2026, 12, 4)),
        ("Voor het einde van volgende week nemen wij een beslissing.", _H, date(2026, 12, 4)),
        ("Morgen laat ik je weten wat we besluiten.", _H, date(2026, 11, 24)),
        ("Bedankt voor het gesprek van dinsdag, donderdag hoor je van ons.", _H, date(2026, 11, 26)),
        ("We nemen binnen enkele dagen contact met je op.", _F, None),
        ("U ontvangt binnen 48 uur een reactie.", _F, None),
        ("Je krijgt in de loop van deze week een terugkoppeling.", _F, None),
        ("Volgende week laten we je meer weten.", _V, None),
        ("We koppelen zo snel mogelijk naar je terug.", _V, None),
        ("Binnen twee weken hoort u van ons.", _V, None),
        ("Onze directeur is tot 7 december op vakantie, daarna beslissen we.", _A, date(2026, 12, 7)),
        ("De manager is donderdag weer terug.", _A, date(2026, 11, 26)),
        ("Als je op 15 december nog niets van ons hebt gehoord, bel me dan gerust.", _C, date(2026, 12, 15)),
    ],
    "pt": [
        ("Se não tiver notícias até dia 4, me escreva.", _C, date(2026, 12, 4)),
        ("Você receberá nossa resposta até sexta, dia 27.", _H, date(2026, 11, 27)),
        ("Entraremos em contato até sexta-feira.", _H, date(2026, 11, 27)),
        ("Daremos uma resposta até ao dia 4 de dezembro.", _H, date(2026, 12, 4)),
        ("Você terá um retorno até o final da próxima semana.", _H, date(2026, 12, 4)),
        ("Amanhã informaremos a nossa decisão.", _H, date(2026, 11, 24)),
        ("Obrigado pela conversa de terça-feira, daremos um retorno na quinta-feira.", _H, date(2026, 11, 26)),
        ("Entraremos em contacto consigo nos próximos dias.", _F, None),
        ("Você receberá uma resposta em até 48 horas.", _F, None),
        ("Daremos um retorno ainda esta semana.", _F, None),
        ("Na próxima semana teremos novidades para você.", _V, None),
        ("Retornaremos assim que possível.", _V, None),
        ("Informaremos o resultado em duas semanas.", _V, None),
        ("A diretora está de férias até 7 de dezembro.", _A, date(2026, 12, 7)),
        ("Caso não receba resposta até 15 de dezembro, não hesite em contactar-nos.", _C, date(2026, 12, 15)),
    ],
    "it": [
        ("La contatteremo entro fine settimana.", _H, date(2026, 11, 27)),
        ("Ti faccio sapere lunedì.", _H, date(2026, 11, 30)),
        ("Le daremo una risposta entro venerdì.", _H, date(2026, 11, 27)),
        ("Ti faremo sapere entro il 4 dicembre.", _H, date(2026, 12, 4)),
        ("Avrà un riscontro entro la fine della prossima settimana.", _H, date(2026, 12, 4)),
        ("Domani ti comunicheremo la decisione.", _H, date(2026, 11, 24)),
        ("Grazie per il colloquio di martedì, ti daremo un riscontro giovedì.", _H, date(2026, 11, 26)),
        ("Ti contatteremo nei prossimi giorni.", _F, None),
        ("Riceverà una risposta entro 48 ore.", _F, None),
        ("Ci faremo sentire in settimana.", _F, None),
        ("La settimana prossima le faremo sapere.", _V, None),
        ("La ricontatteremo al più presto.", _V, None),
        ("Ti aggiorneremo entro due settimane.", _V, None),
        ("Il direttore è in ferie fino al 7 dicembre.", _A, date(2026, 12, 7)),
        ("La responsabile rientra giovedì.", _A, date(2026, 11, 26)),
        ("Se non ha nostre notizie entro il 15 dicembre, non esiti a scrivermi.", _C, date(2026, 12, 15)),
    ],
}
_NONE = {
    "en": [
        "Please review the offer and sign it by Friday.",
        "We would appreciate your response within 7 days.",
        "If you have any questions before our call on Thursday, feel free to reach out.",
        "We need your answer by Wednesday.",
        "The interview will take place on Thursday, and the recruiter will call you at 10:00.",
    ],
    "de": [
        "Bitte geben Sie uns bis Freitag Bescheid, ob Ihnen der Termin passt.",
        "Könnten Sie uns bis Mittwoch Ihre Verfügbarkeit mitteilen?",
        "Wir freuen uns auf das Gespräch am Dienstag.",
        "Das Angebot ist gültig bis Freitag, wir bitten um Rückmeldung bis dahin.",
        "Wir freuen uns auf Ihre Antwort bis Freitag.",
        "Vielen Dank für Ihre Antwort vom Montag.",
        "Ihr Gespräch findet am Dienstag um 10 Uhr statt.",
    ],
    "fr": [
        "Merci de nous confirmer votre présence avant vendredi.",
        "Pourriez-vous nous faire un retour d'ici mercredi ?",
        "Nous attendons votre réponse avant vendredi.",
        "Votre entretien aura lieu mardi à 10h.",
        "Merci pour votre réponse de lundi.",
        "Vous avez jusqu'à vendredi pour nous donner une réponse.",
    ],
    "es": [
        "Por favor, confirma tu asistencia antes del viernes.",
        "¿Podrías decirnos tu disponibilidad antes del miércoles?",
        "Quedamos a la espera de tu respuesta antes del viernes.",
        "La entrevista será el martes a las 10:00.",
        "Gracias por tu respuesta del lunes.",
    ],
    "nl": [
        "Laat ons voor vrijdag weten of het schikt.",
        "Zou je uiterlijk woensdag je beschikbaarheid kunnen doorgeven?",
        "Graag ontvangen we je reactie uiterlijk vrijdag.",
        "Je gesprek is op dinsdag om 10 uur.",
        "Bedankt voor je reactie van maandag.",
    ],
    "pt": [
        "Por favor, confirme a sua presença até sexta-feira.",
        "Você poderia nos informar sua disponibilidade até quarta-feira?",
        "Aguardamos o seu retorno até sexta-feira.",
        "A entrevista será na terça-feira às 10h.",
        "Obrigado pela sua resposta de segunda-feira.",
    ],
    "it": [
        "La preghiamo di confermare la sua presenza entro venerdì.",
        "Potrebbe farci sapere la sua disponibilità entro mercoledì?",
        "Restiamo in attesa di un suo riscontro entro venerdì.",
        "Il colloquio si terrà martedì alle 10.",
        "Grazie per la sua risposta di lunedì.",
    ],
}

_PIECES = [
    "wir", "melden uns", "bis zum", "3.", "dezember", "we will", "let you know", "within", "2 weeks", "si no tiene", "avant",
    "vendredi", "entro", "uiterlijk", "vrijdag", "antes do", "if you have not heard", "write me", "rientra", "in ferie fino al",
]  # fmt: skip


@pytest.mark.parametrize(
    ("language", "sentence", "kind", "day"),
    [(language, *case) for language, cases in _PROMISES.items() for case in cases],
)
def test_a_promise_is_understood_in_its_language(language: str, sentence: str, kind: PromiseClass, day: date | None) -> None:
    found = find_promise(f"Sam,\n\n{sentence}\n\nRita", _MONDAY, languages=(language, "en"))
    assert found is not None
    assert (found.kind, found.date, found.sentence) == (kind, day, sentence)


@pytest.mark.parametrize(("language", "sentence"), [(language, one) for language, some in _NONE.items() for one in some])
def test_what_is_asked_or_over_or_an_interview_is_no_promise(language: str, sentence: str) -> None:
    assert find_promise(f"Sam,\n\n{sentence}\n\nRita", _MONDAY, languages=(language, "en")) is None


def test_only_the_languages_of_a_mail_are_asked() -> None:
    sentence = "Wir melden uns in den nächsten Tagen."
    assert find_promise(sentence, _MONDAY) is None
    assert find_promise(sentence, _MONDAY, languages=("de", "en")) is not None


def test_a_numeric_date_is_read_in_the_order_of_the_sender() -> None:
    sentence = "We will let you know by 03/12/2026."
    assert find_promise(sentence, _MONDAY) is None
    found = find_promise(sentence, _MONDAY, order="dmy")
    assert found is not None
    assert found.date == date(2026, 12, 3)


@given(
    st.lists(
        st.sampled_from(_PIECES) | st.text(max_size=6),
        max_size=60,
    ),
    st.permutations(LANGUAGES),
)
def test_no_text_is_too_odd_to_be_read(words: list[str], languages: list[str]) -> None:
    found = find_promise(" ".join(words), _MONDAY, languages=tuple(languages[:3]))
    assert found is None or found.made_on == _MONDAY
