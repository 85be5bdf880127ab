"""Promises in mail that is there to tell how things stand: told in any words, with a time of theirs."""

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
_TOLD = {
    "en": [
        ("The board sits on the 18th and you'll get a call from Priya the morning after.", _H, date(2027, 3, 18)),
        ("It'll be ten days or so before anyone has a proper look at these.", _V, None),
        ("Leave it with me, I'll have something for you by close of play Thursday.", _H, date(2027, 3, 4)),
        ("Nothing to report yet, sadly. Sit tight till after Easter.", _V, None),
        ("My colleague who handles this is on jury service until 15 March.", _A, date(2027, 3, 15)),
        ("We'd hope to have narrowed it down within the fortnight.", _V, None),
        ("If there's radio silence from us by the 12th, kick me.", _C, date(2027, 3, 12)),
        ("Give the office a bell any time after the 20th.", _C, date(2027, 3, 20)),
        ("Ask again in a month.", _V, None),
        ("HR tell me the letter will go out on Monday.", _H, date(2027, 3, 8)),
        ("Applications close 14 March and shortlisted candidates will be notified within a week of that date.", _V, None),
        ("You can expect a response from our hiring team in 7-10 business days.", _V, None),
        (
            "If you have not been invited to interview by 31 March, you have not been shortlisted on this occasion.",
            _H,
            date(2027, 3, 31),
        ),
        ("I'll circle back EOW.", _H, date(2027, 3, 5)),
        ("Should know more tomorrow.", _H, date(2027, 3, 4)),
        ("Owing to the volume of applications we receive it may take us up to six weeks to reply.", _V, None),
        ("The partners vote in mid-April, so nothing before then.", _V, None),
        ("Our MD is in Japan until the 19th and signs everything off.", _A, date(2027, 3, 19)),
        ("She's back from leave on 10 March and will make the call then.", _A, date(2027, 3, 10)),
        ("Budget gets approved next quarter and then we can talk.", _V, None),
        ("You'll know where you stand before the weekend.", _F, None),
        ("A decision is expected by the end of April.", _H, date(2027, 4, 30)),
        ("We'll be making our decision on Tuesday 9 March.", _H, date(2027, 3, 9)),
        ("Successful applicants will be contacted no later than 26 March 2027.", _H, date(2027, 3, 26)),
        ("hang in there, should hear from the client monday", _H, date(2027, 3, 8)),
        ("Bear with us while we work through them.", _V, None),
        ("Shout if you've not heard by the 19th.", _C, date(2027, 3, 19)),
        ("Best to catch me on the phone from the 15th onwards.", _C, date(2027, 3, 15)),
        ("Please check back with us on Monday 15 March.", _C, date(2027, 3, 15)),
        ("Come back to me on the 15th and I'll have an answer.", _C, date(2027, 3, 15)),
        ("I'd suggest getting back in touch after 15 March.", _C, date(2027, 3, 15)),
        ("You're welcome to contact us again from 1 April.", _C, date(2027, 4, 1)),
        ("Feel free to follow up if you don't have anything from me by the 12th.", _C, date(2027, 3, 12)),
        ("If I haven't been in touch by Friday, give me a poke.", _C, date(2027, 3, 5)),
        (
            "The closing date for this post is 29 March. We aim to let everybody know the outcome within three weeks of that.",
            _V,
            None,
        ),
        ("Applications are being accepted until 30 June. Results will be announced on 20 July.", _H, date(2027, 7, 20)),
        ("Reviews begin on 9 March, with decisions going out by 18 March.", _H, date(2027, 3, 18)),
        ("Our director is on sabbatical and returns 3 August, so this has to wait.", _A, date(2027, 8, 3)),
        ("Sorry, snowed under with year end. Will come back to you properly in April.", _V, None),
        ("We're still waiting on references, I reckon another week.", _V, None),
        ("Patience, please! These things grind slowly here.", _V, None),
        ("I'll be off from tomorrow, back on the 15th.", _A, date(2027, 3, 15)),
        ("We'll get there, it's just taking longer than planned.", _V, None),
        ("Still no word from head office. I'll nudge them tomorrow and let you know.", _H, date(2027, 3, 4)),
        ("You're next on the list, watch your inbox this week.", _F, None),
        ("I should have a clearer picture in a week or two.", _V, None),
        ("Not before the summer, I'm afraid, but I have you on my list.", _V, None),
    ],
    "de": [
        ("Am Donnerstag sitzen wir zusammen, danach sind wir schlauer und ich rühr mich.", _H, date(2027, 3, 4)),
        ("Bis Mitte des Monats sollte das entschieden sein.", _V, None),
        ("Wir haben über 200 Bewerbungen erhalten, die Auswertung wird daher etwa vier Wochen beanspruchen.", _V, None),
        ("Herr Brandl ist bis zum 15. in Reha, ohne ihn entscheiden wir nichts.", _A, date(2027, 3, 15)),
        ("Ich bin ab morgen zwei Wochen in Thailand, am 22. bin ich zurück.", _A, date(2027, 3, 22)),
        ("Ruf mich nach Ostern noch mal an.", _V, None),
        ("Fragen Sie ruhig ab 1. April noch einmal nach.", _C, date(2027, 4, 1)),
        ("Sollten wir uns bis zum 20.3. nicht gerührt haben, bitte einmal anklingeln.", _C, date(2027, 3, 20)),
        ("Wenn du bis Freitag nichts von mir gehört hast, tritt mir auf die Füße.", _C, date(2027, 3, 5)),
        ("Das Ergebnis teilen wir Ihnen schriftlich bis spätestens KW 12 mit.", _H, date(2027, 3, 26)),
        ("Ich geb Laut, sobald der Betriebsrat grünes Licht gegeben hat.", _V, None),
        ("Kommende Woche fällt die Entscheidung.", _V, None),
        ("Bis dahin bitte ich Sie noch um ein wenig Geduld.", _V, None),
        ("Sie bekommen von uns bis 12. März eine Zu- oder Absage.", _H, date(2027, 3, 12)),
        ("Spätestens in 14 Tagen haben Sie Gewissheit.", _V, None),
        ("Der Gemeinderat beschließt am 16. März über die Besetzung, tags darauf informieren wir Sie.", _H, date(2027, 3, 16)),
        ("Heuer wird das nix mehr, melden S' Ihnen im Herbst wieder.", _V, None),
        ("Wir sichten alles und kommen binnen zehn Werktagen auf dich zurück.", _V, None),
        ("Erhalten Sie bis zum 31. März keine Einladung, konnten wir Sie leider nicht berücksichtigen.", _H, date(2027, 3, 31)),
        ("Die Kollegin ist erst am Montag wieder im Haus.", _A, date(2027, 3, 8)),
        ("Morgen früh sag ich dir Bescheid.", _H, date(2027, 3, 4)),
        ("Ende nächster Woche wissen wir mehr.", _H, date(2027, 3, 12)),
        ("Gebt uns noch bis Dienstag Zeit.", _H, date(2027, 3, 9)),
        ("Das kann sich noch bis Ende März ziehen.", _H, date(2027, 3, 31)),
        ("Kommen Sie gern am 15. März noch einmal auf mich zu.", _C, date(2027, 3, 15)),
        ("Sie können sich ab dem 1. April gerne wieder bei uns melden.", _C, date(2027, 4, 1)),
        ("Sollte ich mich bis Freitag nicht gemeldet haben, schreiben Sie mir ruhig noch mal.", _C, date(2027, 3, 5)),
        (
            "Bewerbungsschluss ist der 29. März. Danach sichten wir alle Unterlagen und melden uns innerhalb von drei Wochen.",
            _V,
            None,
        ),
        ("Unser Chef liegt flach, vor Mitte nächster Woche tut sich da nichts.", _V, None),
        ("Ich bin vom 5. bis 19. März nicht im Büro, danach kümmere ich mich darum.", _A, date(2027, 3, 19)),
        ("Die Werkstatt hat Betriebsurlaub bis 22. März.", _A, date(2027, 3, 22)),
        ("Dauert leider noch.", _V, None),
        ("Eine Entscheidung ist für Ende des Monats geplant.", _H, date(2027, 3, 31)),
        ("Wir bitten um Verständnis, dass die Bearbeitung mehrere Wochen dauern kann.", _V, None),
        ("Bitte sehen Sie von Rückfragen ab; die Prüfung nimmt in der Regel sechs Wochen in Anspruch.", _V, None),
        ("Die Chefin kommt am Montag aus dem Urlaub, dann leg ich's ihr hin.", _A, date(2027, 3, 8)),
    ],
    "fr": [
        ("Le jury délibère le 18 mars, les résultats seront affichés le lendemain.", _H, date(2027, 3, 18)),
        ("Comptez une bonne quinzaine de jours avant d'avoir un retour.", _V, None),
        ("Je suis au bloc toute la semaine, je vous rappelle lundi.", _H, date(2027, 3, 8)),
        ("La directrice est en arrêt jusqu'au 15 mars, rien ne se fera sans elle.", _A, date(2027, 3, 15)),
        ("Repassez me voir après le 1er avril.", _C, date(2027, 4, 1)),
        ("Sans signe de notre part le 20 mars, relancez-nous.", _C, date(2027, 3, 20)),
        ("Passé le 31 mars, vous pourrez considérer que votre candidature n'a pas été retenue.", _H, date(2027, 3, 31)),
        ("Nous vous répondrons dans un délai maximum de trois semaines.", _V, None),
        ("Ça se décide vendredi.", _H, date(2027, 3, 5)),
        ("Tu auras ma réponse avant le week-end.", _F, None),
        ("Le choix du client devrait tomber d'ici la fin du mois.", _H, date(2027, 3, 31)),
        ("Encore un petit peu de patience, on y est presque.", _V, None),
        ("Je rentre de congés le 22 mars et je regarde ça.", _A, date(2027, 3, 22)),
        ("On se rappelle dans dix jours.", _V, None),
        ("Une réponse vous sera apportée sous 15 jours ouvrés.", _V, None),
        ("Les candidats retenus seront contactés avant le 19 mars.", _H, date(2027, 3, 19)),
        ("Rien de neuf avant la rentrée.", _V, None),
        ("Nous faisons le point mardi et je vous tiens informé dans la foulée.", _H, date(2027, 3, 9)),
        ("D'ici une dizaine de jours, vous serez fixée.", _V, None),
        ("Faites-moi signe si je ne vous ai rien dit d'ici le 12.", _C, date(2027, 3, 12)),
        ("Vous pouvez me rappeler à partir du 15 mars.", _C, date(2027, 3, 15)),
        ("N'hésitez pas à revenir vers moi le 15 mars.", _C, date(2027, 3, 15)),
        ("Si vous n'avez toujours rien le 12, passez-moi un coup de fil.", _C, date(2027, 3, 12)),
        (
            "La clôture des candidatures est fixée au 29 mars ; nous reviendrons vers vous dans les trois semaines qui suivent.",
            _V,
            None,
        ),
        ("Mon associé rentre le 22 mars, rien avant.", _A, date(2027, 3, 22)),
        ("L'atelier est fermé jusqu'au 22 mars.", _A, date(2027, 3, 22)),
        ("Ça va prendre encore un peu de temps.", _V, None),
        ("On tranche en fin de semaine.", _H, date(2027, 3, 5)),
        ("Une décision interviendra courant avril.", _V, None),
        ("Il faudra patienter jusqu'à la mi-avril.", _V, None),
        ("Nous vous donnerons réponse pour le 20 mars au plus tard.", _H, date(2027, 3, 20)),
    ],
    "es": [
        ("El comité se reúne el 18 de marzo y ese mismo día te llamo.", _H, date(2027, 3, 18)),
        ("Calculamos que en unas tres semanas tendremos todo cerrado.", _V, None),
        ("Mi socio anda por Perú hasta el 15 de marzo.", _A, date(2027, 3, 15)),
        ("Regreso el 22 de marzo y lo vemos.", _A, date(2027, 3, 22)),
        ("Búscame después del 10.", _C, date(2027, 3, 10)),
        ("Si el día 20 no te hemos dicho nada, danos un toque.", _C, date(2027, 3, 20)),
        (
            "De no recibir comunicación antes del 31 de marzo, entienda que su candidatura ha sido descartada.",
            _H,
            date(2027, 3, 31),
        ),
        ("A finales de la semana que viene sabremos más.", _H, date(2027, 3, 12)),
        ("El lunes sin falta te doy una respuesta.", _H, date(2027, 3, 8)),
        ("Nos tomará alrededor de quince días hábiles revisar todos los perfiles.", _V, None),
        ("Dentro de nada te confirmo.", _V, None),
        ("Ahorita estamos en cierre de mes, te marco la otra semana.", _V, None),
        ("La resolución se publicará antes del 15.", _H, date(2027, 3, 15)),
        ("Ténganos paciencia, el proceso va lento.", _V, None),
        ("En el transcurso de los próximos diez días hábiles nos estaremos comunicando.", _V, None),
        ("Puedes llamarme a partir del 15 de marzo.", _C, date(2027, 3, 15)),
        ("Escríbeme el 15 de marzo y vemos.", _C, date(2027, 3, 15)),
        ("Si llegado el 12 no te he escrito, recuérdamelo.", _C, date(2027, 3, 12)),
        ("La convocatoria cierra el 29 de marzo y los resultados se publicarán el 20 de abril.", _H, date(2027, 4, 20)),
        ("Esto va para largo, mínimo un mes.", _V, None),
        ("Aún no hay nada, en cuanto sepa algo te aviso.", _V, None),
        ("Se reincorpora el día 15 y entonces lo decide.", _A, date(2027, 3, 15)),
        ("El plazo de resolución es de dos meses.", _V, None),
        ("Vamos a tardar un poquito más de lo previsto.", _V, None),
    ],
    "it": [
        ("La commissione si riunisce il 18 marzo e il giorno dopo pubblichiamo la graduatoria.", _H, date(2027, 3, 18)),
        ("Ci servono ancora una decina di giorni.", _V, None),
        ("Il titolare è all'estero fino al 15 marzo.", _A, date(2027, 3, 15)),
        ("Rientro il 22 marzo e ne parliamo.", _A, date(2027, 3, 22)),
        ("Si faccia vivo dopo il 10.", _C, date(2027, 3, 10)),
        ("Se per il 20 marzo non ci siamo fatti sentire, ci mandi un sollecito.", _C, date(2027, 3, 20)),
        (
            "Qualora non ricevesse comunicazioni entro il 31 marzo, la selezione è da intendersi conclusa con esito negativo.",
            _H,
            date(2027, 3, 31),
        ),
        ("Entro fine settimana ti so dire.", _H, date(2027, 3, 5)),
        ("Lunedì ti faccio sapere.", _H, date(2027, 3, 8)),
        ("I tempi di risposta sono di circa 20 giorni lavorativi.", _V, None),
        ("Ti aggiorno appena ho novità.", _V, None),
        ("Dobbiamo ancora vedere due persone, poi decidiamo, direi a metà mese.", _V, None),
        ("Entro il 15 avrà una risposta definitiva.", _H, date(2027, 3, 15)),
        ("Prima di Pasqua non si muove nulla.", _V, None),
        ("Può ricontattarci a partire dal 15 marzo.", _C, date(2027, 3, 15)),
        ("Mi scriva il 15 marzo e le dico.", _C, date(2027, 3, 15)),
        ("Se entro venerdì non mi sono fatto vivo, chiamami tu.", _C, date(2027, 3, 5)),
        ("Le candidature chiudono il 29 marzo; l'esito sarà comunicato entro il 20 aprile.", _H, date(2027, 4, 20)),
        ("Siamo chiusi per ferie fino al 22 marzo.", _A, date(2027, 3, 22)),
        ("Ci vorrà ancora una settimana.", _V, None),
        ("Decidiamo venerdì.", _H, date(2027, 3, 5)),
        ("Un po' di pazienza, ci siamo quasi.", _V, None),
    ],
    "nl": [
        ("De commissie komt op 18 maart bijeen, de dag erna hoor je het.", _H, date(2027, 3, 18)),
        ("Reken op een week of drie.", _V, None),
        ("Mijn baas zit tot 15 maart in Spanje.", _A, date(2027, 3, 15)),
        ("Vanaf 22 maart ben ik weer op kantoor.", _A, date(2027, 3, 22)),
        ("Bel na de 10e nog eens.", _C, date(2027, 3, 10)),
        ("Heb je op 20 maart nog niks van ons vernomen, trek dan even aan mijn jas.", _C, date(2027, 3, 20)),
        ("Ontvangt u voor 31 maart geen uitnodiging, dan bent u helaas niet geselecteerd.", _H, date(2027, 3, 31)),
        ("Eind volgende week weten we meer.", _H, date(2027, 3, 12)),
        ("Maandag krijg je uitsluitsel.", _H, date(2027, 3, 8)),
        ("U ontvangt binnen tien werkdagen een reactie.", _V, None),
        ("Nog even geduld alsjeblieft.", _V, None),
        ("Halverwege april hakken we de knoop door.", _V, None),
        ("Ik laat je uiterlijk overmorgen iets weten.", _H, date(2027, 3, 5)),
        ("Geef ons nog een weekje.", _V, None),
        ("U kunt ons vanaf 15 maart weer bellen.", _C, date(2027, 3, 15)),
        ("Stuur me op 15 maart nog even een berichtje.", _C, date(2027, 3, 15)),
        ("De vacature sluit op 29 maart, uiterlijk 20 april hoor je meer.", _H, date(2027, 4, 20)),
        ("We zijn gesloten tot 22 maart.", _A, date(2027, 3, 22)),
        ("Het duurt allemaal wat langer dan gehoopt.", _V, None),
        ("Vrijdag beslissen we.", _H, date(2027, 3, 5)),
        ("Begin april laten we je iets weten.", _V, None),
        ("Pas over een maand weten we meer.", _V, None),
    ],
    "pt": [
        ("O júri reúne a 18 de março e no dia seguinte comunicamos o resultado.", _H, date(2027, 3, 18)),
        ("Conta com umas três semanas.", _V, None),
        ("O meu chefe está em Angola até 15 de março.", _A, date(2027, 3, 15)),
        ("Volto de férias a 22 de março e vejo isso.", _A, date(2027, 3, 22)),
        ("Ligue depois do dia 10.", _C, date(2027, 3, 10)),
        ("Se até dia 20 eu não disser nada, dá-me um toque.", _C, date(2027, 3, 20)),
        ("Caso não receba contacto até 31 de março, considere que não foi selecionado.", _H, date(2027, 3, 31)),
        ("No fim da próxima semana já sabemos mais.", _H, date(2027, 3, 12)),
        ("Segunda-feira te dou um retorno.", _H, date(2027, 3, 8)),
        ("O prazo médio de resposta é de 15 dias úteis.", _V, None),
        ("Assim que houver novidades aviso.", _V, None),
        ("Precisamos de mais uma semaninha.", _V, None),
        ("Até amanhã ao fim do dia digo-te qualquer coisa.", _H, date(2027, 3, 4)),
        ("Só lá para meados de abril é que há decisão.", _V, None),
        ("Pode ligar-me a partir de 15 de março.", _C, date(2027, 3, 15)),
        ("Escreve-me no dia 15 que já terei resposta.", _C, date(2027, 3, 15)),
        ("As candidaturas encerram a 29 de março e os resultados saem até 20 de abril.", _H, date(2027, 4, 20)),
        ("Decidimos sexta-feira.", _H, date(2027, 3, 5)),
        ("Vai demorar mais um bocadinho.", _V, None),
        ("Daqui a um mês temos novidades.", _V, None),
        ("Retornaremos o contato em até 30 dias.", _V, None),
    ],
}
_NOTHING = {
    "en": [
        "Please send us your references by Friday.",
        "The task should not take more than three hours.",
        "Your notice period is three months, is that right?",
        "Applications close on 29 March.",
        "We keep your CV on file for six months.",
        "We look at new applications every Monday.",
        "Could you start within two weeks?",
        "The job is for 20 hours a week.",
    ],
    "de": [
        "Schicken Sie uns das Führungszeugnis bitte bis Freitag.",
        "Ihre Daten werden nach sechs Monaten gelöscht.",
        "Die Stelle ist bis zum 29. März ausgeschrieben.",
        "Könnten Sie in zwei Wochen anfangen?",
        "Die Probezeit beträgt sechs Monate.",
    ],
    "fr": [
        "Envoyez-nous votre diplôme avant vendredi.",
        "La clôture des candidatures est fixée au 29 mars.",
        "Vos données sont conservées deux ans.",
        "Seriez-vous libre dans deux semaines ?",
    ],
    "es": [
        "Debe presentar la documentación antes del viernes.",
        "La convocatoria está abierta hasta el 29 de marzo.",
        "¿Podría empezar en dos semanas?",
    ],
    "it": [
        "Deve inviare i documenti entro venerdì.",
        "Le candidature sono aperte fino al 29 marzo.",
        "Potrebbe iniziare tra due settimane?",
    ],
    "nl": [
        "Stuur ons je diploma voor vrijdag.",
        "De vacature staat open tot 29 maart.",
        "Kun je over twee weken beginnen?",
    ],
    "pt": [
        "Deve enviar os documentos até sexta-feira.",
        "As candidaturas estão abertas até 29 de março.",
        "Poderia começar daqui a duas semanas?",
    ],
}
_SURER = [
    ("The board votes on 9 March. You'll hear from me by 12 March.", _H, date(2027, 3, 12)),
    ("The committee sits on Friday. We will be in touch soon.", _V, None),
    ("Applications close on 29 March. Results will be announced on 20 April.", _H, date(2027, 4, 20)),
    ("Give us until Monday. If you hear nothing by 10 March, ring me.", _C, date(2027, 3, 10)),
]


