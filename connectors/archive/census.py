"""Whose mailbox it is, as far as its mail tells."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from rules.mail import Role
from rules.mail.headers import address_of, addresses

__all__ = ["Census"]

_MOST = 20_000
_KEPT = 5_000
_SENT_SHARE = 0.02
_DELIVERED_SHARE = 0.1
_TO_SHARE = 0.2
_FEW = 5


@dataclass(slots=True)
class Census:
    """Counts of addresses over a whole mailbox; their number is bounded, whatever the mailbox."""

    sent: Counter[str] = field(default_factory=Counter)
    """From of what stands in Sent."""
    delivered: Counter[str] = field(default_factory=Counter)
    """To whom the last server delivered (Delivered-To and its like)."""
    to: Counter[str] = field(default_factory=Counter)
    """The one recipient of mail that has only one."""
    names: dict[str, str] = field(default_factory=dict)
    """What an address is called, by the first mail that calls it anything."""

    def count(self, fields: dict[str, str], role: Role | None) -> None:
        """Take note of one message by its header fields (lower-case names)."""
        sender = address_of(fields.get("from") or "")
        self._name(sender.address, sender.name)
        if role is Role.SENT:
            self._add(self.sent, sender.address)
            return
        place = next((fields[name] for name in ("delivered-to", "x-original-to", "envelope-to") if name in fields), "")
        self._add(self.delivered, address_of(place).address)
        to = addresses(fields.get("to") or "")[:2]
        if len(to) == 1 and "cc" not in fields:
            self._name(to[0].address, to[0].name)
            self._add(self.to, to[0].address)

    def occurs(self, address: str) -> int:
        """Return how often an address is the user's by the look of it."""
        return self.sent[address] + self.delivered[address] + self.to[address]

    def owners(self) -> tuple[str, ...]:
        """Return the addresses that are the user's own by all appearances, the most frequent first; none when nothing tells.

        From of sent mail, and to whom the last server delivered; only where neither is there, to whom most mail goes.
        """
        found = [*_frequent(self.sent, _SENT_SHARE), *_frequent(self.delivered, _DELIVERED_SHARE)]
        if not found:
            found = list(_frequent(self.to, _TO_SHARE))
        return tuple(sorted(dict.fromkeys(found), key=lambda address: (-self.occurs(address), address)))

    def name_of(self, address: str) -> str:
        """Return what an address is called; empty when no mail says."""
        name = self.names.get(address, "")
        return "" if "@" in name else name

    def _name(self, address: str, name: str) -> None:
        if address and name and len(self.names) < _MOST:
            self.names.setdefault(address, name)

    def _add(self, counter: Counter[str], address: str) -> None:
        if not address:
            return
        counter[address] += 1
        if len(counter) > _MOST:
            kept = counter.most_common(_KEPT)
            counter.clear()
            counter.update(dict(kept))


def _frequent(counter: Counter[str], share: float) -> list[str]:
    total = counter.total()
    least = max(total * share, 2 if total >= _FEW else 1)
    return [address for address, count in counter.most_common(20) if count >= least]
