"""The small words and signs around roles: what ends them, what binds their words, what marks them."""

from __future__ import annotations

import re

from rules.extract.titles import GENDER

__all__ = [
    "ARTICLES",
    "ASIDE",
    "BACK",
    "BESIDES",
    "BINDING",
    "COMMA",
    "COMPOUND",
    "DASH",
    "HARD",
    "INLINE",
    "IN_QUOTES",
    "JOINING",
    "LEAD_IN",
    "LIST",
    "MARK",
    "NUMBERED",
    "PERSON",
    "PIECES",
    "PLAIN",
    "QUOTED",
    "RUNS_ON",
    "TAIL",
    "TITLED",
    "TOKEN",
    "TRAILING",
]

MARK = re.compile(rf"[ ]?[(\[][ ]?{GENDER}[ ]?[)\]]|[ ](?:[hf]/[hf]|m/w/d|m/v/x|w/m/d|f/m/d)(?=\W|$)", re.IGNORECASE)
BACK = re.compile(r"[.;:!?\n\"|>]\s?|\s-\s|,\s(?=[a-z])")
LEAD_IN = re.compile(r"(?:s\b)?(?:[ ]?:[\s\u2022*>-]{0,8}|[ ]+-[ ]+|[ ]+)?")
QUOTED = re.compile(r"(?:(?:l'|d'|dell')?[^\W\d_]{2,20}[ ])?[\"'](?P<role>[^\"\n]{2,100}?)[\"'](?!\w)")
LIST = re.compile(r"[\s\u2022*>-]{0,8}")
HARD = re.compile(r"(?<!\b[SJ]r)\.(?=\s|$|\")|[;!?\n]|:(?=\s|$)|\s-\s(?=[a-z])|\s\|\s|\s@\s|, (?=[a-z])|\bhttps?:")
COMMA = re.compile(r", ")
TAIL = re.compile(r", [^\W\d_a-z][\w&-]+(?: [^\W\d_a-z][\w&-]+)?(?=$|[.!?)\n]| (?:role|position|at|with|has|was|is)\b)")
DASH = re.compile(r" - |: | \| ")
RUNS_ON = re.compile(r", [a-z\u00df-\u00ff]+$")
TOKEN = re.compile(r"\S+")
PIECES = re.compile(r"\s+[-|:\u00b7\u2022/@>]+\s+|:\s+|\s*[|\u2022\u00b7]\s*|(?<=\w)-\s+|\s+-(?=\w)|,\s+")
ASIDE = re.compile(r"\(([^()]{2,60})\)")
BESIDES = re.compile(r" [|\u00b7\u2022] |^[^\W\d_]+(?: [^\W\d_]+)?, [^\W\d_]")
COMPOUND = re.compile(
    r"(?P<role>[^\W\d_][\w./:*-]{2,40}?)(?P<dash>-?)(?:[Ss]telle|[Jj]ob|[Pp]osten|[Pp]osition|[Vv]akanz|[Pp]lek|[Bb]aan|[Ff]unctie|[Vv]acature)"
)
"""Words for a place to work that a title is a part of."""
INLINE = re.compile(r"[(,-] ?(?P<label>[^\W\d_]{3,14})[ ]?:[ ]")
PLAIN = re.compile(r"[^\W\d_][\w'/&-]*(?: [^\W\d_][\w'/&-]*)*")
IN_QUOTES = re.compile(r"\"(?P<text>[^\"\n]{4,80})\"")
_UPPER = "A-Z\u00c0-\u00d6\u00d8-\u00de"
TITLED = re.compile(rf"\b[{_UPPER}][\w'/&:*-]*(?:[ ](?:of|de|di|da|do|&|-)(?=[ ][{_UPPER}])|[ ][{_UPPER}][\w'/&:*-]*){{1,5}}")
"""Words in capitals, side by side."""
PERSON = re.compile(rf"[ ]?[,(][ ]?[{_UPPER}][^\W\d_]+[ ][{_UPPER}]|[ ]?[:|@][ ]|[ ](?:at|from|bei|chez)[ ]|\)")
"""What stands behind the title of somebody who works there: their name, or where they do."""
JOINING = frozenset({"and", "und", "et", "y", "e", "en", "&", "+", "/", "ed"})
BINDING = frozenset(
    {
        "of",
        "de",
        "d'",
        "du",
        "di",
        "da",
        "do",
        "del",
        "della",
        "for",
        "f\u00fcr",
        "van",
        "voor",
        "im",
        "in",
        "pour",
        "para",
        "per",
        "\u00e0",
    }
)
NUMBERED = re.compile(
    r"\b(?:bewerbung|application|candidature|candidatura|solicitud|postulación|sollicitatie|inscrição|stelle|position"
    r"|role|vacancy|job|poste|puesto|vacante|oferta|vaga|posizione|vacature|requisition|annonce|offre)"
    r"(?: (?:for|to|auf|für|à|a|per|para|pour|op|n°|nº|nr\.?|no\.?|ref\.?|réf\.?)){0,2} #?[a-z]{0,4}-?\d[\w/-]{2,14}(?: -|:|,)? "
    r"|\b(?:[a-z]{1,5}-)?\d{5,8}[a-z]?\d?(?: -|:|,)? (?=[^\W\d_])"
)
"""What stands before a role that follows a number: `your application R-20931 Data Analyst`, `419350 Data Analyst`."""
ARTICLES = frozenset(
    {
        "the",
        "la",
        "le",
        "les",
        "el",
        "los",
        "las",
        "der",
        "die",
        "das",
        "den",
        "het",
        "il",
        "lo",
        "gli",
        "i",
        "o",
        "a",
        "os",
        "as",
    }
)
TRAILING = JOINING | BINDING | ARTICLES | {"-", "|", ","}
