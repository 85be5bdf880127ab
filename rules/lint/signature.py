"""How a draft ends: a polite closing, the full name, telephone and address (C5)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rules.lint.context import Context
from rules.lint.roster import letters
from rules.lint.sentences import closes, is_closing
from rules.lint.types import Finding, Severity
from rules.lint.written import WORD, Written

__all__ = ["check_signature"]

_PHONE = re.compile(r"(?<![\w.])\+?\(?\d(?:[\s()./\u00a0\u2011-]{0,3}\d){5,16}(?![\w])")
_MAIL = re.compile(r"[^\s@<>\"'(),;:]{1,64}@[^\s@<>\"'(),;:]{1,190}\.[^\s@<>\"'(),;:.]{2,30}")
_FEWEST = 6
_RULES = ("C5",)


def _digits(text: str) -> str:
    return "".join(character for character in text if character.isdigit())


def _has_phone(text: str, phone: str) -> bool:
    """Say whether the number stands there, in whatever grouping; without a number of the user's own any will do."""
    numbers = [_digits(found.group()) for found in _PHONE.finditer(text)]
    if not phone:
        return bool(numbers)
    if phone in text:
        return True
    own = _digits(phone)[-9:]
    return any(number.endswith(own) or own.endswith(number) for number in numbers if len(number) >= _FEWEST)


def _bears(line: str, name: str) -> bool:
    """Say whether a line holds every word of a name, whatever stands between them: an initial, a maiden name."""
    words = {word.casefold() for word in WORD.findall(line)}
    own = {word.casefold() for word in WORD.findall(name)}
    return bool(own) and own <= words


def check_signature(written: Written, context: Context) -> Iterator[Finding]:
    """Tell what the end of a draft lacks; of a mail of no known kind it is no more than a remark."""
    if context.kind is not None and context.kind.to_self:
        return
    below, profile = written.signature, context.profile
    grave = Severity.BLOCK if context.kind is not None else Severity.WARN
    first, second = (*(line.strip() for line in below.split("\n") if line.strip()), "", "")[:2]
    name = profile.name if profile is not None else ""
    # What closes a mail in words of one's own stands above the name, and ends in a comma.
    own_words = bool(name) and first.endswith((",", "!")) and (letters(name) in letters(second) or _bears(second, name))
    if not is_closing(first) and not own_words and not closes(first, second):
        yield Finding(
            "signature.closing",
            Severity.WARN,
            "It ends without a polite closing.",
            "Put `Best regards,` or the like above your name.",
            rules=_RULES,
        )
    if name and letters(name) not in letters(below) and not any(_bears(line, name) for line in below.split("\n")):
        yield Finding(
            "signature.name",
            grave,
            "Your full name does not stand below it.",
            f"Sign it with {name}.",
            rules=(*_RULES, "C4"),
        )
    if not _has_phone(below, profile.phone if profile is not None else ""):
        known = profile is not None and profile.phone
        other = _PHONE.search(below)
        yield Finding(
            "signature.phone",
            grave,
            "Your telephone number does not stand below it."
            if other is None
            else f"The telephone number below it, {other.group()}, is not the one in your configuration.",
            f"Add {profile.phone} below your name."
            if profile is not None and known and other is None
            else f"Write {profile.phone}, or change user.phone."
            if profile is not None and known
            else "Set user.phone in the configuration, and add it here.",
            rules=_RULES,
        )
    addresses = {found.group().lower() for found in _MAIL.finditer(below)}
    own = {profile.email.lower(), *profile.addresses} if profile is not None else addresses
    if not addresses & own:
        where = f"Add {profile.email} below your name." if profile is not None and profile.email else "Add it below your name."
        yield Finding(
            "signature.email",
            grave,
            f"The mail address below it, {min(addresses)}, is none of yours in the configuration."
            if addresses
            else "Your mail address does not stand below it, where people look for it later.",
            f"{where} Drafts take it from user.email in the configuration.",
            rules=_RULES,
        )
