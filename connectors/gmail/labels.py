"""Our labels on received mail: made when first needed, one of them at a time, removed for good on request.

https://developers.google.com/workspace/gmail/api/guides/labels
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from connectors.base import Mark
from connectors.errors import Conflict, NotFound, Refused
from connectors.gmail.answers import Json, labels_of, records, text
from connectors.gmail.batches import chunks, fetch_many
from connectors.gmail.reading import is_reference
from connectors.gmail.service import Request, Service

__all__ = ["LABELS", "Labels"]

LABELS: Final[Mapping[Mark, str]] = {
    Mark.WAITING: "Hearback/Waiting",
    Mark.DRAFT_READY: "Hearback/Draft ready",
    Mark.PAUSED: "Hearback/Paused",
    Mark.DONE: "Hearback/Done",
}
_NOT_OURS_TO_MARK: Final = frozenset({"DRAFT", "SENT", "TRASH", "CHAT"})
_SEVERAL: Final = 10
"""Messages from which on one batchModify (50 units) is cheaper than a modify for each (5)."""
_MOST: Final = 1000
_TRIES: Final = 3
_DOING: Final = "labelling mail"


@dataclass(slots=True)
class Labels:
    """The labels of one mailbox, as far as this connection knows them."""

    service: Service
    _ids: dict[Mark, list[str]] | None = None

    def put(self, refs: Sequence[str], mark: Mark | None) -> None:
        """Let these messages carry the label of `mark` and no other of ours."""
        wanted = list(dict.fromkeys(ref for ref in refs if is_reference(ref)))
        if not wanted:
            return
        self._ids = None  # the user may have made one of them a label of their own since, by another name
        for remaining in reversed(range(_TRIES)):
            known = self._known()
            if mark is None and not any(known.values()):
                return
            add = self._id_of(mark) if mark is not None else ""
            others = {one for ids in self._known().values() for one in ids} - {add}
            try:
                self._carry(wanted, add, others)
            except (NotFound, Refused):
                if not remaining:
                    raise
                self._ids = None  # a label or a message was deleted meanwhile: look again
                continue
            return

    def remove(self) -> int:
        """Delete our labels, and so take them off all mail; return how many there were."""
        self._ids = None
        ids = [one for found in self._known().values() for one in found]
        for one in ids:
            try:
                self.service.call(self.service.labels.delete(userId="me", id=one), "removing a label")
            except NotFound:
                continue
        self._ids = None
        return len(ids)

    def _known(self) -> dict[Mark, list[str]]:
        """Return the ids of our labels. Names are compared as Gmail does: it knows no two that differ in case alone."""
        if self._ids is None:
            answer = self.service.call(self.service.labels.list(userId="me"), "listing labels")
            self._ids = {mark: [] for mark in LABELS}
            names = {name.casefold(): mark for mark, name in LABELS.items()}
            for label in records(answer, "labels"):
                mark = names.get(text(label, "name").casefold())
                if mark is not None and text(label, "type") != "system" and text(label, "id"):
                    self._ids[mark].append(text(label, "id"))
        return self._ids

    def _id_of(self, mark: Mark) -> str:
        """Return the id of a label, which is made if it is not there."""
        for _ in range(_TRIES):
            known = self._known()[mark]
            if known:
                return known[0]
            body = {"name": LABELS[mark], "labelListVisibility": "labelShow", "messageListVisibility": "show"}
            try:
                made = text(self.service.call(self.service.labels.create(userId="me", body=body), "making a label"), "id")
            except (Conflict, Refused):
                self._ids = None  # made by another program in this very moment: it stands in the list now
                continue
            if made:
                known.append(made)
                return made
            self._ids = None
        raise Refused(f"Gmail does not let us make the label {LABELS[mark]}. Make it in Gmail by hand, or set `labels = false`.")

    def _carry(self, refs: Sequence[str], add: str, others: set[str]) -> None:
        """Change only the messages that do not carry it yet, and only such as were received."""
        now = fetch_many(self.service, refs, self._minimal, _DOING).found
        groups: dict[tuple[bool, frozenset[str]], list[str]] = {}
        for ref, message in now.items():
            labels = labels_of(message) or frozenset()
            lacks, spare = bool(add) and add not in labels, labels & others
            if not labels & _NOT_OURS_TO_MARK and (lacks or spare):
                groups.setdefault((lacks, frozenset(spare)), []).append(ref)
        for (lacks, spare), group in groups.items():
            change = {"addLabelIds": [add] if lacks else [], "removeLabelIds": sorted(spare)}
            self._modify(group, {name: ids for name, ids in change.items() if ids})

    def _minimal(self, ref: str) -> Request:
        request: Request = self.service.messages.get(userId="me", id=ref, format="minimal", fields="id,labelIds")
        return request

    def _modify(self, refs: Sequence[str], change: Mapping[str, Sequence[str]]) -> None:
        messages = self.service.messages
        if len(refs) > _SEVERAL:
            for chunk in chunks(refs, _MOST):
                body = {"ids": list(chunk), **change}
                self._do(messages.batchModify(userId="me", body=body))
            return
        for ref in refs:
            self._do(messages.modify(userId="me", id=ref, body=dict(change)))

    def _do(self, request: Request) -> Json:
        return self.service.call(request, _DOING)
