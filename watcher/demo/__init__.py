"""Ten weeks of one job search in time-lapse: `run_demo` plays a made-up world against the daemon's own cycle."""

from watcher.demo.run import DemoError, run_demo

__all__ = ["DemoError", "run_demo"]
