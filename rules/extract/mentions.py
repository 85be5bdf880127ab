"""The companies a mail names, each with how surely it is the one that hires."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import product
from typing import NamedTuple

from rules.extract.company import is_organization, plausible_company
from rules.extract.domains import alike, company_key
from rules.extract.names import is_name
from rules.extract.reading import Reading, lowered
from rules.extract.titles import GENDER, is_title
from rules.extract.words import all_matches, listed

__all__ = ["RUN", "Mention", "best", "may_be_company", "mentions_in", "name_at", "said", "without_unit"]

_UP = (
    "A-Z\u00c0-\u00d6\u00d8-\u00de\u0100\u0106\u010c\u0110\u0118\u011a\u0130\u0141\u0143\u0150\u0152\u015a\u015e"
    "\u0160\u0170\u0179\u017b\u017d\u0386-\u03ab\u0400-\u042f"
)
_TOKEN = rf"(?:[{_UP}\d][\w'+-]*|[a-z]{{1,2}}[{_UP}]\w*)(?:[.&/*][\w]+)*"
_LEGAL = (
    r"(?:Inc|Corp|Co|Ltd|LLC|LLP|PLC|plc|GmbH|mbH|AG|SE|KG|KGaA|UG|OHG|e\.V|eG|S\.?A\.?S|S\.?A|SARL|SASU"
    r"|S\.?L\.?U|S\.?L|S\.?r\.?l|S\.?p\.?A|B\.?V|N\.?V|Lda|Ltda|Limited|Oy|AB|AS|A/S|ApS|Pty)"
)
RUN = re.compile(
    rf"(?P<name>{_TOKEN}(?:(?:[ ]&[ ]|[ ]\+[ ]|,?[ ](?={_LEGAL}\b)|[ ](?:of|de|du|des|di|do|da|del|della|von|van"
    rf"|der)[ ](?=[{_UP}])|[ ])"
    rf"(?:{_LEGAL}\b\.?(?:[ ]&[ ]Co\.?(?:[ ]KGa?A?)?)?|{_TOKEN})){{0,6}})"
)
_SKIP = re.compile(
    r"[ ]*(?::[ ]*)?\"?(?:(?:the|our|der|die|das|dem|den|des|la|le|les|el|los|las|il|lo|gli|o|a|os|as|het|de|een"
    r"|firma|company|empresa|soci\u00e9t\u00e9|azienda)[ ](?=[\"A-Z0-9\u00c0-\u00de]|[a-z]{1,2}[A-Z])|l'|d'|dell'"
    r"|all')?\"?",
)
_CAPITAL_ARTICLE = re.compile(r"[ ]*\"?The[ ](?=[A-Z])")
_LEGAL_NAME = re.compile(
    rf"(?<![\w.&-])(?P<name>{_TOKEN}(?:(?:[ ]&[ ]|[ ]\+[ ]|[ ]){_TOKEN}){{0,3}},?[ ]{_LEGAL}\b\.?"
    rf"(?:[ ]&[ ]Co\.?[ ]KGa?A?)?)(?!\w)"
)
_RIGHTS = re.compile(
    rf"(?:\u00a9|\(c\)|copyright)[ ]*(?:\d{{4}}(?:[ ]?-[ ]?\d{{4}})?[ ,]*)?(?:by[ ])?(?P<name>{_TOKEN}(?:[ ]"
    rf"(?:&[ ])?{_TOKEN}){{0,4}})",
    re.IGNORECASE,
)
_AT_US = ("At ", "Here at ", "Bei ", "Chez ", "En ", "Bij ", "Na ", "No ", "In ")
"""How `At Acme we ...` begins."""
_WE = re.compile(
    rf"(?:^|[.!?]\s+|\n)(?:At|Here at|Bei|Bei der|Chez|En|Bij|Na|No|In)[ ](?:the[ ]|der[ ])?(?P<name>"
    rf"(?:The[ ])?{_TOKEN}(?:[ ]{_TOKEN}){{0,3}}),?[ ](?:we|wir|nous|creemos|nos|n\u00f3s|noi|you|our|werken"
    rf"|geloven|vind|arbeiten|acreditamos)\b"
)
_SAYS = re.compile(
    rf"(?:^|[.!?,]\s+|\n|\b(?:that|dass|que|che|dat|da{{1,2}}ss)[ ]|\b(?:A|O|La|L'|Die|Das|El|De|Het|Il)[ ](?:"
    rf"(?:empresa|azienda|soci\u00e9t\u00e9|firma)[ ])?)(?P<name>{_TOKEN}(?:[ ](?:&[ ])?{_TOKEN}){{0,3}})[ ]"
    r"(?:(?:has|have|is|was|hat|haben|ist|a|ha|heeft|tem)[ ](?:bien[ ]|now[ ]|just[ ])?"
    r"(?:decided|moved|received|chosen|reviewed|selected|pleased|delighted|happy|excited|invited|hiring|growing"
    r"|viewed|sich|entschieden|erhalten"
    r"|d\u00e9cid\u00e9|re\u00e7u|decidido|recibido|recebido|deciso|ricevuto|besloten|ontvangen)"
    r"|(?:has )?sent you|(?:t'a|vous a) (?:envoy\u00e9|r\u00e9pondu|invit\u00e9)"
    r"|(?:te|le|ti) ha (?:enviado|invitado|inviato|invitato)"
    r"|hat (?:dir|Ihnen)|(?:te|vous|le|ti) propos?[eo]n?e?|souhaite|aimerait|quiere|desea|m\u00f6chte|vorrebbe|gostaria|enviou"
    r"|received your|got your|reviewed your|viewed your|would like to|wants to|invites you|convida|te invita"
    r"|le invita|ti invita|l\u00e4dt|nodigt|recebeu|vous invite|recibi\u00f3)\b"
)
_SAYING = frozenset({
    "decided", "moved", "received", "chosen", "reviewed", "selected", "pleased", "delighted", "happy", "excited", "invited",
    "hiring", "growing", "viewed", "sich", "entschieden", "erhalten", "d\u00e9cid\u00e9", "re\u00e7u", "decidido", "recibido",
    "recebido", "deciso", "ricevuto", "besloten", "ontvangen", "sent", "envoy\u00e9", "r\u00e9pondu", "invit\u00e9", "enviado",
    "invitado", "inviato", "invitato", "hat", "souhaite", "aimerait", "quiere", "desea", "m\u00f6chte", "vorrebbe", "gostaria",
    "enviou", "got", "would", "wants", "invites", "convida", "invita", "l\u00e4dt", "nodigt", "recebeu", "invite", "recibi\u00f3",
    *map("".join, product(["propo"], ["", "s"], "eo", ["", "n"], ["", "e"])),
})  # fmt: skip
"""The words of which a mail has one where somebody is said to have done something (`_SAYS`)."""
_RECRUITER = re.compile(
    rf"\b(?:[Ii]'m|[Ii] am|[Mm]y name is|[Ii]ch bin|[Mm]ein Name ist|[Jj]e suis|[Jj]e m'appelle|[Ss]oy|[Mm]e llamo"
    rf"|[Ii]k ben|[Ss]ou|[Ss]ono)\b[^.\n]{{0,70}}?\b(?:at|with|from|of|bei|von|der|chez|de|d'|en|bij|van|na|da|in"
    rf"|di|presso)[ ]+(?P<name>{_TOKEN}(?:[ ]{_TOKEN}){{0,3}})"
)
_SEPARATED = re.compile(r"\s+[-|:\u00b7\u2022/@<>]+\s+|:\s+|\s*[|\u2022\u00b7]\s*|(?<=\w)-\s+|!\s+|\s*[()\[\]]\s*|\s+x\s+|,\s+")
_GENDERED = re.compile(rf"[(\[][ ]?{GENDER}[ ]?[)\]]|\b[hf]/[hf]\b", re.IGNORECASE)
_LOOSE = frozenset({"of", "de", "du", "des", "di", "do", "da", "del", "della", "von", "van", "der", "&", "+"})
_INSTITUTES = (
    "Institute",
    "Center",
    "Centre",
    "Foundation",
    "Society",
    "Association",
    "School",
    "College",
    "Agency",
    "Office",
    "Institut",
    "Bank",
    "Council",
    "Fund",
    "University",
    "Zentrum",
    "Stiftung",
)
_FOR = re.compile(rf"[ ](?:for|of|f\u00fcr|pour)[ ](?:the[ ])?{_TOKEN}(?:[ ]{_TOKEN}){{0,2}}")
_CLOCK = re.compile(r"\d{1,2}(?:[:.h]\d{0,2})?(?:\s|$)|\d{4}$")
_DATE = re.compile(
    r"(?:mon|tue|wed|thu|fri|sat|sun|mo|di|mi|do|fr|sa|so|lun|mar|mer|jeu|ven|sam|dim|mi\u00e9|jue|vie|s\u00e1b"
    r"|dom|ter|qua|qui|sex|gio|wo|vr|za|zo)"
    r"\w{0,6}\.?,? (?:[^\W\d_]{3,9}\.? )?\d{1,2}\b|\d{1,2}\.? [^\W\d_]{3,9}\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d{3,}[-/.]|[-/.]\d{3,}|\b[^\W\d_]{3,9} \d{1,2}(?:,|$)|\b\d{1,2} ?[ap]m\b")
"""Numbers of vacancies, days and times of day."""
_POSSESSIVE = re.compile(r"(?:'s|')$")
_LEGAL_WORDS = frozenset({
    "inc", "corp", "co", "ltd", "llc", "llp", "plc", "gmbh", "mbh", "ag", "se", "kg", "kgaa", "ug", "ohg", "eg", "sas", "sa",
    "sarl", "sasu", "slu", "sl", "srl", "spa", "bv", "nv", "lda", "ltda", "limited", "oy", "ab", "as", "aps", "pty",
})  # fmt: skip
_DOTTED = ("s.a", "s.l", "s.r.l", "s.p.a", "b.v", "n.v", "e.v", "a/s")
_PRESENTING = frozenset({"i'm", "am", "name", "bin", "ich", "suis", "m'appelle", "soy", "llamo", "ben", "sou", "sono"})
"""Words of those who say who they are."""
_SIGNING_LINES = 14
_LONGEST_LINE = 70
_MOST = 60
_REPEATED = 0.3
_MOST_REPEATED = 3
_LEAST = 0.9
_HINT = 0.3
_PLACE = 0.8
_WITHIN = frozenset({"in", "en", "a", "\u00e0", "te", "im", "em", "na", "no"})
"""Words that stand before places more often than before companies."""
_PIECE_WORDS = 4


class Mention(NamedTuple):
    """A name and how much speaks for it: 1 is a hint, 5 is the field that holds nothing else."""

    name: str
    weight: float


def name_at(text: str, start: int, languages: tuple[str, ...]) -> str:
    """Return the company name that stands at a place of a text, or an empty string.

    It is a run of capitalised words, cut before words that are no company's and before a job title.
    """
    article = _CAPITAL_ARTICLE.match(text, start)
    skip = _SKIP.match(text, article.end() if article else start)
    begin = skip.end() if skip else start
    run = RUN.match(text, begin)
    if run is None:
        return ""
    name = _cut(run["name"], languages, text)
    if name.endswith(_INSTITUTES):
        further = _FOR.match(text, begin + len(name))
        name += further[0] if further else ""
    if article and name:
        name = f"The {name}"
    return plausible_company(_POSSESSIVE.sub("", name))


def _cut(name: str, languages: tuple[str, ...], text: str = "") -> str:
    """Cut a run of words before the first that is no company's, and before a title; a run that is a title is no company."""
    never = listed("company", "never", languages)
    tokens = name.split(" ")
    for place, token in enumerate(tokens):
        lower = lowered(token).strip(".,")
        if lower in never and (len(tokens) == 1 or (place and not token.isupper())):
            tokens = tokens[:place]
            break
    while tokens and lowered(tokens[-1]) in _LOOSE:
        tokens.pop()
    if tokens and is_title(" ".join(tokens), languages):
        whole = text.count(" ".join(tokens))
        heads = (" ".join(tokens[:place]) for place in range(len(tokens) - 1, 0, -1))
        return next((head for head in heads if not is_title(head, languages) and text.count(head) > whole), "")
    return without_unit(" ".join(tokens), languages)


