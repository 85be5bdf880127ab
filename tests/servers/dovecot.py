"""A real Dovecot 2.3 on loopback, in a directory of its own: every user name signs in with the password `secret`."""

from __future__ import annotations

import contextlib
import grp
import imaplib
import os
import pwd
import shutil
import smtplib
import socket
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from threading import Event
from typing import Self

__all__ = ["PASSWORD", "SPECIAL", "Dovecot", "dovecot_binary"]

PASSWORD = "secret"
SPECIAL: Mapping[str, str] = {
    "Drafts": r"\Drafts",
    "Sent": r"\Sent",
    "Archive": r"\Archive",
    "Trash": r"\Trash",
    "Junk": r"\Junk",
}
_BINARIES = ("/usr/sbin/dovecot", "/usr/local/sbin/dovecot")
_PAUSE = Event()


def dovecot_binary() -> str:
    """Return where Dovecot is. Raises RuntimeError, which says how to get it."""
    found = shutil.which("dovecot") or next((path for path in _BINARIES if Path(path).exists()), None)
    if found is None:
        raise RuntimeError("Dovecot is not installed. `make test` installs it (Debian: dovecot-imapd and dovecot-lmtpd).")
    return found


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Dovecot:
    """A running server. `special` names the folders that are made for each user, and their special-use mark, if any.

    `tokeninfo` is the URL of an OAuth 2 token-info endpoint; with it XOAUTH2 and OAUTHBEARER are offered as well.
    """

    host = "localhost"

    def __init__(
        self,
        folder: Path,
        *,
        special: Mapping[str, str] = SPECIAL,
        tokeninfo: str = "",
        capability: str = "",
        storage: str = "maildir",
        prefix: str = "",
        separator: str = "/",
        extra: str = "",
    ) -> None:
        """Prepare the directory.

        `capability`, when given, is what the server says it can do, instead of the truth. `storage` is how it keeps mail
        (maildir, mbox, sdbox, mdbox), `prefix` and `separator` are those of the only namespace, `extra` is added to the
        configuration.
        """
        self.root = os.getuid() == 0
        self.kept = folder
        # As root the mail belongs to another user, who must get at it; pytest closes its directories to all others.
        self.folder = Path(tempfile.mkdtemp(prefix="hearback-dovecot-")) if self.root else folder
        self.special = special
        self.tokeninfo = tokeninfo
        self.capability = capability
        self.storage, self.prefix, self.separator, self.extra = storage, prefix, separator, extra
        self.imap, self.imaps, self.lmtp = _free_port(), _free_port(), _free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def ca_file(self) -> Path:
        """Return the certificate, which is its own authority; it is for localhost and 127.0.0.1."""
        return self.folder / "cert.pem"

    def __enter__(self) -> Self:
        """Start, and return when it answers."""
        binary = dovecot_binary()
        (self.folder / "run").mkdir(parents=True, exist_ok=True)
        (self.folder / "mail").mkdir(exist_ok=True)
        if self.root:  # Dovecot keeps no mail as root
            os.chown(self.folder / "mail", 8, 8)
            self.folder.chmod(0o755)
        _make_certificate(self.folder)
        config = self.folder / "dovecot.conf"
        config.write_text(self._config())
        self._process = subprocess.Popen([binary, "-F", "-c", str(config)], stdin=subprocess.DEVNULL)
        self._wait_until_up()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop; the log is kept in the directory that was given."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait(10)
        if self.root:
            self.kept.mkdir(parents=True, exist_ok=True)
            with contextlib.suppress(OSError):
                shutil.copy(self.folder / "dovecot.log", self.kept / "dovecot.log")
            shutil.rmtree(self.folder, ignore_errors=True)

    def _wait_until_up(self) -> None:
        for _ in range(500):
            assert self._process is not None
            if self._process.poll() is not None:
                raise RuntimeError(f"Dovecot ended with {self._process.returncode}; see {self.folder / 'dovecot.log'}")
            with contextlib.suppress(OSError, imaplib.IMAP4.error):
                imaplib.IMAP4("127.0.0.1", self.imap, timeout=5).logout()
                return
            _PAUSE.wait(0.02)
        raise RuntimeError(f"Dovecot does not answer; see {self.folder / 'dovecot.log'}")

    def maildir(self, user: str) -> Path:
        """Return the directory of a user's mail."""
        return self.folder / "mail" / user.partition("@")[0]

    def deliver(self, user: str, raw: bytes) -> None:
        """Deliver to the inbox by LMTP, as a mail server does; this wakes who idles there."""
        with smtplib.LMTP("127.0.0.1", self.lmtp) as client:
            client.sendmail("world@example.org", [user], raw)

    def client(self, user: str) -> imaplib.IMAP4:
        """Return a signed-in connection of another mail client; `logout` it."""
        client = imaplib.IMAP4("127.0.0.1", self.imap, timeout=10)
        client.login(user, PASSWORD)
        return client

    def renumber(self, user: str) -> None:
        """Lose the index of every folder of a user: the mail stays, every UIDVALIDITY changes. Only of Maildir."""
        home = self.maildir(user)
        for path in [*home.glob("dovecot*"), *home.glob(".*/dovecot*")]:
            if path.is_file() and not path.name.startswith("dovecot-uidvalidity"):
                path.unlink()

    def _config(self) -> str:
        user, group = pwd.getpwuid(os.getuid()).pw_name, grp.getgrgid(os.getgid()).gr_name
        internal, login = ("dovecot", "dovenull") if self.root else (user, user)
        internal_group = "dovecot" if self.root else group
        uid, gid = (8, 8) if self.root else (os.getuid(), os.getgid())
        mailboxes = "\n".join(
            f'  mailbox "{name}" {{\n    auto = subscribe\n' + (f"    special_use = {mark}\n" if mark else "") + "  }"
            for name, mark in self.special.items()
        )
        oauth = ""
        if self.tokeninfo:
            oauth = f"""
auth_mechanisms = $auth_mechanisms xoauth2 oauthbearer
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {self.folder}/oauth2.conf.ext
}}"""
            (self.folder / "oauth2.conf.ext").write_text(
                f"tokeninfo_url = {self.tokeninfo}\nusername_attribute = email\nclient_id = hearback\nforce_introspection = no\n"
            )
        unchroot = (
            "" if self.root else "".join(f"service {name} {{\n  chroot =\n}}\n" for name in ("anvil", "imap-login", "stats"))
        )
        capability = f"imap_capability = {self.capability}" if self.capability else ""
        return f"""
protocols = imap lmtp
listen = 127.0.0.1
base_dir = {self.folder}/run
state_dir = {self.folder}/run
instance_name = {self.folder.name}
default_internal_user = {internal}
default_internal_group = {internal_group}
default_login_user = {login}
first_valid_uid = 0
first_valid_gid = 0
log_path = {self.folder}/dovecot.log
auth_verbose = yes
auth_failure_delay = 0
ssl = yes
ssl_cert = <{self.folder}/cert.pem
ssl_key = <{self.folder}/key.pem
disable_plaintext_auth = no
auth_mechanisms = plain login
mail_location = {self.storage}:{self.folder}/mail/%n
mail_max_userip_connections = 100
passdb {{
  driver = static
  mechanisms = plain login
  args = password={PASSWORD}
}}{oauth}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={self.folder}/mail/%n allow_all_users=yes
}}
namespace inbox {{
  inbox = yes
  prefix = {self.prefix}
  separator = {self.separator}
{mailboxes}
}}
service imap-login {{
  inet_listener imap {{
    port = {self.imap}
  }}
  inet_listener imaps {{
    port = {self.imaps}
    ssl = yes
  }}
  process_min_avail = 1
}}
service lmtp {{
  user = {user}
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {self.lmtp}
  }}
}}
protocol imap {{
  {capability}
}}
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
{unchroot}
{self.extra}
"""


def _make_certificate(folder: Path) -> None:
    if (folder / "cert.pem").exists():
        return
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", "/CN=localhost"]
    command += ["-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")]
    command += ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    subprocess.run(command, check=True, capture_output=True)
