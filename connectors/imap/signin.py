"""Connecting and signing in: imapclient's part of the work, on our buffer."""

from __future__ import annotations

import imaplib
import io
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import CapabilityError, IMAPClientError
from imapclient.imap4 import IMAP4WithTimeout
from imapclient.tls import IMAP4_TLS

from connectors.errors import AuthNeeded, ConnectorError, Misconfigured, Unavailable
from connectors.imap import tls
from connectors.imap.refusal import printable, redact, refusal, sign_in_refusal
from connectors.imap.settings import Auth, ImapSettings, Security
from connectors.imap.wire import Buffer, Wire, quoted

__all__ = ["Connection", "connect"]

_NO_TLS = frozenset({"WRONG_VERSION_NUMBER", "UNKNOWN_PROTOCOL", "HTTP_REQUEST", "UNSUPPORTED_PROTOCOL", "RECORD_LAYER_FAILURE"})
_KEEPALIVE = (("TCP_KEEPIDLE", 60), ("TCP_KEEPINTVL", 20), ("TCP_KEEPCNT", 3))


@dataclass(slots=True)
class Connection:
    """A signed-in connection."""

    wire: Wire
    capabilities: frozenset[bytes]
    """Upper-case, as told after the sign-in."""

    def can(self, name: bytes) -> bool:
        """Say whether the server offers an extension. IMAP4rev2 has many of them built in (RFC 9051 appendix E)."""
        return name in self.capabilities or (name in _REV2 and b"IMAP4REV2" in self.capabilities)

    def close(self) -> None:
        """Say goodbye without waiting for the answer, and let go of the socket; never raises."""
        sock, self.wire.buffer.sock = self.wire.buffer.sock, None
        if sock is None:
            return
        with suppress(OSError, ValueError):
            sock.settimeout(1.0)
            if not self.wire.dead:
                sock.sendall(b"H0 LOGOUT\r\n")
        self.wire.dead = True
        with suppress(OSError, ValueError):
            sock.shutdown(socket.SHUT_RDWR)
        with suppress(OSError, ValueError):
            sock.close()


_REV2 = frozenset(
    {b"IDLE", b"NAMESPACE", b"UIDPLUS", b"MOVE", b"ESEARCH", b"UNSELECT", b"ENABLE", b"SPECIAL-USE", b"LIST-EXTENDED"}
)


class _OnBuffer:
    """Makes imaplib read through our buffer (`read` and `readline` are its documented seams)."""

    sock: socket.socket
    buffer: Buffer
    _create_socket: Callable[[float | None], socket.socket]

    def open(self, host: str = "", port: int = 143, timeout: float | None = None) -> None:
        """Connect without the second reader that imaplib would make, which would keep the socket open behind our back."""
        self.host, self.port = host, port
        self.sock = self._create_socket(timeout)
        self.buffer.sock = self.sock

    def shutdown(self) -> None:
        """Close the socket."""
        self.sock.close()

    def read(self, size: int) -> bytes:
        self.buffer.sock = self.sock
        return self.buffer.exactly(size)

    def readline(self) -> bytes:
        self.buffer.sock = self.sock
        return self.buffer.line() + b"\r\n"


class _Tls(_OnBuffer, IMAP4_TLS):  # type: ignore[misc]  # imapclient has no types
    def __init__(self, buffer: Buffer, *args: Any) -> None:
        self.buffer = buffer
        super().__init__(*args)


class _Plain(_OnBuffer, IMAP4WithTimeout):  # type: ignore[misc]  # imapclient has no types
    def __init__(self, buffer: Buffer, *args: Any) -> None:
        self.buffer = buffer
        super().__init__(*args)


class _Client(IMAPClient):  # type: ignore[misc]  # imapclient has no types
    def __init__(self, settings: ImapSettings, buffer: Buffer) -> None:
        self._buffer = buffer
        secure = settings.security is Security.TLS
        super().__init__(
            settings.host,
            port=settings.number,
            ssl=secure,
            ssl_context=tls.context(settings.ca_file) if secure else None,
            timeout=SocketTimeout(settings.timeout, settings.timeout),
        )
        self._imap.debug = 0  # imapclient turns imaplib's tracing on; a trace of a sign-in holds the secret

    def _create_IMAP4(self) -> imaplib.IMAP4:  # noqa: N802 - the name of imapclient's seam
        timeout = self._timeout.connect
        if self.ssl:
            return _Tls(self._buffer, self.host, self.port, self.ssl_context, timeout)
        return _Plain(self._buffer, self.host, self.port, timeout)


