"""The world around a mailbox: who delivers mail, and what the user does in Outlook.

Nothing of this goes over HTTP. What the service does with each step is read from the pages that `quirks.py` and the modules of
the methods name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from tests.servers.graph.holding import Holding, held
from tests.servers.graph.meetings import meeting_of
from tests.servers.graph.mime import Taken, instant, taken
from tests.servers.graph.store import Folder, Item, Mail, identifier

__all__ = ["Mailbox"]


class Mailbox(Holding):
    """One mailbox; others and the user act on it here."""

    # -- folders

    @held
    def add_folder(self, name: str, parent: str = "msgfolderroot", *, hidden: bool = False, kind: str = "") -> str:
        """Let the user make a folder; returns its identifier."""
        self._serial += 1
        made = Folder(identifier("AAMkAD", "folder", self.address, self._serial), name, self.folder_id(parent), "", hidden, kind)
        self._place(made)
        self._folder_changed(made.id)
        return made.id

    @held
    def rename_folder(self, folder: str, name: str) -> None:
        """Let the user give a folder another name."""
        self.folders[self.folder_id(folder)].name = name
        self._folder_changed(self.folder_id(folder))

    @held
    def move_folder(self, folder: str, parent: str) -> None:
        """Let the user put a folder into another."""
        self.folders[self.folder_id(folder)].parent = self.folder_id(parent)
        self._folder_changed(self.folder_id(folder))

    @held
    def remove_folder(self, folder: str) -> None:
        """Remove a folder for good, with those in it and all mail."""
        key = self.folder_id(folder)
        for child in [one.id for one in self.folders.values() if one.parent == key]:
            self.remove_folder(child)
        for _, _, item in list(self._order[key]):
            self.delete(item)
        del self.folders[key], self._order[key]
        self._folder_changed(key, "deleted")

    # -- mail

    @held
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

    @held
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

    @held
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

    @held
    def edit_body(self, key: str, change: Callable[[str], str], at: datetime | None = None) -> None:
        """Let the user change the HTML of a draft where it stands."""
        one = self._items[key]
        body = dict(one.get("body") or {"contentType": "html"})
        one.set["body"] = body | {"content": change(one.html)}
        one.users, one.source_stands = True, False
        self.touched(one, at=at)

    @held
    def look_at(self, key: str) -> None:
        """Let a client save a draft that was only opened: the same words, another version."""
        self.touched(self._items[key])

    @held
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
            mail = taken(raw)
            self._say(one, raw, mail)
            if not self.quirks.edits_in_place:
                one.extended = {}
                self._names_original(one, mail.header("In-Reply-To"), mail.header("References"))
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

    @held
    def move(self, key: str, folder: str) -> str:
        """Move a message: its immutable identifier stays, its ordinary one does not."""
        one = self._items[key]
        target = self.folder_id(folder)
        if one.folder != target:
            self._forget(one, self.quirks.removed_reason)
            one.folder, one.moves, one.version, one.modified = target, one.moves + 1, one.version + 1, self.clock()
            self.add(one, told=not self.quirks.moves_untold)
        return one.key

    @held
    def delete(self, key: str) -> None:
        """Remove a message for good."""
        self._forget(self._items[key], "deleted")

    @held
    def set_read(self, key: str, *, read: bool = True) -> None:
        """Let the user read a message, or mark it as unread."""
        self._items[key].read = read
        self.touched(self._items[key], flags=True)

    @held
    def categorize(self, key: str, names: Iterable[str]) -> None:
        """Let the user give a message these categories and no others."""
        self._items[key].set["categories"] = list(names)
        self.touched(self._items[key], flags=True)

    @held
    def settle(self) -> None:
        """Let the service save once more by itself what it has not settled yet, the words staying as they are."""
        for one in [one for one in self.items("drafts") if not one.settled]:
            one.settled = True
            self.touched(one)

    @held
    def expire_delta(self) -> None:
        """Let every state token that was handed out be answered 410."""
        self.epoch += 1

    def _say(self, one: Item, raw: bytes, mail: Taken) -> None:
        """Put other words into an item, its properties and flags staying."""
        before = one.message_id
        for name, value in mail.properties.items():
            if name != "internetMessageId" or value:
                one.set[name] = value
        one.content, one.source_stands = Mail(raw, mail), True
        if one.key in self._items:
            self.renamed(one, before)

    @staticmethod
    def _names_original(one: Item, answers: str, references: str) -> None:
        if answers:
            one.extended["String 0x1042"] = answers
        if references:
            one.extended["String 0x1039"] = references
