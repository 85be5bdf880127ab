"""A checking front before an emulator of Microsoft's services: requests are judged as on the fake; what is lacking is set right.

What is handed on: users, folders, listings with their filters and pages, messages, replies, changes, moves, categories.
What is not:

- Who asks: the emulator takes an unknown bearer token for its first user, and enforces no scope.
- Folders: their identifiers are well-known names, which would hide a confusion of the two; there is no root, and no `delta`.
- Listings: `$select` is not heeded, `$filter` by internetMessageId finds nothing, nextLink is relative.
- Messages: no changeKey, no etag, no If-Match, no `$value`, no `$expand`; extended properties and Message-IDs that are written
  are lost.
- Changes (`messages/delta`) are told by comparing listings.
- createReply drops what it is given and quotes nothing, so it takes neither body nor recipients nor properties; a move says 200.
- `$batch` knows one kind of request; parts are handed on one by one.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from tests.servers.gmail.back import Back
from tests.servers.gmail.emulator import Emulator, world_token
from tests.servers.graph import facts
from tests.servers.graph.answers import Answer, GraphError, Json, json_answer
from tests.servers.graph.checking import Checked
from tests.servers.graph.judging import Grant, Judge
from tests.servers.graph.mime import raw_of
from tests.servers.graph.resources import expanded, selected
from tests.servers.graph.store import identifier

__all__ = ["EmulatedGraph", "World"]

_ROOT: Final = "msgfolderroot"
_NAMED: Final = re.compile(r"internetMessageId eq '((?:[^']|'')*)'\Z")
_PAGE: Final = 10
_KEPT: Final = ("internetMessageId", "singleValueExtendedProperties")
"""What the emulator drops of what is written."""


class World:
    """One mailbox on the emulator, as its user has it."""

    def __init__(self, back: Back, address: str) -> None:
        """Take the way to the emulator, and the address of a user whom it knows."""
        self._back = back
        self._token = world_token(address)
        self.lost: dict[str, Json] = {}
        """What was written to messages and the emulator has dropped, by their identifiers."""

    def ask(self, verb: str, path: str, query: dict[str, str] | None = None, body: Json | None = None) -> Json:
        """Ask for something below `/me`. Raises GraphError with what the emulator says."""
        target = f"/v1.0/me/{path}".rstrip("/") + (f"?{urlencode(query)}" if query else "")
        headers = {"Authorization": f"Bearer {self._token}"}
        raw = None
        if body is not None:
            raw = json.dumps(body).encode()
            headers["Content-Type"] = "application/json"
        answer = self._back.plain(verb, target, headers, raw)
        found: Any = json.loads(answer.body) if answer.body else {}
        if answer.status >= 300:
            told = found.get("error", {})
            raise GraphError(answer.status, str(told.get("message", "")), code=str(told.get("code", "")))
        assert isinstance(found, dict)
        return found

    def message(self, key: str) -> Json:
        """Return a message with all that was written to it. Raises GraphError 404."""
        return self.whole(self.ask("GET", f"messages/{quote(key)}"))

    def messages(self, folder: str = "") -> list[Json]:
        """Return all messages, or those of a folder by its well-known name."""
        path = f"mailFolders/{folder}/messages" if folder else "messages"
        return [self.whole(one) for one in self.ask("GET", path)["value"]]

    def whole(self, told: Json) -> Json:
        """Return a message of the emulator's with what it dropped, a version, and folders under identifiers of their own."""
        one = {name: value for name, value in told.items() if name in facts.properties("message") and name != "attachments"}
        one |= {name: value for name, value in self.lost.get(told["id"], {}).items() if name == "internetMessageId"}
        one["parentFolderId"] = outer(str(one["parentFolderId"]))
        digest = hashlib.sha256(json.dumps([one, self.lost.get(told["id"])], sort_keys=True).encode()).hexdigest()
        return {"@odata.etag": f'W/"{digest[:40]}"', "changeKey": digest[:40], **one}

    def extended(self, key: str) -> dict[str, str]:
        """Return the extended properties of a message."""
        rows = self.lost.get(key, {}).get("singleValueExtendedProperties", [])
        return {facts.normal_id(one["id"]): str(one["value"]) for one in rows}

    def keep(self, key: str, body: Json) -> None:
        """Keep what the emulator drops."""
        held = self.lost.setdefault(key, {})
        rows = {facts.normal_id(one["id"]): one for one in held.get("singleValueExtendedProperties", [])}
        rows |= {facts.normal_id(one["id"]): one for one in body.get("singleValueExtendedProperties", [])}
        held |= {name: body[name] for name in ("internetMessageId",) if name in body}
        held["singleValueExtendedProperties"] = list(rows.values())


