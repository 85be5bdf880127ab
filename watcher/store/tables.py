"""The tables.

What the mailbox cannot tell again is in cursor, mark, correction, note, outbox, draft_version, draft_event, log, untold and
marked; the rest is rebuilt.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
)

from rules.classify.types import Evidence
from rules.drafts.types import Draft
from rules.extract.types import Facts
from rules.intents import Reason
from rules.lint.types import Finding
from rules.mail import Address
from rules.notes.types import Notes
from rules.process import Thread
from rules.threads import Hints
from watcher.store.reading import Reading
from watcher.store.types import Instant, Value

__all__ = [
    "account",
    "correction",
    "cursor",
    "draft_event",
    "draft_version",
    "event",
    "log",
    "mark",
    "marked",
    "message",
    "metadata",
    "note",
    "outbox",
    "process",
    "process_link",
    "proof",
    "spam",
    "untold",
]

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

account = Table(
    "account",
    metadata,
    Column("name", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("last_now", Instant),  # `now` of the last pass
    Column("assumed", Boolean, nullable=False, default=False),  # that pass was told its time
    Column("trouble", Text, nullable=False, default=""),  # why the account is parked or backing off; empty when all is well
    Column("trouble_kind", Text, nullable=False, default=""),
    Column("trouble_at", Instant),
    Column("labels", Text, nullable=False, default="", server_default=""),  # see watcher.store.marked.Wish
    Column("calls", BigInteger, nullable=False, default=0, server_default="0"),  # since the pass that was written down before
    Column("units", BigInteger, nullable=False, default=0, server_default="0"),  # of the provider's quota, likewise
    # Grows whenever something of it changes that other accounts go by: see watcher.store.word.
    Column("word", BigInteger, nullable=False, default=0, server_default="0"),
)

cursor = Table(
    "cursor",
    metadata,
    Column("account", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

# One row for every message within the look-back window: what threading and a later second look need. No text.
message = Table(
    "message",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account", Text, nullable=False),
    Column("identity", Text, nullable=False),
    Column("ref", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("message_id", Text, nullable=False),
    Column("in_reply_to", Text, nullable=False),
    Column("references", Text, nullable=False),
    Column("from_address", Text, nullable=False),
    Column("from_name", Text, nullable=False),
    Column("recipients", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("size", Integer, nullable=False),
    Column("bulk", Boolean, nullable=False),
    Column("calendar", Boolean, nullable=False),
    Column("thread_id", Text, nullable=False),
    Column("wanted", Boolean, nullable=False),  # its text was read
    Index("uq_message_account_identity", "account", "identity", unique=True),
)

# What was read from the messages that may matter.
event = Table(
    "event",
    metadata,
    Column("account", Text, primary_key=True),
    Column("identity", Text, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("own", Boolean, nullable=False),  # written by the user
    Column("kind", Text),  # null for the user's own
    Column("confidence", Float, nullable=False, default=1.0),
    Column("runner_up", Text),
    Column("evidence", Value(tuple[Evidence, ...]), nullable=False),
    Column("sender", Value(Address), nullable=False),
    Column("recipients", Value(tuple[str, ...]), nullable=False),
    Column("can_receive", Boolean, nullable=False, default=True),
    Column("thread", Value(Thread), nullable=False),
    Column("facts", Value(Facts), nullable=False),
    Column("step", Text),  # the draft of ours that the user sent
    Column("excerpt", Text, nullable=False, default=""),
    Column("defects", Value(tuple[str, ...]), nullable=False),
    Column("hints", Value(Hints)),  # what ties it to others; null where it was read before there were any
    # It was read as nothing that matters, from somebody unknown: to be read again if it turns out to belong to a process.
    Column("stranger", Boolean, nullable=False, default=False, server_default="0"),
    Column("labelled", Integer, nullable=False, default=0, server_default="0"),  # the correction by which it was read last
)

process = Table(
    "process",
    metadata,
    Column("account", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("opener", Text, nullable=False),  # identity of the message that opened it
    Column("created_at", Instant, nullable=False),
)

process_link = Table(
    "process_link",
    metadata,
    Column("account", Text, primary_key=True),
    Column("identity", Text, primary_key=True),
    Column("process", Text, primary_key=True),
    Column("weight", Float, nullable=False),
    Column("why", Value(tuple[str, ...]), nullable=False),
    Column("ambiguous", Boolean, nullable=False, default=False),
    ForeignKeyConstraint(["account", "process"], ["process.account", "process.id"], ondelete="CASCADE"),
    Index("ix_process_link_process", "account", "process"),
)

mark = Table(
    "mark",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account", Text, nullable=False),
    Column("process", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("verb", Text, nullable=False),
    Column("until", Instant),
    Column("item", Text, nullable=False, default="", server_default=""),  # id of the task that is done
    Column("opener", Text, nullable=False, default="", server_default=""),  # finds the process again when it has another name
    Column("interview", Text, nullable=False, default="", server_default=""),  # UID of the one that it is about
    Column("start", Instant),  # of that interview
)

# What the user said of messages: which belong together, and what kind one is. Messages are named by identity.
correction = Table(
    "correction",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("verb", Text, nullable=False),  # see watcher.store.corrections.Said
    Column("process", Text, nullable=False, default=""),  # name of what stays
    Column("other", Text, nullable=False, default=""),  # name of what leaves, or joins
    Column("leaves", Value(tuple[str, ...]), nullable=False),
    Column("stays", Value(tuple[str, ...]), nullable=False),
    Column("joins", Value(tuple[str, ...]), nullable=False),
    Column("kind", Text),  # of a relabelled message; null: as the rules read it
    Column("was", Value(Reading)),  # how the message was read before
)

# What the user wrote down about interviews: in a form of ours that came back, or by command.
note = Table(
    "note",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account", Text, nullable=False),
    Column("process", Text, nullable=False),
    Column("opener", Text, nullable=False),  # finds the process again when it has another name
    Column("source", Text, nullable=False),  # step of the form, or `said`
    Column("at", Instant, nullable=False),
    Column("revision", Text, nullable=False, default=""),  # which state of the form was read
    Column("notes", Value(Notes), nullable=False),
    Index("ix_note_process", "account", "process"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("account", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("process", Text, nullable=False),
    Column("opener", Text, nullable=False),  # finds the process again when all that can be rebuilt was lost
    Column("state", Text, nullable=False),  # see watcher.outbox.RowState
    Column("op", Text, nullable=False),  # what is still to be done: see watcher.outbox.Op
    Column("version", Integer, nullable=False),
    Column("draft", Value(Draft), nullable=False),
    Column("raw", LargeBinary, nullable=False),
    Column("content", Text, nullable=False),  # digest of what the reader sees; a change of it is a reason to rewrite
    Column("next_draft", Value(Draft)),  # what a pending rewrite is about to put in its place
    Column("next_raw", LargeBinary),
    Column("ref", Text, nullable=False, default=""),
    Column("revision", Text, nullable=False, default=""),
    Column("digest", Text, nullable=False, default=""),  # of the bytes as the mailbox gives them back
    # Handle of another draft of the user's that began as this one, where one that is theirs stands already.
    Column("beside", Text, nullable=False, default="", server_default=""),
    Column("planned_at", Instant, nullable=False),
    Column("placed_at", Instant),
    Column("slot_opens", Instant),
    Column("slot_closes", Instant),
    Column("attempts", Integer, nullable=False, default=0),
    Column("error", Text, nullable=False, default=""),
)

# Every Message-ID ever given to a draft, so that a late twin is known for what it is, and what was written under it: the user may
# have had that open, and save it when another wording stands already.
draft_version = Table(
    "draft_version",
    metadata,
    Column("account", Text, primary_key=True),
    Column("message_id", Text, primary_key=True),
    Column("key", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("raw_digest", Text, nullable=False),  # of the bytes as we wrote them
    Column("digest", Text, nullable=False, default=""),  # as the mailbox gave them back
    Column("draft", Value(Draft)),  # null where it was written before this was kept
)

draft_event = Table(
    "draft_event",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("process", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("change", Text, nullable=False),
    Column("slot_opens", Instant),
    Index("ix_draft_event_process", "account", "process"),
)

# What the checks found in a draft that stands; made anew where it is lost.
proof = Table(
    "proof",
    metadata,
    Column("account", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("process", Text, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("revision", Text, nullable=False),
    Column("text", Text, nullable=False, default=""),  # of a draft that the user edited
    Column("findings", Value(tuple[Finding, ...]), nullable=False),
    Index("ix_proof_process", "account", "process"),
)

# Mail that lies in spam, within the look-back window: no message of ours, only looked at for whose it says it is.
spam = Table(
    "spam",
    metadata,
    Column("account", Text, primary_key=True),
    Column("identity", Text, primary_key=True),
    Column("ref", Text, nullable=False),
    Column("message_id", Text, nullable=False),
    Column("answers", Text, nullable=False),  # Message-IDs of In-Reply-To and References
    Column("thread_id", Text, nullable=False),
    Column("from_address", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("process", Text, nullable=False, default=""),  # the one that it may belong to; empty: none
    Column("tie", Text, nullable=False, default=""),  # by what: see watcher.store.spam.Tie
    Column("told", Boolean, nullable=False, default=False),
    Column("listed", Boolean, nullable=False, default=True),  # false while a mailbox is listed anew, until it comes again
    Index("ix_spam_process", "account", "process"),
)

# Which received mail carries which mark of ours in the mailbox.
marked = Table(
    "marked",
    metadata,
    Column("account", Text, primary_key=True),
    Column("identity", Text, primary_key=True),
    Column("ref", Text, nullable=False),
    Column("mark", Text, nullable=False),  # see connectors.base.Mark
)

# What was read and not told yet: the log says each thing once, whenever the program ends.
untold = Table(
    "untold",
    metadata,
    Column("account", Text, primary_key=True),
    Column("identity", Text, primary_key=True),
)

log = Table(
    "log",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("account", Text, nullable=False),
    Column("process", Text, nullable=False, default=""),
    Column("company", Text, nullable=False, default=""),
    Column("action", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("reasons", Value(tuple[Reason, ...]), nullable=False),
    Index("ix_log_process", "account", "process", "action"),
)
