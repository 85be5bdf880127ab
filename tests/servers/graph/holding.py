"""What a mailbox holds, and how it is found: folders, messages, the record of what changed in them."""

from __future__ import annotations

import copy
import functools
import threading
from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Concatenate, ParamSpec, TypeVar

from tests.servers.graph.answers import Json
from tests.servers.graph.mime import Taken, normal_subject, tags
from tests.servers.graph.quirks import Quirks
from tests.servers.graph.store import WELL_KNOWN, Change, Content, Folder, Item, identifier

__all__ = ["Holding", "held"]

P = ParamSpec("P")
R = TypeVar("R")
H = TypeVar("H", bound="Holding")


def held(method: Callable[Concatenate[H, P], R]) -> Callable[Concatenate[H, P], R]:
    """Let a method run under the server's lock: the world acts while requests come."""

    @functools.wraps(method)
    def inside(self: H, /, *args: P.args, **kwargs: P.kwargs) -> R:
        with self.lock:
            return method(self, *args, **kwargs)

    return inside


class Holding:
    """Folders and messages, with what changed in them."""

    def __init__(self, address: str, clock: Callable[[], datetime], lock: threading.RLock | None = None) -> None:
        """Make an empty one; `clock` (aware) stamps what comes without a time, `lock` is the server's."""
        self.lock = lock or threading.RLock()
        self.address = address
        self.name = address.partition("@")[0].replace(".", " ").title()
        self.mail: str | None = address
        """`mail` of the user: None for some personal accounts."""
        self.principal = address
        """`userPrincipalName`."""
        self.aliases: list[str] = []
        """Further addresses, as in proxyAddresses."""
        self.quirks = Quirks()
        self.clock = clock
        self.changes: list[Change] = []
        self.folder_changes: list[Change] = []
        self.number = 0
        """Of the last change."""
        self.epoch = 0
        """State tokens of an earlier one are answered 410."""
        self.rounds: dict[str, Any] = {}
        """What a state token stands for."""
        self.master: dict[str, Json] = {}
        """The master list of categories, by identifier."""
        self.trespasses: list[str] = []
        """Drafts that the user wrote or worked on, and that were changed or removed over HTTP."""
        self.judged = 0
        """So many trespasses were told on."""
        self.folders: dict[str, Folder] = {}
        self._items: dict[str, Item] = {}
        self._plain: dict[str, str] = {}
        """Immutable identifiers by ordinary ones that are in force."""
        self._order: dict[str, list[tuple[datetime, int, str]]] = {}
        self._named: dict[str, list[str]] = {}
        """Items by Message-ID."""
        self._serial = 0
        for known, name in WELL_KNOWN.items():
            parent = "" if known == "msgfolderroot" else self._known_id("msgfolderroot")
            if known in {"conflicts", "localfailures", "serverfailures"}:
                parent = self._known_id("syncissues")
            hidden = known in {"clutter", "recoverableitemsdeletions", "scheduled", "searchfolders"}
            self._place(Folder(self._known_id(known), name, parent, known, hidden))

    def _known_id(self, known: str) -> str:
        return identifier("AQMkAD", "folder", self.address, known)

    def names(self) -> set[str]:
        """Return all addresses of it, in lower case."""
        return {one.lower() for one in (self.address, self.principal, self.mail or "", *self.aliases) if one}

    def folder_id(self, name: str) -> str:
        """Return the identifier of a folder by its well-known name or its identifier; raises LookupError."""
        known = self._known_id(name.lower())
        if known in self.folders:
            return known
        if name in self.folders:
            return name
        raise LookupError(name)

    # -- looking

    @held
    def items(self, folder: str | None = None) -> list[Item]:
        """Return all messages, or those of a folder, drafts included, oldest first."""
        if folder is not None:
            return [self._items[key] for _, _, key in self._order[self.folder_id(folder)]]
        return sorted(self._items.values(), key=lambda one: one.order)

    def order(self, folder: str) -> Sequence[tuple[datetime, int, str]]:
        """Return (received, serial, immutable identifier) of what is in a folder (its identifier), oldest first."""
        return self._order[folder]

    @property
    def size(self) -> int:
        """Return how many messages there are."""
        return len(self._items)

    def get(self, name: str) -> Item | None:
        """Return a message by an identifier that is in force, of either kind."""
        return self._items.get(self._plain.get(name, name))

    def item(self, key: str) -> Item:
        """Return a message that is there."""
        return self._items[key]

    @held
    def named(self, message_id: str) -> list[Item]:
        """Return the messages with a Message-ID, with or without its brackets."""
        return [self._items[key] for key in self._named.get(f"<{message_id.strip('<>')}>", ())]

    @held
    def draft_of(self, message_id: str) -> Item:
        """Return the draft with that Message-ID; raises LookupError."""
        for one in self.named(message_id):
            if one.draft:
                return one
        raise LookupError(message_id)

    def conversation(self, mail: Taken) -> str:
        """Return the conversation of a message that this one answers, with the same subject; empty: none."""
        wanted = normal_subject(mail.header("Subject"))
        for name in (*tags(mail.header("In-Reply-To")), *reversed(tags(mail.header("References")))):
            for one in self.named(name):
                if normal_subject(one.subject) == wanted:
                    return one.conversation
        return ""

    # -- as it was

    @held
    def fill(self, mails: Iterable[tuple[str, datetime, Content]]) -> None:
        """Take in many messages that were there before anybody looked: folder, when it was received, what it is."""
        names = {known: self._known_id(known) for known in WELL_KNOWN}
        for folder, moment, content in mails:
            one = self._new(content, names.get(folder, folder), moment)
            one.conversation = identifier("AAQkAD", "conversation", one.serial)
            one.written_here = folder == "sentitems"
            one.read = True
            self._items[one.key] = one
            self._order[one.folder].append((one.received, one.serial, one.key))
            self._named.setdefault(content.message_id(), []).append(one.key)
        for order in self._order.values():
            order.sort()

    @held
    def snapshot(self) -> dict[str, Any]:
        """Return all that it holds, for `restore`."""
        return copy.deepcopy({name: value for name, value in vars(self).items() if name not in {"lock", "clock"}})

    @held
    def restore(self, snapshot: Mapping[str, Any]) -> None:
        """Hold again what it held then, the next identifiers included."""
        vars(self).update(copy.deepcopy(dict(snapshot)))

    # -- changing

    def _place(self, folder: Folder) -> None:
        self.folders[folder.id] = folder
        self._order[folder.id] = []

    def _folder_changed(self, key: str, reason: str = "") -> None:
        self.number += 1
        self.folder_changes.append(Change(self.number, "", key, reason))

    def make(self, folder: str) -> Item:
        """Return a new item, not yet in its place."""
        return self._new(None, folder, None)

    def add(self, one: Item, *, told: bool = True) -> None:
        """Put an item in its place; `told`: its folder tells of it."""
        self._items[one.key] = one
        self._plain[one.id] = one.key
        insort(self._order[one.folder], (one.received, one.serial, one.key))
        if one.message_id:
            self._named.setdefault(one.message_id, []).append(one.key)
        if told:
            self._changed(one)

    def touched(self, one: Item, *, flags: bool = False, at: datetime | None = None) -> None:
        """Give an item that was changed another version."""
        one.version += 1
        one.modified = self.clock() if at is None else at
        self._changed(one, flags=flags)

    def renamed(self, one: Item, before: str) -> None:
        """Know an item by another Message-ID than before."""
        if one.message_id != before:
            if before:
                self._named[before].remove(one.key)
            if one.message_id:
                self._named.setdefault(one.message_id, []).append(one.key)

    def own_message_id(self, one: Item) -> str:
        """Return a Message-ID as the service makes them."""
        host = self.address.rpartition("@")[2]
        return f"<{identifier('MW', 'name', one.key, one.version)[:38].upper()}@mwhpr.{host}>"

    def _new(self, content: Content | None, folder: str, at: datetime | None) -> Item:
        self._serial += 1
        moment = self.clock() if at is None else at
        key = identifier("AAkALg", "item", self.address, self._serial)
        return Item(key, self._serial, folder, moment, moment, moment, content, "")

    def _forget(self, one: Item, reason: str) -> None:
        order = self._order[one.folder]
        del order[bisect_left(order, (one.received, one.serial, one.key))]
        del self._items[one.key]
        self._plain.pop(one.id, None)
        if one.message_id:
            self._named[one.message_id].remove(one.key)
        self.number += 1
        self.changes.append(Change(self.number, one.folder, one.key, reason, plain=one.id))

    def _changed(self, one: Item, *, flags: bool = False) -> None:
        self.number += 1
        self.changes.append(Change(self.number, one.folder, one.key, flags=flags))