def without_unit(name: str, languages: tuple[str, ...]) -> str:
    """Return a name without the department behind it: `Acme Research Group` is Acme, `The Hollow Group` stays."""
    tokens = name.split(" ")
    units = listed("company", "unit", languages)
    for place in range(1, len(tokens)):
        rest = [lowered(token) for token in tokens[place:]]
        if rest[0] in units and all(word in units or word in {"group", "&", "and"} for word in rest):
            return " ".join(tokens[:place])
    return " ".join(tokens)


def mentions_in(reading: Reading, headings: Iterable[str] = (), role: str = "") -> Iterator[Mention]:
    """Yield the companies that headings, subject and body name. `role` is the job title, behind which the company may stand."""
    for heading in headings:
        other = Reading(heading, "", reading.languages)
        yield from _of_heading(other, reading, role)
    yield from _of_heading(reading, reading, role)
    for match in _few(_SAYS, reading.subject) if not _SAYING.isdisjoint(reading.words_of_subject) else ():
        name = plausible_company(_cut(match["name"], reading.languages))
        if may_be_company(name, reading.languages):
            yield Mention(name, 2.5)
    yield from _led(reading.body, reading.folded, reading.words, reading.languages, 3.0)
    if role:
        yield from _behind_role(reading.body, reading.folded, role, reading.languages, 3.5)
    for pattern, weight in _patterns(reading):
        for match in _few(pattern, reading.body):
            named = match["name"]
            article = "The " if named.startswith("The ") else ""
            name = plausible_company(_POSSESSIVE.sub("", article + _cut(named.removeprefix("The "), reading.languages)))
            listed_last = role and reading.body.endswith(role, 0, match.start())  # `for Transport Planner, Hull has moved`
            if not listed_last and may_be_company(name, reading.languages):
                yield Mention(name, weight if pattern is not _SAYS or not is_name(name) else _HINT)
    yield from _signing(reading)


