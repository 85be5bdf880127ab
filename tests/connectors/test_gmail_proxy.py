"""Gmail through a proxy that HTTPS_PROXY names."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.gmail.transport import ProxyError, Transport
from tests.connectors.auth.secure_server import ANSWER, secure_server
from tests.connectors.auth.tunnel import tunnel
from tests.servers.certificates import certificate


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Give the address of a server whose certificate is trusted."""
    for name in ("NO_PROXY", "no_proxy", "https_proxy", "HTTPS_PROXY"):
        monkeypatch.delenv(name, raising=False)
    path = certificate(tmp_path, datetime(2020, 1, 1, tzinfo=UTC), datetime(2150, 1, 1, tzinfo=UTC))
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    with secure_server(path) as url:
        yield url


def ask(url: str) -> bytes:
    http = Transport(5)
    try:
        content: bytes = http.request(f"{url}/gmail/v1/x", "POST", body="{}")[1]
        return content
    finally:
        http.close()


def test_the_proxy_is_asked_and_the_certificate_behind_it_is_looked_at(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with tunnel() as (proxy, asked):
        monkeypatch.setenv("HTTPS_PROXY", proxy)
        assert ask(server) == ANSWER
        assert asked == [server.removeprefix("https://")]
        monkeypatch.setenv("HTTPS_PROXY", proxy.removeprefix("http://"))
        assert ask(server) == ANSWER
        assert len(asked) == 2
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        assert ask(server) == ANSWER
        assert len(asked) == 2


def test_a_password_of_the_proxy_is_given_to_it_alone(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with tunnel(wants=b"Basic " + base64.b64encode(b"sam:hunter@2")) as (proxy, _):
        monkeypatch.setenv("HTTPS_PROXY", proxy.replace("://", "://sam:hunter%402@"))
        assert ask(server) == ANSWER
        monkeypatch.setenv("HTTPS_PROXY", proxy)
        with pytest.raises(ProxyError, match="407"):
            ask(server)


@pytest.mark.parametrize("proxy", ["http://127.0.0.1:1", "http://127.0.0.1:99999", "http://no-such-proxy.invalid:3128"])
def test_a_proxy_that_is_none_is_told_without_its_password(server: str, monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy.replace("://", "://sam:hunter2@"))
    with pytest.raises(ProxyError, match="the proxy") as caught:
        ask(server)

    assert "hunter2" not in str(caught.value)
