"""Looking into files that go along with a draft: their text, and what they tell beside it. Hostile ones are told of."""

from rules.lint.attached.look import look_into
from rules.lint.attached.types import Looked, Piece

__all__ = ["Looked", "Piece", "look_into"]