def connect(settings: ImapSettings) -> Connection:
    """Connect, protect and sign in. Raises Unavailable, AuthNeeded or Misconfigured, with what to do in the text."""
    buffer = Buffer(settings.where)
    try:
        return _connect(settings, buffer)
    except BaseException:
        if buffer.sock is not None:
            with suppress(OSError):
                buffer.sock.close()
        raise


def _connect(settings: ImapSettings, buffer: Buffer) -> Connection:
    client = _greet(settings, buffer)
    if settings.security is Security.STARTTLS:
        _upgrade(client, settings, buffer)
    sock = client._imap.sock  # noqa: SLF001 - imapclient's socket() may hand out an SSL object instead
    buffer.sock = sock
    sock.settimeout(settings.timeout)
    _keep_alive(sock)
    wire = Wire(buffer, settings.timeout)
    if client._imap.state == "NONAUTH":  # noqa: SLF001 - else the server has signed us in by itself (PREAUTH)
        _sign_in(client, wire, settings)
    # From here on only `wire` reads and writes; the client object is dropped, the socket lives on in the buffer.
    told = wire.do("asking what the server can do", b"CAPABILITY").lines(b"CAPABILITY")
    return Connection(wire, frozenset(name for reply in told for name in reply[0].upper().split()[2:]))


def _greet(settings: ImapSettings, buffer: Buffer) -> _Client:
    where = settings.where
    try:
        return _Client(settings, buffer)
    except ssl.SSLCertVerificationError as error:
        raise Misconfigured(
            f"The certificate of {where} cannot be trusted ({error.verify_message}). If `host` is right and the server has a "
            "certificate of its own making, name the file of its authority: ca_file = '/path/to/ca.pem'."
        ) from error
    except ssl.SSLError as error:
        if error.reason in _NO_TLS:
            raise Misconfigured(
                f"{where} does not speak TLS there ({error.reason}). Is the port right? 993 is for security = 'tls', "
                "143 for 'starttls'."
            ) from error
        raise Unavailable(f"{where} broke off while encrypting the connection ({error.reason or error}).") from error
    except TimeoutError as error:
        raise Unavailable(
            f"{where} did not answer within {settings.timeout:g} s. Are you online, and is the port right?"
        ) from error
    except socket.gaierror as error:
        raise Unavailable(
            f"The name {settings.host} was not found ({error.strerror}). Are you online, and is `host` right?"
        ) from error
    except OSError as error:
        raise Unavailable(
            f"{where} cannot be reached ({error.strerror or error}). Are you online, and are host and port right?"
        ) from error
    except imaplib.IMAP4.error as error:
        text = error.args[0] if error.args and isinstance(error.args[0], bytes) else str(error).encode()
        failure = refusal(where, "greeting", text.removeprefix(b"* BYE ").removeprefix(b"b'"))
        if isinstance(failure, Unavailable):
            raise failure from error
        raise Unavailable(f"{where} did not greet as an IMAP server does: {printable(text)}. Is the port right?") from error


def _upgrade(client: _Client, settings: ImapSettings, buffer: Buffer) -> None:
    where = settings.where
    try:
        client.starttls(_Upgrade(tls.context(settings.ca_file), buffer))
    except CapabilityError as error:
        raise Misconfigured(f"{where} does not offer STARTTLS. Set security = 'tls' (usually port 993).") from error
    except ssl.SSLCertVerificationError as error:
        raise Misconfigured(
            f"The certificate of {where} cannot be trusted ({error.verify_message}). If `host` is right and the server has a "
            "certificate of its own making, name the file of its authority: ca_file = '/path/to/ca.pem'."
        ) from error
    except (IMAPClientError, imaplib.IMAP4.error, OSError) as error:
        raise Unavailable(f"{where} broke off while encrypting the connection ({error}).") from error
    finally:
        buffer.sock = client._imap.sock  # noqa: SLF001 - the wrapped one
        for reader in (vars(client._imap).get("file"), vars(client._imap).get("_file")):  # noqa: SLF001 - imaplib made one again
            if isinstance(reader, io.BufferedReader):
                reader.close()


