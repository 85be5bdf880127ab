"""The daemon: clock, store, configuration and command line around the rules and the connectors."""
