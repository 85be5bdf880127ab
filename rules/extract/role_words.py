"""What of some words is a role: where it ends, and whether it is one at all."""

from __future__ import annotations

from functools import cache

from rules.extract import role_grammar as grammar
from rules.extract.company import is_organization
from rules.extract.reading import Reading, lowered
from rules.extract.titles import clean_role, is_title
from rules.extract.words import listed
from rules.language import ENGLISH, LANGUAGES

__all__ = ["RoleWords", "listed_role"]

_MOST_TOKENS = 11
_WIDE = 120
_SHORT = 3
_SURE_WORDS = 8


@cache
def listed_role(key: str, languages: tuple[str, ...]) -> frozenset[str]:
    """Return a list of `[role]` over some languages."""
    return listed("role", key, languages)


@cache
def _leads(languages: tuple[str, ...]) -> frozenset[str]:
    """Return the words of headings that begin no title in the languages of a mail: English ones do (`Application Engineer`).

    In an English mail, the words of others do as well: `Stage Designer`, `Offer Manager`.
    """
    if languages[:1] == (ENGLISH,):
        return frozenset()
    others = tuple(language for language in LANGUAGES if language != ENGLISH)
    return listed("role", "edge", others) - listed("role", "edge", (ENGLISH,))


@cache
def _clause(languages: tuple[str, ...]) -> frozenset[str]:
    """Return the words that stand in clauses and in no title."""
    return frozenset(
        {"we", "you", "your", "our", "is", "are", "was", "will", "has", "have", "that", "which", "who"}
    ) & listed_role("stop", languages)


class RoleWords:
    """Tells the role in words of one mail."""

    def __init__(self, reading: Reading) -> None:
        """Take a mail."""
        self.reading = reading
        self.languages = reading.languages

    def is_company(self, role: str) -> bool:
        """Say whether words of a heading are rather a company's, or about hiring."""
        plain = lowered(role).split()
        about = listed("company", "heading", self.languages)
        return is_organization(role) or any(word in about or word in listed_role("never", self.languages) for word in plain)

    def behind(self, text: str, start: int) -> str:
        """Return the words from a place on that may be a role: up to the end of the clause or a word that ends roles."""
        lead = (grammar.LIST if text[start - 1 : start] == ":" else grammar.LEAD_IN).match(text, start)
        start = lead.end() if lead else start
        quoted = grammar.QUOTED.match(text, start)
        if quoted:
            return quoted["role"]
        chunk = text[start : start + _WIDE]
        hard = grammar.HARD.search(chunk)
        chunk = chunk[: hard.start()] if hard else chunk
        mark = grammar.MARK.search(chunk)
        if mark:
            return chunk[: mark.start()]
        return " ".join(self.taken(self.without_list(chunk).split()))

    def without_list(self, chunk: str) -> str:
        """Cut a clause at its comma, unless a short capitalised word behind it ends the clause (`Engineer, Product`)."""
        comma = grammar.COMMA.search(chunk)
        if comma is None:
            return chunk
        rest = chunk[comma.end() :]
        tokens = self.taken(rest.split()[: _SHORT + 1])
        whole = 0 < len(tokens) < _SHORT and all(token[:1].isupper() for token in tokens)
        behind = {lowered(word) for word in rest.split()[len(tokens) :][:1]}
        ends = not behind or not behind.isdisjoint(listed_role("noun", self.languages) | listed("company", "at", self.languages))
        if whole and ends and is_title(chunk[: comma.start()], self.languages):
            return f"{chunk[: comma.start()]}, {' '.join(tokens)}"
        return chunk[: comma.start()]

    def taken(self, tokens: list[str]) -> list[str]:
        """Return the tokens up to the first that ends a role."""
        stop = listed_role("stop", self.languages)
        kept: list[str] = []
        titled = self.languages[:1] in {("de",), ("en",)}
        for place, token in enumerate(tokens[:_MOST_TOKENS]):
            lower = lowered(token).strip(".,\"')")
            previous = lowered(kept[-1]) if kept else ""
            following = tokens[place + 1 : place + 2]
            numbered = all(any(char.isdigit() for char in word) for word in kept)
            opens = numbered and token[:1].isupper() and bool(following) and following[0][:1].isupper()  # `Process Engineer`
            if (
                lower in stop
                and not opens
                and not (previous in grammar.BINDING and lower in grammar.ARTICLES)
                and not token.isupper()
            ):
                break
            if (previous in grammar.JOINING and token[:1].islower()) or (
                titled and token.islower() and self.ends(kept, lower, following)
            ):
                break
            kept.append(token)
        while kept and kept[-1] in grammar.TRAILING:
            kept.pop()
        return kept

    def ends(self, kept: list[str], lower: str, following: list[str]) -> bool:
        """Say whether a small word ends a title, in languages that write titles with capitals: `Data Engineer gefällt uns`."""
        if not kept or not lower.isalpha() or not all(word[:1].isupper() or lowered(word) in grammar.TRAILING for word in kept):
            return False
        if lower in grammar.BINDING | grammar.ARTICLES | grammar.JOINING or (following and following[0][:1].isupper()):
            return False
        return is_title(" ".join(kept), self.languages)

    def title(self, text: str, *, whole: bool = False) -> str:
        """Return a text as a role if it is a job title."""
        role = self.without_lead(clean_role(text, self.languages))
        if (
            not role
            or self.is_nothing(role)
            or (
                whole and (grammar.RUNS_ON.search(role) or any(lowered(word) in _clause(self.languages) for word in role.split()))
            )
        ):
            return ""
        return role

    def without_lead(self, role: str) -> str:
        """Return a title without words of hiring before it: `oferta Analista de Datos`, `First interview - Service Manager`."""
        about = listed("company", "heading")
        while (split := grammar.DASH.search(role)) and all(
            lowered(word).strip(".,:") in about for word in role[: split.start()].split()
        ):
            role = role[split.end() :]
        first, _, rest = role.partition(" ")
        while rest and lowered(first).strip(":") in _leads(self.languages) and is_title(rest, self.languages):
            role = rest
            first, _, rest = role.partition(" ")
        return role

    def named(self, text: str) -> str:
        """Return a text as a role though it is no known title: capitalised throughout, and of words that are not about hiring."""
        role = clean_role(text, self.languages, sure=True)
        words = role.split()
        if not 0 < len(words) <= _SURE_WORDS or self.is_nothing(role) or not role[0].isalpha():
            return ""
        never = listed_role("never", self.languages) | listed_role("stop", self.languages)
        big = [word for word in words if len(word) > _SHORT]
        if not big or any(lowered(word).strip(".,'\"") in never for word in words):
            return ""
        return role if all(word[0].isupper() or not word[0].isalpha() for word in big) else ""

    def is_nothing(self, role: str) -> bool:
        """Say whether the words of a role are all about hiring (`Interview`, `Hiring Manager interview`)."""
        never = listed_role("never", self.languages)
        words = [lowered(word).strip(".,'\"") for word in role.split()]
        lower = " ".join(words)
        return (
            all(word in never or word in listed("company", "heading") for word in words)
            or words[0] in {"hiring", "recruiter", "your", "our", "my", "this", "ihre", "votre"}
            or lower in {"hiring manager", "recruiter", "candidate"}
            or any(word in {"we", "you", "your", "is", "are", "was", "wir", "sie", "nous", "vous"} for word in words)
        )
