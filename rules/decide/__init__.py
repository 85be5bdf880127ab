"""What should stand in Drafts now, why, and when to ask again."""

from rules.decide.decision import decide
from rules.decide.voices import Voice, article_voices

__all__ = ["Voice", "article_voices", "decide"]
