"""A checking front before the emulator: every request is judged as on the fake; what the emulator lacks or mistakes is set right.

What is handed on: sign-in, storing mail, labels, drafts and conversations, listings, history. What is not:

- Who asks: the emulator takes an unknown bearer token for its first user, and enforces no scope.
- getProfile, `fields`, batches (its parts carry no Content-ID), uploads as media: it has none of them, or not as documented.
- Messages: it drops header fields it does not know and all but a few parts; they are made from the raw bytes.
- `q`: it matches `-in:` and `rfc822msgid:` to nothing; operators that it does not know are refused.
- history.list never says 404.
- drafts.create takes any conversation; drafts.update keeps the identifier of the message; a draft's time is that of its header.
- A label that exists is 400, where Gmail says 409; labels can be put on drafts.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Final

from google.oauth2.credentials import Credentials

from tests.servers.answering import Request
from tests.servers.gmail.answers import Answer, ApiError, Json
from tests.servers.gmail.back import Back, stored
from tests.servers.gmail.checking import Checked
from tests.servers.gmail.emulated import EmulatedMailbox
from tests.servers.gmail.emulator import Emulator, world_token
from tests.servers.gmail.granting import granted
from tests.servers.gmail.judging import Judge
from tests.servers.gmail.mime import Look
from tests.servers.gmail.oauth import CLIENT_ID, CLIENT_SECRET, MODIFY, Grant
from tests.servers.gmail.resources import Shape, attachment, message_resource
from tests.servers.gmail.search import known_to_others
from tests.servers.gmail.store import Stored

__all__ = ["Front"]

_PAGES: Final = ("/o/oauth2/", "/oauth2/")


class Front(Judge):
    """The emulator, held to the service's description. Used as a context manager beside the emulator's own."""

    def __init__(self, emulator: Emulator, *, seed: int = 0) -> None:
        """Take an emulator that runs, and the seed of what goes wrong by chance."""
        super().__init__(seed)
        self._back = Back(emulator.address)
        self._mailboxes: dict[str, EmulatedMailbox] = {}
        self._refresh: dict[str, list[str]] = {}
        self._revoked: set[str] = set()
        self._serial = 0

    def __exit__(self, *args: object) -> None:
        """Stop; the emulator goes on."""
        super().__exit__(*args)
        self._back.close()

    # -- for tests

    def mailbox(self, address: str) -> EmulatedMailbox:
        """Return the mailbox of an address that the emulator knows."""
        with self.lock:
            if address not in self._mailboxes:
                self._mailboxes[address] = EmulatedMailbox(address, self._back, self.lock)
            return self._mailboxes[address]

    def credentials(self, address: str, scopes: Collection[str] | None = None) -> Credentials:
        """Return what a user of that address has allowed (gmail.modify unless told), by the whole of the sign-in with PKCE."""
        self.mailbox(address)
        self._revoked.discard(address)
        asked = sorted(scopes or {MODIFY})
        token = granted(self._back, address, asked)
        self._refresh.setdefault(address, []).append(token)
        return Credentials(  # type: ignore[no-untyped-call]  # the library has no types here
            token=None,
            refresh_token=token,
            token_uri=f"{self.url}/token",
            client_id=CLIENT_ID,
            client_secret=CLIENT_SECRET,
            scopes=asked,
        )

    def revoke(self, address: str) -> None:
        """Take back what a user has allowed: 401 for access tokens (the emulator goes on with them), `invalid_grant` after."""
        self._revoked.add(address)
        for token in self._refresh.pop(address, []):
            self._back.plain("POST", f"/oauth2/revoke?token={token}", _FORM, f"token={token}".encode())

    def expire_history(self, address: str) -> None:
        """Let every history identifier that was handed out be answered 404."""
        self.mailbox(address).expire_history()

    # -- over HTTP

    def token(self, request: Request) -> Answer:
        """Hand on to the emulator's token endpoint."""
        return self._back.plain("POST", "/oauth2/token", _FORM, request.body)

    def besides(self, request: Request) -> Answer | None:
        """Hand on the pages of the sign-in."""
        if not request.target.startswith(_PAGES):
            return None
        headers = {name: text for name, text in request.headers.items() if name in {"content-type", "authorization"}}
        return self._back.plain(request.verb, request.target, headers, request.body or None)

    def grant(self, authorization: str) -> Grant:
        """Return what the Authorization field stands for; raises ApiError 401."""
        kind, _, token = authorization.partition(" ")
        told = self._back.known(token) if kind.lower() == "bearer" and not token.startswith("world:") else {}
        if "email" not in told or told["email"] in self._revoked:
            raise ApiError(401)
        return Grant(told["email"], frozenset(told["scope"].split()), "")

    def done(self, checked: Checked, grant: Grant) -> Json | None:
        """Do what was asked for."""
        does = _METHODS.get(checked.route.method.id)
        if does is None:
            self.violation(f"{checked.route.method.id}: not known to be used")
            raise ApiError(501)
        with self.lock:
            self._serial += 1
            query: dict[str, list[str]] = {}
            for name, text in checked.query:
                query.setdefault(name, []).append(text)
            shape = Shape.of(query, grant.scopes, Look(), self._serial)
            return does(_Asked(self._back, self.mailbox(grant.address), checked, query, shape))