def _found(language: str, text: str, *, telling: bool = True) -> tuple[PromiseClass, date | None] | None:
    languages = tuple(dict.fromkeys((language, "en")))
    promise = find_promise(f"Sam,\n\n{text}\n\nRita", _WEDNESDAY, languages=languages, order="dmy", telling=telling)
    return None if promise is None else (promise.kind, promise.date)


@pytest.mark.parametrize(
    ("language", "text", "kind", "day"), [(language, *row) for language, rows in _TOLD.items() for row in rows]
)
def test_a_time_of_theirs_is_a_promise_where_they_tell_how_things_stand(
    language: str, text: str, kind: PromiseClass, day: date | None
) -> None:
    assert _found(language, text) == (kind, day)


@pytest.mark.parametrize(("language", "text"), [(language, text) for language, rows in _NOTHING.items() for text in rows])
def test_a_time_of_something_else_is_none(language: str, text: str) -> None:
    assert _found(language, text) is None


@pytest.mark.parametrize(("text", "kind", "day"), _SURER)
def test_what_is_surely_promised_wins_over_what_happens_elsewhere(text: str, kind: PromiseClass, day: date | None) -> None:
    assert _found("en", text) == (kind, day)


def test_other_mail_promises_only_in_words_of_answering() -> None:
    assert _found("en", "I reckon another week.") == (_V, None)
    assert _found("en", "I reckon another week.", telling=False) is None


def test_a_weekday_of_the_week_after_is_a_week_later() -> None:
    assert _found("en", "I'll let you know on Friday week.") == (_H, date(2027, 3, 12))


def test_a_number_of_days_is_no_date() -> None:
    assert _found("en", "Expect our answer in 5-7 working days.") == (_V, None)


def test_the_day_of_return_wins_over_the_last_day_away() -> None:
    assert _found("en", "I am at a conference until 12 March and back at my desk on Monday 15 March.") == (_A, date(2027, 3, 15))