class _Upgrade:
    """Stands for the TLS context in imaplib's STARTTLS: looks at what has come before it encrypts."""

    def __init__(self, context: ssl.SSLContext, buffer: Buffer) -> None:
        self._context = context
        self._buffer = buffer

    def wrap_socket(self, sock: socket.socket, server_hostname: str) -> ssl.SSLSocket:
        if self._buffer.pos < len(self._buffer.data):
            # Words from before the encryption could be anybody's (RFC 9051 section 11.1).
            raise Unavailable(f"{self._buffer.where} said more than it should before the encryption began; it is not trusted.")
        return self._context.wrap_socket(sock, server_hostname=server_hostname)


def _keep_alive(sock: socket.socket) -> None:
    with suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for name, value in _KEEPALIVE:
            option = getattr(socket, name, None)
            if option is not None:
                sock.setsockopt(socket.IPPROTO_TCP, option, value)


def _sign_in(client: _Client, wire: Wire, settings: ImapSettings) -> None:
    secret = settings.secret()
    if not secret:
        raise AuthNeeded(f"There is no password for {settings.username} at {settings.where}: {settings.renew}.")
    offered = {bytes(name).upper() for name in client.capabilities()}
    try:
        if settings.auth is Auth.XOAUTH2:
            _by_token(client, settings, secret, offered)
        elif b"AUTH=PLAIN" in offered:
            client.plain_login(settings.username, secret)
        elif b"LOGINDISABLED" in offered:
            raise Misconfigured(
                f"{settings.where} takes no password on an unencrypted connection: set security = 'tls' or 'starttls'."
                if settings.security is Security.PLAIN
                else f"{settings.where} takes no password: set auth = 'xoauth2'."
            )
        else:
            answer = wire.ask(b"LOGIN", quoted(settings.username.encode()), quoted(secret.encode()))
            if not answer.ok:
                raise sign_in_refusal(settings, answer.text, secret)
    except ConnectorError:
        raise
    except imaplib.IMAP4.abort as error:
        raise Unavailable(redact(f"{settings.where} broke off during the sign-in ({error}).", secret)) from None
    except (IMAPClientError, imaplib.IMAP4.error) as error:
        raise sign_in_refusal(settings, str(error).encode(), secret) from None
    except OSError as error:
        raise Unavailable(f"{settings.where} broke off during the sign-in ({error}).") from None


def _by_token(client: _Client, settings: ImapSettings, token: str, offered: set[bytes]) -> None:
    user = settings.username
    if b"AUTH=XOAUTH2" in offered:
        mechanism, first = "XOAUTH2", f"user={user}\x01auth=Bearer {token}\x01\x01"
    elif b"AUTH=OAUTHBEARER" in offered:
        name = user.replace("=", "=3D").replace(",", "=2C")
        mechanism, first = "OAUTHBEARER", f"n,a={name},\x01auth=Bearer {token}\x01\x01"
    else:
        raise Misconfigured(f"{settings.where} does not take access tokens: set auth = 'password'.")
    told: list[bytes] = []

    def respond(challenge: bytes) -> str:
        """Answer the first challenge with the token, any other (a refusal in JSON) so that the server ends it."""
        if not told:
            told.append(challenge)
            return first
        told.append(challenge)
        return "\x01" if mechanism == "OAUTHBEARER" else ""

    try:
        client.sasl_login(mechanism, respond)
    except (IMAPClientError, imaplib.IMAP4.error) as error:
        if isinstance(error, imaplib.IMAP4.abort):
            raise
        reason = printable(b" ".join(told[1:]))
        text = str(error) + (f" {reason}" if reason else "")
        raise sign_in_refusal(settings, text.encode(), token) from None
