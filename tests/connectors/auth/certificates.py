"""Certificates of our own making, for any time of validity, and a server that shows one."""

from __future__ import annotations

import ipaddress
import re
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

__all__ = ["ANSWER", "certificate", "secure_server"]

ANSWER = b'{"access_token": "ya29.over-tls", "expires_in": 3599, "token_type": "Bearer"}'


def certificate(folder: Path, begins: datetime, ends: datetime) -> Path:
    """Write key and certificate for 127.0.0.1, its own authority, into one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(ends)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "server.pem"
    plain = serialization.NoEncryption()
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


@contextmanager
def secure_server(path: Path) -> Iterator[str]:
    """Answer any request with a token, over TLS; gives the address."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        done = threading.Event()

        def serve() -> None:
            while not done.is_set():
                with suppress(OSError):
                    line, _ = server.accept()
                    line.settimeout(5)
                    with context.wrap_socket(line, server_side=True) as safe:
                        head, _, body = safe.recv(65_536).partition(b"\r\n\r\n")
                        due = int(re.search(rb"Content-Length: (\d+)", head)[1])  # type: ignore[index]  # what is sent has one
                        while len(body) < due:
                            body += safe.recv(65_536)
                        said = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(ANSWER)}\r\n\r\n"
                        safe.sendall(said.encode() + ANSWER)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield f"https://127.0.0.1:{server.getsockname()[1]}"
        finally:
            done.set()
            thread.join(6)
