"""The past of a mailbox, played through the daemon's own passes: what would have stood in Drafts, day by day."""

from watcher.replay.play import Replay, ReplayError, opened, window_of

__all__ = ["Replay", "ReplayError", "opened", "window_of"]