@dataclass(frozen=True)
class _Asked:
    """A request that was checked, and what is needed to do it."""

    back: Back
    mailbox: EmulatedMailbox
    checked: Checked
    query: Mapping[str, list[str]]
    shape: Shape

    @property
    def token(self) -> str:
        return world_token(self.mailbox.address)

    @property
    def places(self) -> Mapping[str, str]:
        return self.checked.route.places

    @property
    def body(self) -> Json:
        return self.checked.body

    def ask(self, verb: str, path: str, *, body: Json | None = None, only: frozenset[str] | None = None) -> Json:
        """Hand on, with those parameters that the emulator is to see."""
        wanted = {name: texts for name, texts in self.query.items() if name not in {"fields", "alt", "prettyPrint"}}
        query = [(name, text) for name, texts in wanted.items() for text in texts if only is None or name in only]
        return self.back.ask(self.token, verb, path, query, body)


_FORM: Final = {"Content-Type": "application/x-www-form-urlencoded"}
_PAGING: Final = frozenset({"maxResults", "pageToken", "labelIds", "includeSpamTrash", "q"})


def _profile(asked: _Asked) -> Json:
    """Put together what the emulator tells in other places."""
    total = asked.back.ask(asked.token, "GET", "messages", [("maxResults", "1"), ("includeSpamTrash", "true")])
    threads = asked.back.ask(asked.token, "GET", "threads", [("maxResults", "1"), ("includeSpamTrash", "true")])
    return {
        "emailAddress": asked.mailbox.address,
        "messagesTotal": total["resultSizeEstimate"],
        "threadsTotal": threads["resultSizeEstimate"],
        "historyId": asked.mailbox.current(),
    }


def _list(name: str) -> Callable[[_Asked], Json]:
    def listed(asked: _Asked) -> Json:
        if "q" in asked.query:
            asked.query["q"][:] = [known_to_others(text) for text in asked.query["q"]]
        found = asked.ask("GET", name, only=_PAGING)
        return {key: value for key, value in found.items() if value != []}

    return listed


def _get_message(asked: _Asked) -> Json:
    return message_resource(asked.shape, asked.back.message(asked.token, asked.places["id"]))


def _get_attachment(asked: _Asked) -> Json:
    return attachment(asked.shape.look, asked.back.message(asked.token, asked.places["messageId"]), asked.places["id"])


def _get_thread(asked: _Asked) -> Json:
    told = asked.back.ask(asked.token, "GET", f"threads/{asked.places['id']}", [("format", "raw")])
    messages = [stored(one) for one in told["messages"]]
    latest = max(one.history_id for one in messages)
    return {"id": told["id"], "historyId": str(latest), "messages": [message_resource(asked.shape, one) for one in messages]}


def _modify(asked: _Asked) -> Json:
    key = asked.places["id"]
    _no_draft(asked, key)
    told = asked.ask("POST", f"messages/{key}/modify", body=asked.body)
    return {name: told[name] for name in ("id", "threadId", "labelIds")}


def _batch_modify(asked: _Asked) -> None:
    for key in asked.body.get("ids", []):
        _no_draft(asked, key, may_be_gone=True)
    asked.ask("POST", "messages/batchModify", body=asked.body)


def _no_draft(asked: _Asked, key: str, *, may_be_gone: bool = False) -> None:
    try:
        told = asked.back.ask(asked.token, "GET", f"messages/{key}", [("format", "minimal")])
    except ApiError as error:
        if may_be_gone and error.answer.status == 404:
            return
        raise
    if "DRAFT" in told["labelIds"]:
        raise ApiError(400, "Invalid label on a draft")


