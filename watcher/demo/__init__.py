"""Ten weeks of one job search in time-lapse: `run_demo` plays a made-up world against the daemon's own cycle."""