def _patterns(reading: Reading) -> Iterator[tuple[re.Pattern[str], float]]:
    """Yield the patterns that the body may hold, with what each weighs; most need words that most mails have not."""
    if any(words in reading.body for words in _AT_US):
        yield _WE, 2.5
    if not _SAYING.isdisjoint(reading.words):
        yield _SAYS, 2.0
    if not _LEGAL_WORDS.isdisjoint(reading.words) or any(form in reading.folded for form in _DOTTED):
        yield _LEGAL_NAME, 1.5
    if "\u00a9" in reading.body or "(c)" in reading.folded or "copyright" in reading.words:
        yield _RIGHTS, 1.5
    if not _PRESENTING.isdisjoint(reading.words):
        yield _RECRUITER, 2.5


def _few(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    for count, match in enumerate(pattern.finditer(text)):
        if count == _MOST:
            return
        yield match


def _of_heading(heading: Reading, reading: Reading, role: str) -> Iterator[Mention]:
    languages = reading.languages
    yield from _led(heading.subject, heading.folded_subject, heading.words_of_subject, languages, 4.0)
    if role:
        yield from _behind_role(heading.subject, heading.folded_subject, role, languages, 4.0)
    beside = lowered(role).partition(", ")[2]
    for piece in _SEPARATED.split(heading.subject):
        if not beside or lowered(piece) not in beside.split(", "):
            yield from _piece(piece, reading)


def _piece(piece: str, reading: Reading) -> Iterator[Mention]:
    """Yield the name in one piece of a heading, if its other words are about hiring."""
    languages = reading.languages
    words = listed("company", "heading", languages)
    tokens = _GENDERED.sub("", piece).split()
    plain = [lowered(token).strip(".,!?'\"#") for token in tokens]
    first = next((place for place, word in enumerate(plain) if word not in words), len(tokens))
    last = next((place for place in range(len(plain) - 1, -1, -1) if plain[place] not in words), -1)
    kept = tokens[first : last + 1]
    if piece.rstrip().endswith("?") or not 0 < len(kept) <= _PIECE_WORDS or not all(_is_big(token) for token in kept):
        return
    name = plausible_company(_POSSESSIVE.sub("", " ".join(kept)))
    if not may_be_company(name, languages):
        return
    if is_name(name):
        yield Mention(name, 0.9)
    else:
        yield Mention(name, 3.0 if f" {lowered(name)}" in f" {reading.folded}" else 1.0)


def _is_big(word: str) -> bool:
    return word[0].isdigit() or word == "&" or any(char.isupper() for char in word)


def _led(text: str, folded: str, words: frozenset[str], languages: tuple[str, ...], weight: float) -> Iterator[Mention]:
    """Yield the names behind words like `interest in` and `interview with`."""
    for key in ("lead", "with"):
        for _, end in all_matches("company", key, folded, words, languages):
            if text[end : end + 1] not in {" ", ":"} and text[end - 1 : end] != "'":
                continue
            name = name_at(text, end, languages)
            if may_be_company(name, languages) and not (key == "with" and is_name(name)):
                yield Mention(name, weight if key == "lead" else weight - 0.25)


def _behind_role(text: str, folded: str, role: str, languages: tuple[str, ...], weight: float) -> Iterator[Mention]:
    """Yield the names behind the role: `Data Engineer (m/w/d) bei der Acme GmbH`, `Data Engineer role at Acme`."""
    at = _at(languages)
    place = folded.find(lowered(role))
    count = 0
    while place >= 0 and count < _PIECE_WORDS:
        behind = at.match(folded, place + len(role))
        if behind is not None:
            name = name_at(text, behind.end(), languages)
            if may_be_company(name, languages):
                told = weight if behind["sure"] or not is_name(name) else weight - 1
                yield Mention(name, _PLACE if behind[0].split()[-1] in _WITHIN and not is_organization(name) else told)
        place = folded.find(lowered(role), place + len(role))
        count += 1


@cache
def _at(languages: tuple[str, ...]) -> re.Pattern[str]:
    words = sorted(listed("company", "at", languages), key=len, reverse=True)
    sure = "|".join(
        re.escape(word)
        for word in words
        if word not in {"in", "en", "a", "\u00e0", "for", "from", "te", "de", "der", "voor", "per", "para", "pour"}
    )
    loose = (
        "|".join(re.escape(word) for word in words if word in {"for", "from", "de", "en", "der", "voor", "per", "para", "pour"})
        or "(?!)"
    )
    gap = (
        r"(?:[ ]?[(\[][^()\[\]\n]{0,40}[)\]]|[-,]?[ ]?#?[a-z]{0,5}-?\d[\w-]{2,15}){0,2}[\"']?(?:[ ](?:position|role"
        r"|job|opening|vacancy|opportunity|internship|stelle|-stelle|application))?[ ,]{1,2}(?:with us[ ])?"
    )
    return re.compile(rf"{gap}(?:(?P<sure>{sure})|(?:{loose}))(?=[ '\"])")


def _signing(reading: Reading) -> Iterator[Mention]:
    """Yield the names of the last lines that speak of a team: `The Acme Recruiting Team`."""
    lines = [line.strip(" *_-|") for line in reading.lines if line]
    team = listed("company", "team")
    for line in lines[-_SIGNING_LINES:]:
        if (
            not 1 < len(line) <= _LONGEST_LINE
            or "@" in line
            or (line.endswith((".", "?", ":")) and not line.endswith(("Inc.", "Ltd.", "Co.")))
        ):
            continue
        for piece in re.split(r"\s[|\u2022\u00b7]\s|,\s|\s-\s", line.strip("!. ")):
            lower = lowered(piece)
            words = lower.split()
            if not any(word.strip(".,") in team for word in words) or len(words) > _PIECE_WORDS * 2:
                continue
            name = plausible_company(piece)
            if (
                name
                and name != piece.strip()
                and len(name.split()) <= _PIECE_WORDS
                and name[0].isupper()
                and may_be_company(name, reading.languages)
            ):
                yield Mention(name, 3.0)


def may_be_company(name: str, languages: tuple[str, ...]) -> bool:
    """Say whether a cleaned name may be a company's: no title, no day, not only words of headings."""
    if not name or is_title(name, languages) or _CLOCK.match(name) or _DATE.match(name) or _NUMBER.search(name):
        return False
    words = [lowered(word).strip(".,'") for word in name.split()]
    heading = listed("company", "heading", languages)
    return not all(word in heading or word in _nameless(languages) for word in words)


@cache
def _nameless(languages: tuple[str, ...]) -> frozenset[str]:
    """Return the words that stand where names might, but for those that companies are called by."""
    return listed("names", "never", languages) - {"systems", "technologies", "solutions", "labs", "robotics", "bank", "group"}


def said(mentions: Iterable[Mention]) -> list[str]:
    """Return the names of mentions, the surest first, each once."""
    ranked = sorted(mentions, key=lambda mention: -mention.weight)
    return list(dict.fromkeys(mention.name for mention in ranked))


def best(mentions: Iterable[Mention], text: str) -> str:
    """Return the company that most speaks for, over all its spellings, or an empty string; of these the one most spoken of.

    `text` is the folded text in which names are counted: a company is named again and again.
    """
    weights: dict[str, float] = {}
    for mention in mentions:
        weights[mention.name] = weights.get(mention.name, 0.0) + mention.weight
    if sum(weights.values()) < _LEAST:
        return ""
    keys = {name: company_key(name) for name in weights}
    total: dict[str, float] = {}
    for name in weights:
        repeated = min(_MOST_REPEATED, text.count(lowered(name)))
        total[name] = sum(weight for other, weight in weights.items() if alike(keys[name], keys[other])) + _REPEATED * repeated
    strongest = max(total.values())
    group = [name for name in weights if total[name] >= strongest - _REPEATED * _MOST_REPEATED]
    leader = max(group, key=lambda name: total[name])
    same = [name for name in group if alike(keys[name], keys[leader])]
    return max(same, key=lambda name: (weights[name] + 0.5 * len(name.split()), len(name)))
