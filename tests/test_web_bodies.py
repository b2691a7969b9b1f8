"""The production web server: untrusted request bodies, and the scheme of a request."""

import socket
from urllib.parse import urlsplit

import httpx
import pytest

from tests.serving import Web, running_web

pytestmark = pytest.mark.django_db(transaction=True)


def announce(web: Web, *lines: str) -> bytes:
    """Returns the answer to a request's head without its body."""
    address = urlsplit(web.url)
    with socket.create_connection((address.hostname or "", address.port or 0), timeout=20) as line:
        head = ["POST /accounts/login/ HTTP/1.1", f"Host: {address.netloc}", *lines, "", ""]
        line.sendall("\r\n".join(head).encode())
        return line.recv(100)


def test_it_answers_before_a_large_body_comes() -> None:
    # DEBUG: collectstatic has not run.
    with running_web(DEBUG="true") as web:
        large = announce(web, "Content-Length: 300000000")
        chunked = announce(web, "Transfer-Encoding: chunked")

    assert large.startswith(b"HTTP/1.1 413")
    assert chunked.startswith(b"HTTP/1.1 411")


def test_only_a_proxy_says_that_a_request_is_https() -> None:
    with (
        pytest.raises(AssertionError, match="the server ended at once"),
        running_web(DEBUG="true", HTTPS="true", TRUSTED_PROXIES="0"),
    ):
        pass

    with running_web(DEBUG="true", HTTPS="true", TRUSTED_PROXIES="1") as web:
        address = f"{web.url}/accounts/login/"
        direct = httpx.get(address, headers={"Host": "localhost"}, trust_env=False)
        said = {"X-Forwarded-Proto": "https", "Host": "localhost"}
        proxied = httpx.get(address, headers=said, trust_env=False)

    assert (direct.status_code, proxied.status_code) == (301, 200)
