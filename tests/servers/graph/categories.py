"""The master list of categories: https://learn.microsoft.com/en-us/graph/api/resources/outlookcategory."""

from __future__ import annotations

from typing import Final

from tests.servers.graph.answers import Answer, GraphError, Json, json_answer
from tests.servers.graph.methods import Asked, Method
from tests.servers.graph.store import identifier

__all__ = ["CATEGORIES"]


def _list(asked: Asked) -> Answer:
    return json_answer({"@odata.context": asked.context("outlook/masterCategories"), "value": list(asked.box.master.values())})


def _create(asked: Asked) -> Answer:
    """https://learn.microsoft.com/en-us/graph/api/outlookuser-post-mastercategories: 201; the name has to be new."""
    name = str(asked.body.get("displayName") or "")
    if not name:
        raise GraphError(400, "A category has a name.", code="ErrorInvalidRequest")
    if any(one["displayName"].lower() == name.lower() for one in asked.box.master.values()):
        raise GraphError(409, "A category of that name is there.", code="CategoryNameDuplicate")
    key = identifier("", "category", name, len(asked.box.master))[:36]
    made: Json = {"id": key, "displayName": name, "color": str(asked.body.get("color") or "none").lower()}
    asked.box.master[key] = made
    return json_answer({"@odata.context": asked.context("outlook/masterCategories/$entity"), **made}, 201)


def _one(asked: Asked) -> Json:
    found = asked.box.master.get(asked.ids[0])
    if found is None:
        raise GraphError(404)
    return found


def _update(asked: Asked) -> Answer:
    """https://learn.microsoft.com/en-us/graph/api/outlookcategory-update: nothing but its colour."""
    one = _one(asked)
    one["color"] = str(asked.body.get("color") or one["color"]).lower()
    return json_answer(one)


def _delete(asked: Asked) -> Answer:
    del asked.box.master[_one(asked)["id"]]
    return json_answer(None)


CATEGORIES: Final[dict[str, Method]] = {
    "masterCategories.list": _list,
    "masterCategories.create": _create,
    "masterCategories.update": _update,
    "masterCategories.delete": _delete,
}