def _history(asked: _Asked) -> Json:
    start = asked.query.get("startHistoryId", [""])[0]
    if not start:
        raise ApiError(400, "Missing startHistoryId")
    if not asked.mailbox.horizon <= int(start) <= int(asked.mailbox.current()):
        raise ApiError(404)
    told = asked.ask("GET", "history")
    for record in told["history"]:
        record["messages"] = [_brief(one) for one in record["messages"]]
        for name in ("messagesAdded", "labelsAdded", "labelsRemoved", "messagesDeleted"):
            for item in record.get(name, []):
                labels = {} if name == "messagesDeleted" else {"labelIds": item["message"]["labelIds"]}
                item["message"] = _brief(item["message"]) | labels
    return {name: value for name, value in told.items() if value != []}


def _brief(message: Json) -> Json:
    return {"id": message["id"], "threadId": message["threadId"]}


def _create_draft(asked: _Asked) -> Json:
    raw, thread = _content(asked)
    return _told(*asked.mailbox.put_draft(raw, thread))


def _update_draft(asked: _Asked) -> Json:
    raw, thread = _content(asked)
    return _told(*asked.mailbox.replace(asked.places["id"], raw, thread))


def _told(key: str, message: Stored) -> Json:
    return {"id": key, "message": {"id": message.id, "threadId": message.thread_id, "labelIds": sorted(message.labels)}}


def _content(asked: _Asked) -> tuple[bytes, str | None]:
    message = asked.body.get("message", {})
    if asked.checked.media is None and "raw" not in message:
        raise ApiError(400, "'raw' RFC822 payload message string or uploading message via /upload/* URL required")
    raw = (
        asked.checked.media
        if asked.checked.media is not None
        else urlsafe_b64decode(message["raw"] + "=" * (-len(message["raw"]) % 4))
    )
    return raw, message.get("threadId") or None


def _list_drafts(asked: _Asked) -> Json:
    found = asked.ask("GET", "drafts", only=frozenset({"maxResults", "pageToken"}))
    drafts = [{"id": asked.mailbox.outer(one["id"]), "message": _brief(one["message"])} for one in found["drafts"]]
    return {name: value for name, value in (found | {"drafts": drafts}).items() if value != []}


def _get_draft(asked: _Asked) -> Json:
    told = asked.back.ask(asked.token, "GET", f"drafts/{asked.mailbox.inner(asked.places['id'])}", [("format", "raw")])
    return {"id": asked.places["id"], "message": message_resource(asked.shape, stored(told["message"]))}


def _delete_draft(asked: _Asked) -> None:
    asked.back.ask(asked.token, "DELETE", f"drafts/{asked.mailbox.inner(asked.places['id'])}")


def _create_label(asked: _Asked) -> Json:
    try:
        return _plain_label(asked.ask("POST", "labels", body=asked.body))
    except ApiError as error:
        if "exists or conflicts" in error.message:
            raise ApiError(409, error.message) from None
        raise


def _plain_label(label: Json) -> Json:
    return {name: value for name, value in label.items() if not name.endswith(("Total", "Unread"))}


def _list_labels(asked: _Asked) -> Json:
    return {"labels": [_plain_label(one) for one in asked.ask("GET", "labels")["labels"]]}


def _label(verb: str) -> Callable[[_Asked], Json | None]:
    def handed(asked: _Asked) -> Json | None:
        body = asked.body if verb in {"PUT", "PATCH"} else None
        told = asked.ask(verb, f"labels/{asked.places['id']}", body=body)
        return None if verb == "DELETE" else told

    return handed


_METHODS: Final[Mapping[str, Callable[[_Asked], Json | None]]] = {
    f"gmail.users.{name}": does
    for name, does in {
        "getProfile": _profile,
        "messages.list": _list("messages"),
        "messages.get": _get_message,
        "messages.attachments.get": _get_attachment,
        "messages.modify": _modify,
        "messages.batchModify": _batch_modify,
        "threads.list": _list("threads"),
        "threads.get": _get_thread,
        "history.list": _history,
        "drafts.create": _create_draft,
        "drafts.list": _list_drafts,
        "drafts.get": _get_draft,
        "drafts.update": _update_draft,
        "drafts.delete": _delete_draft,
        "labels.list": _list_labels,
        "labels.get": _label("GET"),
        "labels.create": _create_label,
        "labels.update": _label("PUT"),
        "labels.patch": _label("PATCH"),
        "labels.delete": _label("DELETE"),
        "settings.sendAs.list": lambda asked: asked.ask("GET", "settings/sendAs"),
    }.items()
}