def outer(name: str) -> str:
    """Return the identifier by which a client knows a folder."""
    return identifier("AQMkAD", "emulated folder", name)


class EmulatedGraph(Judge):
    """The emulator, held to what the public pages say. Used as a context manager beside the emulator's own."""

    def __init__(self, emulator: Emulator) -> None:
        """Take an emulator that runs."""
        super().__init__()
        self._back = Back(emulator.address)
        self._worlds: dict[str, World] = {}
        self._rounds: dict[str, tuple[str, tuple[str, ...], dict[str, str]]] = {}
        """By token: the folder, what was selected, and the versions that were told."""

    def __exit__(self, *args: object) -> None:
        """Stop; the emulator goes on."""
        super().__exit__(*args)
        self._back.close()

    def world(self, address: str) -> World:
        """Return the mailbox of an address that the emulator knows."""
        with self.lock:
            return self._worlds.setdefault(address.lower(), World(self._back, address))

    def known(self, address: str) -> None:
        """See that the mailbox can be asked."""
        self.world(address)

    def done(self, checked: Checked, grant: Grant) -> Answer:
        """Do what was asked for."""
        if checked.place.user or not grant.scopes & checked.match.route.scopes:
            raise GraphError(403)
        does: dict[str, Callable[[Checked, World], Answer]] = {
            "user.get": self._user,
            "mailFolders.list": self._folders,
            "mailFolders.childFolders": self._folders,
            "mailFolders.get": self._folder,
            "mailFolders.delta": self._folder_changes,
            "messages.list": self._list,
            "messages.delta": self._changes,
            "messages.get": self._get,
            "messages.value": self._value,
            "attachments.list": self._attachments,
            "attachments.get": self._attachment,
            "messages.create": self._create,
            "messages.update": self._update,
            "messages.move": self._move,
            "messages.createReply": self._reply,
            "masterCategories.list": self._categories,
            "masterCategories.create": self._make_category,
            "masterCategories.delete": self._drop_category,
        }
        method = does.get(checked.match.route.name)
        if method is None:
            self.violation(f"{checked.match.route.name}: not known to be used")
            raise GraphError(501)
        return method(checked, self.world(grant.address))

    # -- users and folders

    def _user(self, checked: Checked, world: World) -> Answer:
        told = world.ask("GET", "")
        names = selected(checked.query.get("$select", ""), "user") or ("displayName", "mail", "userPrincipalName")
        return json_answer({name: value for name, value in told.items() if name in names or name == "id"})

    def _tree(self, world: World) -> list[Json]:
        """Return all folders with their well-known or emulator's names under `name`, the root first."""
        found: list[Json] = [{"name": _ROOT, "id": outer(_ROOT), "displayName": "Top of Information Store", "parentFolderId": ""}]
        left = [(one, _ROOT) for one in world.ask("GET", "mailFolders")["value"]]
        while left:
            one, parent = left.pop(0)
            found.append(
                {
                    "name": one["id"],
                    "id": outer(one["id"]),
                    "displayName": one["displayName"],
                    "parentFolderId": outer(parent),
                    "isHidden": one["isHidden"],
                    "childFolderCount": one["childFolderCount"],
                }
            )
            left += [(child, one["id"]) for child in one["childFolders"]]
        return found

    def _inner(self, world: World, name: str) -> str:
        """Return the emulator's name of a folder. Raises GraphError 404."""
        for one in self._tree(world):
            if name in {one["id"], one["name"]}:
                return str(one["name"])
        raise GraphError(404)

    def _folders(self, checked: Checked, world: World) -> Answer:
        parent = outer(self._inner(world, checked.match.ids[0]) if checked.match.ids else _ROOT)
        return json_answer({"value": [_without(one) for one in self._tree(world) if one["parentFolderId"] == parent]})

    def _folder(self, checked: Checked, world: World) -> Answer:
        name = self._inner(world, checked.match.ids[0].lower() if checked.match.ids[0].isalpha() else checked.match.ids[0])
        return json_answer(next(_without(one) for one in self._tree(world) if one["name"] == name))

    def _folder_changes(self, checked: Checked, world: World) -> Answer:
        """Tell all folders once; none is made or removed while a test goes on."""
        rows = [] if "$deltatoken" in checked.query else [_without(one) for one in self._tree(world) if one["name"] != _ROOT]
        link = f"{self.reached(checked)}/v1.0/me/mailfolders/delta?$deltatoken=folders"
        return json_answer({"value": rows, "@odata.deltaLink": link})

    # -- messages

    def _shown(self, checked: Checked, world: World, one: Json) -> Json:
        names = selected(checked.query.get("$select", ""))
        told = {name: value for name, value in one.items() if not names or name in names or name in {"id", "@odata.etag"}}
        wanted = expanded(checked.query["$expand"]) if checked.query.get("$expand") else ()
        held = world.extended(one["id"])
        rows = [{"id": name, "value": held[name]} for name in wanted if name in held]
        return told | ({"singleValueExtendedProperties": rows} if rows else {})

    def _list(self, checked: Checked, world: World) -> Answer:
        query = dict(checked.query)
        path = f"mailFolders/{self._inner(world, checked.match.ids[0])}/messages" if checked.match.ids else "messages"
        named = _NAMED.match(query.get("$filter", ""))
        if named:
            wanted = named[1].replace("''", "'")
            found = [one for one in world.messages() if one["internetMessageId"] == wanted]
            return json_answer({"value": [self._shown(checked, world, one) for one in found]})
        asked = {name: value for name, value in query.items() if name in {"$filter", "$orderby", "$skip"}}
        asked["$top"] = query.get("$top") or checked.prefer.get("odata.maxpagesize") or str(_PAGE)
        told = world.ask("GET", path, asked)
        answer: Json = {"value": [self._shown(checked, world, world.whole(one)) for one in told["value"]]}
        if "@odata.nextLink" in told:
            skip = parse_qs(urlsplit(told["@odata.nextLink"]).query)["$skip"][0]
            answer["@odata.nextLink"] = f"{self.reached(checked)}{checked.path}?{urlencode(query | {'$skip': skip})}"
        return json_answer(answer)

    def _changes(self, checked: Checked, world: World) -> Answer:
        token = checked.query.get("$deltatoken", "")
        name = self._inner(world, checked.match.ids[0])
        folder, select, before = self._rounds.get(token, (name, selected(checked.query.get("$select", "")), {}))
        if (token and token not in self._rounds) or folder != name:
            raise GraphError(400, "Badly formed token.", code="SyncStateInvalid")
        found = {one["id"]: one for one in world.messages(name)}
        rows: list[Json] = [
            {"@odata.type": "#microsoft.graph.message", **_picked(one, select)}
            for key, one in found.items()
            if before.get(key) != one["changeKey"]
        ]
        rows += [{"id": key, "@removed": {"reason": "deleted"}} for key in before if key not in found]
        fresh = secrets.token_urlsafe(24)
        self._rounds[fresh] = (name, select, {key: str(one["changeKey"]) for key, one in found.items()})
        link = f"{self.reached(checked)}/v1.0/me/mailfolders('{outer(name)}')/messages/delta?$deltatoken={fresh}"
        return json_answer({"value": rows, "@odata.deltaLink": link})

    def _get(self, checked: Checked, world: World) -> Answer:
        return self._told(checked, world, world.message(checked.match.ids[-1]))

    def _told(self, checked: Checked, world: World, one: Json, status: int = 200) -> Answer:
        return json_answer(self._shown(checked, world, one), status, {"ETag": str(one["@odata.etag"])})

    def _value(self, checked: Checked, world: World) -> Answer:
        one = world.message(checked.match.ids[0])
        return Answer(200, raw_of(one, world.extended(one["id"])), {}, "text/plain")

    def _attachments(self, checked: Checked, world: World) -> Answer:
        return json_answer({"value": world.ask("GET", f"messages/{quote(checked.match.ids[0])}/attachments")["value"]})

    def _attachment(self, checked: Checked, world: World) -> Answer:
        message, key = checked.match.ids
        return json_answer(world.ask("GET", f"messages/{quote(message)}/attachments/{quote(key)}"))

    def _create(self, checked: Checked, world: World) -> Answer:
        made = world.ask("POST", "messages", body=_lower(checked.body))
        world.keep(made["id"], checked.body)
        return self._told(checked, world, world.message(made["id"]), 201)

    def _reply(self, checked: Checked, world: World) -> Answer:
        made = world.ask("POST", f"messages/{quote(checked.match.ids[0])}/createReply", body=checked.body)
        return self._told(checked, world, world.message(made["id"]), 201)

    def _update(self, checked: Checked, world: World) -> Answer:
        key = checked.match.ids[0]
        _match(checked, world.message(key))
        world.ask("PATCH", f"messages/{quote(key)}", body=_lower(checked.body))
        world.keep(key, checked.body)
        return self._told(checked, world, world.message(key))

    def _move(self, checked: Checked, world: World) -> Answer:
        one = world.message(checked.match.ids[0])
        _match(checked, one)
        if not one["isDraft"]:
            self.violation(f"mail that is no draft was moved: {one['subject']}")
        target = self._inner(world, str(checked.body["destinationId"]))
        moved = world.ask("POST", f"messages/{quote(one['id'])}/move", body={"destinationId": target})
        return self._told(checked, world, world.whole(moved), 201)

    # -- categories

    def _categories(self, checked: Checked, world: World) -> Answer:
        del checked
        return json_answer(world.ask("GET", "outlook/masterCategories"))

    def _make_category(self, checked: Checked, world: World) -> Answer:
        return json_answer(world.ask("POST", "outlook/masterCategories", body=checked.body), 201)

    def _drop_category(self, checked: Checked, world: World) -> Answer:
        world.ask("DELETE", f"outlook/masterCategories/{quote(checked.match.ids[0])}")
        return json_answer(None)


def _match(checked: Checked, one: Json) -> None:
    if checked.headers.get("if-match", "*") not in {"*", one["@odata.etag"]}:
        raise GraphError(412)


def _lower(body: Json) -> Json:
    """Return a body as the emulator understands it: what it knows, and the type of a body in small letters."""
    told = {name: value for name, value in body.items() if name not in _KEPT}
    if isinstance(told.get("body"), dict):
        told["body"] = told["body"] | {"contentType": str(told["body"].get("contentType", "html")).lower()}
    return told


def _without(folder: Json) -> Json:
    return {name: value for name, value in folder.items() if name != "name"}


def _picked(one: Json, select: tuple[str, ...]) -> Json:
    return {name: value for name, value in one.items() if not select or name in select or name in {"id", "@odata.etag"}}
