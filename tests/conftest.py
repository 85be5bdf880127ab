"""How Hypothesis looks for counterexamples: the same ones each time in CI, without a stop-watch, for machines are shared."""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")
