"""What the rows of a delta come to: envelopes, texts that are wanted, and what is gone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from connectors.outlook.answers import Json, flag, text
from connectors.outlook.folders import Folders
from connectors.outlook.looking import Looked, look_at, read_messages, size_of
from connectors.outlook.reading import change_key, envelope_of, header_bytes, is_automatic, is_complete, is_event, is_reference
from connectors.outlook.service import Service
from rules.mail import Envelope, Message, Role, Wants

__all__ = ["Rows", "read_rows"]


@dataclass(slots=True)
class Rows:
    """What some rows of one folder come to."""

    envelopes: list[Envelope] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    touched: set[Role] = field(default_factory=set)

    @property
    def says_anything(self) -> bool:
        """Say whether there is anything to tell."""
        return bool(self.envelopes or self.removed or self.touched)


def read_rows(
    service: Service,
    folders: Folders,
    role: Role,
    rows: Sequence[Json],
    wants: Wants,
    *,
    first: bool,
    arrived: set[str],
) -> Rows:
    """Return what rows of a folder of `role` come to.

    `first`: they list what is there, and so nothing was touched. `arrived` holds the ids of messages that other folders tell
    in the same breath: one that is gone from here was moved there. Raises from the tree in `connectors.errors`.
    """
    news = Rows()
    told = _Sorted(service, rows, drafts=role is Role.DRAFTS)
    if not first and told.news:
        news.touched.add(role)
    if role is Role.DRAFTS:
        return news
    if not first and told.drafts:
        news.touched.add(Role.DRAFTS)
    gone = [] if first else [ref for ref in told.gone if ref not in arrived or ref in told.there]
    there = {ref: row for ref, row in told.there.items() if ref not in gone}
    unknown = [*gone, *(ref for ref, row in there.items() if not is_complete(row) or not row.get("internetMessageHeaders"))]
    files = [ref for ref, row in there.items() if _has_files(row)]
    looked = look_at(service, unknown, files) if unknown or files else Looked()
    found = {**_there(there, role, looked), **_elsewhere(gone, folders, looked, news)}
    more = [ref for ref, (row, _) in found.items() if ref not in files and _has_files(row)]
    if more:  # those of which not all was told at first
        looked.attached |= look_at(service, (), more).attached
    _read(service, found, looked, wants, news)
    return news


def _there(there: Mapping[str, Json], role: Role, looked: Looked) -> dict[str, tuple[Json, Role]]:
    """Return the messages that stand in the folder, with all that is known of them, and the role of the folder."""
    whole = {ref: {**row, **looked.found.get(ref, {})} for ref, row in there.items() if ref not in looked.gone}
    return {ref: (row, role) for ref, row in whole.items() if ref in looked.found or is_complete(row)}


def _elsewhere(gone: Sequence[str], folders: Folders, looked: Looked, news: Rows) -> dict[str, tuple[Json, Role]]:
    """Return what was moved from here into another folder that is read; what is gone for good is told."""
    found: dict[str, tuple[Json, Role]] = {}
    for ref in gone:
        known = looked.found.get(ref, {})
        where = folders.role_of(text(known, "parentFolderId")) if known else None
        if flag(known, "isDraft"):
            news.touched.add(Role.DRAFTS)
        elif where is not None:
            found[ref] = (known, where)
        elif known or ref in looked.gone:
            news.removed.append(ref)
    return found


def _has_files(row: Json) -> bool:
    """Say whether there may be a calendar among what is attached: that of a meeting is no attachment."""
    return flag(row, "hasAttachments") is True and not is_event(row)


def _read(service: Service, found: dict[str, tuple[Json, Role]], looked: Looked, wants: Wants, news: Rows) -> None:
    """Make envelopes, and read the texts that are wanted."""
    automatic: set[str] = set()
    for ref, (row, where) in found.items():
        if flag(row, "isDraft"):
            continue
        header = header_bytes(row)
        files = looked.attached.get(ref, ())
        news.envelopes.append(envelope_of(row, ref, where, attached=files, size=size_of(files), header=header))
        if is_automatic(row):
            automatic.add(ref)
    wanted = [envelope for envelope in news.envelopes if wants(envelope)]
    if not wanted:
        return
    known = {ref: row for ref, (row, _) in found.items()}
    news.messages = read_messages(service, wanted, lost=True, known=known, automatic=automatic, attached=looked.attached)
    read = {message.envelope.ref: message.envelope for message in news.messages}
    news.envelopes = [read.get(envelope.ref, envelope) for envelope in news.envelopes]


class _Sorted:
    """Rows by what they tell."""

    def __init__(self, service: Service, rows: Sequence[Json], *, drafts: bool) -> None:
        self.there: dict[str, Json] = {}
        """Messages that are there, the latest row of each, drafts left out."""
        self.gone: dict[str, None] = {}
        """What is not in the folder any more."""
        self.drafts = False
        """Whether a draft is among them."""
        self.news = False
        """Whether they tell anything that we did not do ourselves."""
        for row in rows:
            ref = text(row, "id")
            if not is_reference(ref):
                continue
            if "@removed" in row:
                self.gone[ref] = None
                self.news = True
            elif change_key(row) in service.own and not drafts:
                continue
            else:
                self.news = True
                if flag(row, "isDraft"):
                    self.drafts = True
                else:
                    self.there[ref] = row
