"""The grammar of days, over the classes of words (`lexicon`): the same for all languages, and without unbounded repetition."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["DAYS", "TAGS"]


def _weekday(index: int) -> str:
    return rf"(?:(?:[NCY] )?(?P<w{index}>[WwXd])\.? ?[,|)-]? ?(?:[fkgdiG] ){{0,2}})?"


def _year(index: int) -> str:
    return rf"(?:,? (?:[fk] )?|[-/.,])(?P<y{index}>y)"


def _behind(index: int) -> str:
    """Return the grammar of a weekday behind a numeric date that is not the next one's: `03/04 (Friday)`."""
    return rf"(?:,? \(?(?P<v{index}>W)\)?(?!\.?,? (?:f )?n))?"


_OF = r"[.o&]?(?: |[-/.] ?)?(?:[fd] ){0,2}"
_WEEK = r" P(?=,? [kGb]|[.,;!?)\n]|$)"
_SHORT_END = r"(?![nyjz$:]|[/:.-][ny]| ?[AUc]| ?- ?n[:.])"
"""What stands behind two numbers that are a date: no third one, and nothing that makes them a time."""
_ALTERNATIVES = (
    # 3 to 5 March; vom 3. bis zum 5. März 2026
    _weekday(1)
    + r"(?P<n1>n)[.o&]?(?:(?: ?[-/] ?| t (?:[fkidG] ){0,2})(?:[WwXd]\.?,? (?:[fkd] ){0,2})?"
    + r"| [&kG] (?:[fkidG] ){0,2}(?(w1)(?:[WwXd]\.?,? )?|))"
    + rf"(?P<e1>n){_OF}(?P<m1>[MmX])(?![z#])\.?(?:{_year(1)})?",
    # Tuesday, 3 March 2026; mardi 3 mars; el martes, 3 de marzo de 2026; 3-Mar-2026; 3-Mar-26
    _weekday(2) + rf"(?P<n2>n){_OF}(?P<m2>[MmX])(?![z#])\.?(?:{_year(2)}|-(?P<s2>n)(?![:n]))?",
    # March 3rd, 2026; March 3 to 5
    _weekday(3)
    + r"(?P<m3>[MmX])(?![z#])\.?[ -](?:f )?(?P<n3>n)o?(?![nyjz]|[:h.]n| ?[AUc])"
    + rf"(?:(?: ?[-/] ?| [t&] )(?P<e3>n)o?(?![nyjz]|[:.]n| ?[AUc]| ?- ?n))?(?:{_year(3)})?",
    # 2026-03-03
    r"(?P<y4>y)(?P<s4>[-/.])(?P<m4>n)(?P=s4)(?P<n4>n)(?![nyj])",
    # 03.04.2026; 3/4/26
    _weekday(5) + r"(?P<n5>n)(?P<s5>[/.-]) ?(?P<m5>n)(?P=s5)(?: (?=y))?(?P<y5>y|n(?! ?[UcA]))(?![nyj$]|[./:-]n)" + _behind(5),
    # Wednesday 12/2; Di. 03.03.
    rf"(?:[NCY] )?(?P<w6>[WwXd])\.?,? \(?(?:[fkgdi] ){{0,2}}(?P<n6>n)(?P<s6>[/.-])(?P<m6>n){_SHORT_END}\.?",
    # am 3.3.; by 12/22
    rf"(?:[fgtkbiLO] (?:[fi] )?|- )(?P<n7>n)(?P<s7>[/.-])(?P<m7>n){_SHORT_END}\.?" + _behind(7),
    # 3/3 à 14h; 3.3. 14 Uhr: a time right behind makes it a date
    r"(?P<n12>n)(?P<s12>[/.])(?P<m12>n)(?![nyjz$:/])\.?(?=,? ?(?:[-(] ?)?(?:[kGfb] ){0,2}n ?(?:[UcA]|:n))",
    # today; tomorrow
    rf"(?:(?P<p8>s),? )?(?P<rel8>T)(?:,? (?P<x8>s)|(?P<g8>{_WEEK}))?",
    # Thursday week; jeudi en huit; a week on Friday;
    # next Tuesday; mardi prochain; Tuesday next week; KW 10, Dienstag; Monday the 30th; nächste Woche Dienstag
    (
        r"(?:(?:(?P<k9>K)|S\.? ?(?P<s9>n)),? (?:[fkg] ){0,2})?(?:(?P<q9>[NCYl]) (?:[CNYfi] )?)?"
        rf"(?:(?P<p9>s),? )?(?P<w9>[WX]|w(?=,? (?:n )?[Gb] ))(?![-/]W| - W)"
        rf"(?:,? (?P<x9>s)|(?P<g9>{_WEEK}))?(?: (?P<r9>[NCYl])(?! [WP]))?"
        r"(?:,? (?:[fk] )?\(?(?:(?P<l9>K)|S\.? ?(?P<z9>n)))?(?P<b9>)"
        r"(?:,? (?P<f9>[fi] ){0,2}(?P<n9>n)(?P<o9>[o.&]?)(?![nyj:$]|[.:]n|[-/]| ?[-&tAUcQq]| O (?:[kGf] )?n(?: ?[UcA]|:n)))?"
    ),
    # on the 3rd; am 3. um zehn; le 3 à 14h
    (
        r"(?:[ftkg] (?:f )?|f)(?P<n10>n)(?:(?P<o10>o)|[ .&o]?(?=\.?,? [kG] ?[nuH]|,? \(?n[:.]?[nUcA]| ?[,;)] ?[kG] ))"
        r"(?! ?(?:[fd] ){0,2}[MmX]| [kt&G] n[.o]? ?(?:f )?[MmX])"
    ),
    # dia 3
    r"i (?P<n11>n)(?![nyjz:/$]|[.-]n| (?:[fd] ){0,2}[MmX])",
)
_BEGINNING = (
    # Not within a word or a number, not behind the minutes of a time, not the second of `Mon-Fri`.
    r"(?<![nyjz$cU])(?<!n[:.])(?<!W[-/])(?<!W - )(?=[WwXdnyMmTNCYKSls]|(?:[fgtkibLO] (?:[fi] )?|- )n)"
)
DAYS: Final = re.compile(f"{_BEGINNING}(?:{'|'.join(_ALTERNATIVES)})")
TAGS: Final = ("n1", "n2", "n3", "n4", "n5", "n6", "n7", "n12", "rel8", "w9", "n10", "n11")
"""The groups of which one is in every match; it tells what kind of day it is."""
