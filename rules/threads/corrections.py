"""What the user said of which messages belong together. It wins over all evidence, whatever is found later.

Corrections are read in the order in which they were made; a later one wins over an earlier one. Messages are named by identity,
so that they hold though all else is read anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

__all__ = ["Correction", "Pins", "pins_of"]

Pins = Mapping[str, str]
"""Identity of a message to the label of its process: one label is one process, two labels are two."""


@dataclass(frozen=True, slots=True)
class Correction:
    """One word of the user's.

    `leaves` are apart from `stays`. With `joins`: `leaves` belong to them, or, where nothing leaves, `stays` do.
    """

    name: str
    """Unique among the corrections of an account; labels are made of it."""
    leaves: tuple[str, ...] = ()
    stays: tuple[str, ...] = ()
    joins: tuple[str, ...] = ()


def pins_of(corrections: Iterable[Correction]) -> dict[str, str]:
    """Return the label of every message that was spoken of, after all corrections, oldest first."""
    pins: dict[str, str] = {}
    for one in corrections:
        if one.leaves:
            gone = frozenset(one.leaves)
            _unite(pins, [each for each in one.stays if each not in gone], f"{one.name}s")
            label = _unite(pins, [each for each in one.joins if each not in gone], f"{one.name}j") if one.joins else ""
            pins.update(dict.fromkeys(one.leaves, label or f"{one.name}l"))
        else:
            _unite(pins, (*one.stays, *one.joins), f"{one.name}s")
    return pins


def _unite(pins: dict[str, str], identities: Iterable[str], fresh: str) -> str:
    """Give these messages, and all that stand with any of them, one label; return it."""
    identities = list(identities)
    held = {pins[each] for each in identities if each in pins}
    label = min(held, default=fresh)
    if len(held) > 1:
        for each, known in pins.items():
            if known in held:
                pins[each] = label
    pins.update(dict.fromkeys(identities, label))
    return label
