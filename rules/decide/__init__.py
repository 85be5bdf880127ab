"""What should stand in Drafts now, why, and when to ask again."""

from rules.decide.decision import decide

__all__ = ["decide"]
