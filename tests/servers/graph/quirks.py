"""What the public pages leave open, each taken one way here and the other way on demand."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Quirks"]


@dataclass(slots=True)
class Quirks:
    """How the service takes what is open. A client has to be right with either side of each."""

    # -- replies (https://learn.microsoft.com/en-us/graph/api/message-createreply: `message` may be given, and no more is said)
    reply_takes_body: bool = True
    """The body inside `message` is that of the draft; else the draft quotes the original, and what was sent is lost."""
    reply_takes_recipients: bool = True
    """... `toRecipients`, `ccRecipients`, `bccRecipients`."""
    reply_takes_subject: bool = True
    reply_takes_message_id: bool = True
    """... `internetMessageId`."""
    reply_takes_properties: bool = True
    """... `singleValueExtendedProperties`."""
    reply_reads: bool = True
    """The original counts as read once a reply to it was made."""
    reply_names_original: bool = True
    """PidTagInReplyToId and PidTagInternetReferences are set as soon as the draft is made; else only when it is sent."""
    keeps_conversation: bool = True
    """A reply stands in the conversation of its original."""

    # -- what is kept of a body (resource message: unsafe HTML is removed; Create message, example 1: head and meta appear)
    meetings_in_mime: bool = True
    """`$value` of a meeting message has the calendar that it came with."""
    rewrites_html: bool = True
    """HTML is wrapped into html, head, meta and body, attributes change their order, and spaces become `&nbsp;`."""
    plain_as_html: bool = False
    """A body that came as text is told as HTML."""
    settles: bool = False
    """The service saves a draft once more after it was made: another changeKey before the next request, the same words.

    Clients are answered 412 by it without having sent If-Match: https://github.com/microsoftgraph/msgraph-sdk-powershell/issues/2080.
    """
    patch_always_changes: bool = True
    """A PATCH that changes nothing gives a new changeKey."""
    takes_message_id: bool = True
    """`internetMessageId` of a new message or a PATCH is kept; else the service has one of its own."""

    # -- delta (https://learn.microsoft.com/en-us/graph/delta-query-messages)
    delta_headers: bool = True
    """`internetMessageHeaders` are told in delta where they are selected."""
    delta_limit: int = 5000
    """Messages of the first round with `$filter`: "returns only up to 5,000 messages"."""
    delta_repeats: bool = False
    """Pages repeat messages of the page before, and are in no order, as clients have seen."""
    delta_empty_pages: int = 0
    """So many pages of a round come without messages, but with a nextLink, before any other."""
    removed_reason: str = "deleted"
    """What a message that was moved away is told with: `deleted` as in the page's example, or `changed`."""
    tombstones_late: bool = True
    """In a round that tells of both, what is gone comes after what is there; else before."""
    bare_changes: bool = False
    """A message whose flags changed is told by its id and those properties alone, whatever was selected.

    https://github.com/microsoftgraph/microsoft-graph-docs/issues/7776
    """
    moves_untold: bool = False
    """The folder that a message is moved into says nothing of it: the one that it leaves tells that it is gone, and no more.

    Seen with immutable identifiers: https://github.com/microsoftgraph/microsoft-graph-docs/issues/21752.
    """
    tells_gone_at_once: bool = False
    """The first round tells, too, of what was in the folder once (delta-query-overview: `@removed` may come in it)."""
    links_name_users: bool = False
    """Next and delta links name the mailbox by `users('…')` and not by `me`."""

    # -- identities
    sends_under_new_id: bool = True
    """What is sent has another identifier than the draft had, immutable or not, as clients have seen."""
    renames_sent: bool = False
    """What is sent goes under a Message-ID of the service's own."""
    edits_in_place: bool = True
    """The user's client saves a draft as the same item; else it writes another one and removes the first, as IMAP clients do."""
