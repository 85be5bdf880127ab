"""One mailbox, and the world around it: who delivers mail, and what the user does in Outlook.

Nothing of this goes over HTTP. What the service does with each step is read from the pages that `quirks.py` and the modules of
the methods name.
"""

from __future__ import annotations

import copy
import functools
import threading
from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Concatenate, ParamSpec, TypeVar

from tests.servers.graph.answers import Json
from tests.servers.graph.meetings import meeting_of
from tests.servers.graph.mime import Taken, instant, normal_subject, tags, taken
from tests.servers.graph.quirks import Quirks
from tests.servers.graph.store import WELL_KNOWN, Change, Content, Folder, Item, Mail, identifier

__all__ = ["Mailbox"]

P = ParamSpec("P")
R = TypeVar("R")


def _held(method: Callable[Concatenate[Mailbox, P], R]) -> Callable[Concatenate[Mailbox, P], R]:
    """Let a method run under the server's lock: the world acts while requests come."""

    @functools.wraps(method)
    def inside(self: Mailbox, /, *args: P.args, **kwargs: P.kwargs) -> R:
        with self.lock:
            return method(self, *args, **kwargs)

    return inside


class Mailbox:
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

    # -- folders

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

    @_held
    def add_folder(self, name: str, parent: str = "msgfolderroot", *, hidden: bool = False, kind: str = "") -> str:
        """Let the user make a folder; returns its identifier."""
        self._serial += 1
        made = Folder(identifier("AAMkAD", "folder", self.address, self._serial), name, self.folder_id(parent), "", hidden, kind)
        self._place(made)
        self._folder_changed(made.id)
        return made.id

    @_held
    def rename_folder(self, folder: str, name: str) -> None:
        """Let the user give a folder another name."""
        self.folders[self.folder_id(folder)].name = name
        self._folder_changed(self.folder_id(folder))

    @_held
    def move_folder(self, folder: str, parent: str) -> None:
        """Let the user put a folder into another."""
        self.folders[self.folder_id(folder)].parent = self.folder_id(parent)
        self._folder_changed(self.folder_id(folder))

    @_held
    def remove_folder(self, folder: str) -> None:
        """Remove a folder for good, with those in it and all mail."""
        key = self.folder_id(folder)
        for child in [one.id for one in self.folders.values() if one.parent == key]:
            self.remove_folder(child)
        for _, _, item in list(self._order[key]):
            self.delete(item)
        del self.folders[key], self._order[key]
        self._folder_changed(key, "deleted")

    def _place(self, folder: Folder) -> None:
        self.folders[folder.id] = folder
        self._order[folder.id] = []

    def _folder_changed(self, key: str, reason: str = "") -> None:
        self.number += 1
        self.folder_changes.append(Change(self.number, "", key, reason))

    # -- looking

    @_held
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

    @_held
    def named(self, message_id: str) -> list[Item]:
        """Return the messages with a Message-ID, with or without its brackets."""
        return [self._items[key] for key in self._named.get(f"<{message_id.strip('<>')}>", ())]

    @_held
    def draft_of(self, message_id: str) -> Item:
        """Return the draft with that Message-ID; raises LookupError."""
        for one in self.named(message_id):
            if one.draft:
                return one
        raise LookupError(message_id)

    # -- what others do

    @_held
    def deliver(
        self,
        raw: bytes,
        folder: str = "inbox",
        at: datetime | None = None,
        *,
        read: bool | None = None,
        categories: Iterable[str] = (),
        focused: bool = True,
        item_class: str = "",
    ) -> str:
        """Let a message come into a folder; `at` (aware) is when it was received, None: now. Returns its immutable identifier."""
        mail = taken(raw)
        key = self.folder_id(folder)
        sent = self.folders[key].known == "sentitems"
        one = self._new(Mail(raw, mail), key, at)
        one.conversation = self.conversation(mail) or identifier("AAQkAD", "conversation", one.key)
        one.read = sent if read is None else read
        one.written_here = sent
        one.set["categories"] = list(categories)
        one.set["inferenceClassification"] = "focused" if focused else "other"
        meeting = meeting_of(mail)
        if meeting is not None:
            one.kind, one.item_class, one.meeting = meeting
        elif mail.calendar:
            one.set["hasAttachments"] = True
        one.item_class = item_class or one.item_class
        self._names_original(one, mail.header("In-Reply-To"), mail.header("References"))
        self.add(one)
        return one.key

    @_held
    def save_draft(self, raw: bytes, at: datetime | None = None, conversation: str = "") -> str:
        """Let the user write a draft; returns its immutable identifier."""
        mail = taken(raw)
        one = self._new(Mail(raw, mail), self.folder_id("drafts"), at)
        one.conversation = conversation or self.conversation(mail) or identifier("AAQkAD", "conversation", one.key)
        one.draft = one.read = one.written_here = one.users = True
        one.set["categories"] = []
        self._names_original(one, mail.header("In-Reply-To"), mail.header("References"))
        self.add(one)
        return one.key

    @_held
    def edit_draft(self, key: str, raw: bytes, at: datetime | None = None) -> str:
        """Let the user save other words in a draft; returns its immutable identifier, another one if the client makes it so."""
        one = self._items[key]
        mail = taken(raw)
        if not self.quirks.edits_in_place or (mail.message_id and mail.message_id != one.message_id):
            conversation = one.conversation
            self.delete(key)
            return self.save_draft(raw, at, conversation)
        self._say(one, raw, mail)
        one.users = True
        self.touched(one, at=at)
        return key

    @_held
    def edit_body(self, key: str, change: Callable[[str], str], at: datetime | None = None) -> None:
        """Let the user change the HTML of a draft where it stands."""
        one = self._items[key]
        body = dict(one.get("body") or {"contentType": "html"})
        one.set["body"] = body | {"content": change(one.html)}
        one.users, one.source_stands = True, False
        self.touched(one, at=at)

    @_held
    def look_at(self, key: str) -> None:
        """Let a client save a draft that was only opened: the same words, another version."""
        self.touched(self._items[key])

    @_held
    def send_draft(self, key: str, raw: bytes | None = None, at: datetime | None = None) -> str:
        """Let the user press Send; with `raw` that text is sent instead. Returns the immutable identifier of what is in Sent.

        https://learn.microsoft.com/en-us/graph/outlook-immutable-id#immutable-id-with-sending-mail says that it stays the same;
        clients have seen others (`sends_under_new_id`).
        """
        one = self._items[key]
        moment = self.clock() if at is None else at
        if self.quirks.sends_under_new_id:
            self._forget(one, "deleted")
            self._serial += 1
            one.serial, one.key, one.moves = self._serial, identifier("AAkALg", "item", self.address, self._serial), 0
        else:
            self._forget(one, self.quirks.removed_reason)
            one.moves += 1
        if raw is not None:
            self._say(one, raw, taken(raw))
        one.folder, one.draft, one.received, one.created, one.modified = (
            self.folder_id("sentitems"),
            False,
            moment,
            moment,
            moment,
        )
        one.set["sentDateTime"] = instant(moment)
        one.read = one.written_here = True
        if not one.message_id or self.quirks.renames_sent:
            one.set["internetMessageId"] = self.own_message_id(one)
            one.source_stands = False
        if one.original is not None and "String 0x1042" not in one.extended:
            self._names_original(one, *one.original)
        one.version += 1
        self.add(one)
        return one.key

    @_held
    def move(self, key: str, folder: str) -> str:
        """Move a message: its immutable identifier stays, its ordinary one does not."""
        one = self._items[key]
        target = self.folder_id(folder)
        if one.folder != target:
            self._forget(one, self.quirks.removed_reason)
            one.folder, one.moves, one.version, one.modified = target, one.moves + 1, one.version + 1, self.clock()
            self.add(one, told=not self.quirks.moves_untold)
        return one.key

    @_held
    def delete(self, key: str) -> None:
        """Remove a message for good."""
        self._forget(self._items[key], "deleted")

    @_held
    def set_read(self, key: str, *, read: bool = True) -> None:
        """Let the user read a message, or mark it as unread."""
        self._items[key].read = read
        self.touched(self._items[key], flags=True)

    @_held
    def categorize(self, key: str, names: Iterable[str]) -> None:
        """Let the user give a message these categories and no others."""
        self._items[key].set["categories"] = list(names)
        self.touched(self._items[key], flags=True)

    @_held
    def settle(self) -> None:
        """Let the service save once more by itself what it has not settled yet, the words staying as they are."""
        for one in [one for one in self.items("drafts") if not one.settled]:
            one.settled = True
            self.touched(one)

    @_held
    def expire_delta(self) -> None:
        """Let every state token that was handed out be answered 410."""
        self.epoch += 1

    @_held
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

    # -- as it was

    @_held
    def snapshot(self) -> dict[str, Any]:
        """Return all that it holds, for `restore`."""
        return copy.deepcopy({name: value for name, value in vars(self).items() if name not in {"lock", "clock"}})

    @_held
    def restore(self, snapshot: Mapping[str, Any]) -> None:
        """Hold again what it held then, the next identifiers included."""
        vars(self).update(copy.deepcopy(dict(snapshot)))

    # -- for the methods

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

    def _say(self, one: Item, raw: bytes, mail: Taken) -> None:
        """Put other words into an item, its properties and flags staying."""
        before = one.message_id
        for name, value in mail.properties.items():
            if name != "internetMessageId" or value:
                one.set[name] = value
        one.content, one.source_stands = Mail(raw, mail), True
        if one.key in self._items:
            self.renamed(one, before)

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

    def conversation(self, mail: Taken) -> str:
        """Return the conversation of a message that this one answers, with the same subject; empty: none."""
        wanted = normal_subject(mail.header("Subject"))
        for name in (*tags(mail.header("In-Reply-To")), *reversed(tags(mail.header("References")))):
            for one in self.named(name):
                if normal_subject(one.subject) == wanted:
                    return one.conversation
        return ""

    @staticmethod
    def _names_original(one: Item, answers: str, references: str) -> None:
        if answers:
            one.extended["String 0x1042"] = answers
        if references:
            one.extended["String 0x1039"] = references
