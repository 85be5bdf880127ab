"""The quoted tail is found as mail clients set in French, Spanish, Italian and Portuguese write it."""

from __future__ import annotations

import pytest

from rules.mail.visible import visible

_NEW = "Merci, gracias, grazie, obrigado.\n\nRita"

_TAILS = {
    "fr_outlook": "-----Message d\u2019origine-----\nDe : Sam Doe\nEnvoyé : lundi 23 novembre\nÀ : Rita\nObjet : x\n\nBonjour",
    "fr_outlook_no_accent": "De : Sam Doe\nEnvoyé : lundi 23 novembre 2026 10:00\nA : Rita\nObjet : x\n\nBonjour",
    "fr_thunderbird_forward": (
        "-------- Message transféré --------\nSujet : x\nDate : Mon, 23 Nov 2026\nDe : Sam Doe\nPour : Rita\n\nBonjour"
    ),
    "fr_yahoo": "Le lundi 23 novembre 2026 à 10:00:00 UTC+1, Sam Doe <sam@example.com> a écrit :\n\nBonjour",
    "fr_gmail_wrapped": "Le lun. 23 nov. 2026 à 10:00,\nSam Doe <sam@example.com> a écrit :\n\n> Bonjour",
    "es_yahoo": "El lunes, 23 de noviembre de 2026, 10:00:00 CET, Sam Doe <sam@example.com> escribió:\n\nHola",
    "es_gmail_wrapped": "El lun., 23 de nov. de 2026 10:00 a. m., Sam Doe <sam@example.com>\nescribió:\n\n> Hola",
    "es_outlook": "De: Sam Doe\nEnviado: lunes, 23 de noviembre de 2026 10:00\nPara: Rita\nAsunto: x\n\nHola",
    "es_apple_forward": "Comienzo del mensaje reenviado:\n\nDe: Sam\nAsunto: x\n\nHola",
    "es_remitente": "Remitente: Sam Doe <sam@example.com>\nEnviado el: lunes\nDestinatario: Rita\nAsunto: x\n\nHola",
    "it_thunderbird": "Il 23/11/2026 10:00, Sam Doe ha scritto:\n> Ciao",
    "it_outlook": "-----Messaggio originale-----\nDa: Sam Doe\nInviato: lunedì 23 novembre\nA: Rita\nOggetto: x\n\nCiao",
    "it_mittente": "Mittente: Sam Doe <sam@example.com>\nInviato il: lunedì\nDestinatario: Rita\nOggetto: x\n\nCiao",
    "pt_gmail": "A segunda, 23/11/2026, 10:00, Sam Doe <sam@example.com> escreveu:\n\n> Olá",
    "pt_apple": "No dia 23/11/2026, às 10:00, Sam Doe <sam@example.com> escreveu:\n\n> Olá",
    "pt_outlook": "De: Sam Doe\nEnviado: segunda-feira, 23 de novembro de 2026 10:00\nPara: Rita\nAssunto: x\n\nOlá",
    "pt_remetente": "Remetente: Sam Doe <sam@example.com>\nData: segunda\nDestinatário: Rita\nAssunto: x\n\nOlá",
}


@pytest.mark.parametrize("style", sorted(_TAILS))
def test_the_quoted_tail_is_cut(style: str) -> None:
    new, quoted = visible(f"{_NEW}\n\n{_TAILS[style]}")
    assert new.strip() == _NEW
    assert quoted


@pytest.mark.parametrize(
    "text",
    [
        "El lunes escribió Ada: todo bien.",
        "Le directeur a écrit : nous verrons.",
        "De : nous tous, merci",
        "De lunes a viernes: 9:00 - 18:00",
        "Da lunedì a venerdì: 9:00 - 18:00",
        "A : bientôt",
        "Remetente: Acme\nObrigado pela sua mensagem.",
    ],
)
def test_words_that_only_look_like_a_quotation_stay(text: str) -> None:
    assert visible(text) == (text, "")
