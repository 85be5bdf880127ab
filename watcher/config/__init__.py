"""The configuration: what is in it (`model`), how it is read (`load`), and how its faults are told (`problems`)."""

from watcher.config.load import load_config
from watcher.config.model import (
    Account,
    Config,
    Daemon,
    Folders,
    GmailAccount,
    ImapAccount,
    Lint,
    MaildirAccount,
    OutlookAccount,
    Password,
    Rules,
    Token,
    User,
)
from watcher.config.problems import ConfigError, Problem

__all__ = [
    "Account",
    "Config",
    "ConfigError",
    "Daemon",
    "Folders",
    "GmailAccount",
    "ImapAccount",
    "Lint",
    "MaildirAccount",
    "OutlookAccount",
    "Password",
    "Problem",
    "Rules",
    "Token",
    "User",
    "load_config",
]
