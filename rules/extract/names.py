"""Names of persons: what looks like one, in any script, and how one is written without a form of address."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

from rules.extract.titles import is_title
from rules.extract.words import Terms, listed

__all__ = ["NAME", "UPPER", "is_name", "leading_name", "plain_name"]

_CASED = ((0x41, 0x250), (0x370, 0x530), (0x531, 0x557), (0x1E00, 0x2000))
UPPER = "".join(
    re.escape(chr(code))
    for start, stop in _CASED
    for code in range(start, stop)
    if unicodedata.category(chr(code)) in {"Lu", "Lt"}
)
"""Capital letters of the scripts that have them, as they stand within a character class."""
_LETTER = r"[^\W\d_]"
_WORD = (
    rf"(?:(?:[ODdl]['\u2019]|al-|el-|Al-|El-)?[{UPPER}]{_LETTER}+(?:['\u2019-]{_LETTER}+)*"
    rf"|[{UPPER}]\.(?:[-]?[{UPPER}]\.){{0,2}})"
)
_PARTICLES = frozenset({
    "van", "von", "vom", "zu", "zur", "zum", "der", "den", "de", "del", "della", "dello", "degli", "dei", "di", "da", "das",
    "dos", "do", "du", "des", "la", "le", "lo", "los", "las", "bin", "ibn", "bint", "al", "el", "ter", "ten", "te", "op",
    "het", "'t", "af", "av", "st", "d'", "dal", "san", "ben",
})  # fmt: skip
_PARTICLE = r"(?:" + "|".join(re.escape(word) for word in sorted(_PARTICLES, key=len, reverse=True)) + r")"
NAME = rf"{_WORD}(?:[ ](?:{_PARTICLE}[ ]){{0,3}}{_WORD}){{1,4}}"
"""A name of two to five words with particles (`Ana María de la Cruz`); begins and ends with a capital."""
_ONE = re.compile(NAME)
_TITLES = (
    r"(?:Dr|Prof|Ing|Dott|Dra|Dipl|Mag|PD|Univ|Avv|Arch|Rag|Geom|Lic"
    r"|Pr|Me|Drs|Dhr|Mevr|med|Dr\.-Ing|Dipl\.-Ing|Mr|Mrs|Ms|Mx|Sr|Sra|Mme|M)\b\.?(?:-?[a-z]{1,3}\.?)?[ ]?"
)
_SUFFIX = r"(?:Ph\.?D\.?|MBA|M\.?Sc\.?|B\.?Sc\.?|M\.?A\.?|B\.?A\.?|Jr\.?|Sr\.?|LL\.?M\.?|SHRM-\w+|S?PHR|CPA|PMP|CFA|MD|II|III|IV)"
_WHOLE = re.compile(rf"(?:{_TITLES}){{0,3}}(?P<name>{NAME})(?:,? {_SUFFIX})*")
_LAST_FIRST = re.compile(rf"(?P<last>(?:{_PARTICLE}[ ]){{0,3}}{_WORD}(?:[ ]{_WORD})?), (?P<first>{_WORD}(?:[ ]{_WORD}){{0,2}})")
_EASTERN = r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]"
_WIDE = re.compile(rf"{_EASTERN}{{1,4}}(?:[ \u3000\u00b7]{_EASTERN}{{1,6}})?(?![^\W\d_])")
"""A name in Chinese, Japanese or Korean letters, as it stands alone between others."""
_LONGEST = 60
_MOST_CASELESS = 12
_ADDRESS = re.compile(r"^(?P<word>[^\W\d_]+(?:\.[^\W\d_]+)?\.?)[ ]+(?=\S)")
_CAPITALS = 4
_LONG = 4


@cache
def _never() -> frozenset[str]:
    return frozenset(listed("names", "never") - set(_PARTICLES))


@cache
def _organizations() -> Terms:
    return Terms(listed("company", "organization"))


@cache
def _addresses() -> frozenset[str]:
    return listed("people", "address")


@lru_cache(maxsize=4096)
def is_name(text: str) -> bool:
    """Say whether a text looks like a person's first and last name."""
    text = text.strip()
    if not 1 < len(text) <= _LONGEST:
        return False
    if _is_caseless(text):
        return True
    match = _WHOLE.fullmatch(text)
    if match is None and not _LAST_FIRST.fullmatch(text):
        return False
    words = text.replace(",", " ").split()
    if all(len(word.strip(".")) == 1 or "." in word[:-1] for word in words) or (len(words) > _CAPITALS and text.isupper()):
        return False
    return not any(_is_no_name(word.lower().strip(".,")) for word in words) and not is_title(text)


def _is_no_name(word: str) -> bool:
    return word in _never() or (len(word) >= _LONG and _organizations().have(word))


def _is_caseless(text: str) -> bool:
    """Say whether a text is a name in a script without capitals: at most four short words of letters of it."""
    bare = text.replace(" ", "").replace("\u00b7", "").replace("\u3000", "")
    if not 1 < len(bare) <= _MOST_CASELESS * 3 or len(text.split()) > _CAPITALS:
        return False
    if not all(unicodedata.category(char) in {"Lo", "Mn", "Mc"} for char in bare):
        return False
    wide = any(unicodedata.east_asian_width(char) == "W" for char in bare)
    return len(bare) <= _MOST_CASELESS if wide else len(text.split()) > 1


def plain_name(text: str) -> str:
    """Return a name without `Mr`, `Frau`, `Mme`, if a first and a last name are left; `Last, First` is turned round."""
    text = " ".join(text.split()).strip(" ,;:|*\"'()")
    turned = _LAST_FIRST.fullmatch(text)
    if turned and len(turned["first"].split()) < _CAPITALS and is_name(text):
        text = f"{turned['first']} {turned['last']}"
    for _ in range(3):
        match = _ADDRESS.match(text)
        if match is None or match["word"].lower().strip(".") not in _addresses():
            break
        rest = text[match.end() :]
        if len(rest.split()) < 2 or not is_name(rest):  # noqa: PLR2004 -- `Frau Berger` alone stays what she is called
            break
        text = rest
    return text


def leading_name(text: str) -> str:
    """Return the longest name at the beginning of a text that is one: of `Ada Moe Director, Data` that is `Ada Moe`."""
    match = _ONE.match(text)
    if match is None:
        wide = _WIDE.match(text)
        return wide[0] if wide is not None and is_name(wide[0]) else ""
    words = match[0].split(" ")
    for count in range(len(words), 1, -1):
        name = " ".join(words[:count])
        if words[count - 1] not in _PARTICLES and is_name(name):
            return name
    return ""
