"""The client address behind no, one or two proxies."""

import pytest
from django.test import RequestFactory
from pytest_django import Settings

from helpdesk.client_address import client_address, network_of


def address_of(
    settings: Settings, proxies: int, forwarded: str | None = None, peer: str = "192.0.2.1"
) -> str:
    settings.TRUSTED_PROXIES = proxies
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    return client_address(RequestFactory().get("/", headers=headers, REMOTE_ADDR=peer))


def test_without_a_proxy_nobody_chooses_their_address(settings: Settings) -> None:
    assert address_of(settings, 0, "203.0.113.9") == "192.0.2.1"


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        (2, "198.51.100.1, 203.0.113.9 , 10.0.0.1", "203.0.113.9"),
        (1, "2001:0db8:0::1", "2001:db8::1"),
        (1, "::ffff:203.0.113.9", "203.0.113.9"),
        (1, "fe80::1%eth0", "fe80::1"),
    ],
)
def test_each_proxy_is_believed_about_its_own_peer(
    settings: Settings, proxies: int, forwarded: str, expected: str
) -> None:
    assert address_of(settings, proxies, forwarded) == expected


@pytest.mark.parametrize(
    ("proxies", "forwarded"),
    [
        (1, None),
        (2, "203.0.113.9"),
        (1, ""),
        (1, "not an address"),
        (1, "203.0.113.9, "),
        (1, "\0"),
        (1, "1" * 5000),
    ],
)
def test_an_address_that_cannot_be_told_is_no_error(
    settings: Settings, proxies: int, forwarded: str | None
) -> None:
    assert address_of(settings, proxies, forwarded) == ""


@pytest.mark.parametrize("peer", ["", "/run/desk.sock"])
def test_a_unix_socket_has_no_address(settings: Settings, peer: str) -> None:
    assert address_of(settings, 0, peer=peer) == ""


def test_a_network_of_ipv6_is_limited_as_one() -> None:
    assert network_of("2001:db8:1:2:3:4:5:6") == "2001:db8:1:2::/64"
    assert network_of("2001:db8:1:2::9") == "2001:db8:1:2::/64"
    assert network_of("2001:db8:1:3::9") != network_of("2001:db8:1:2::9")


def test_an_ipv4_address_is_limited_alone() -> None:
    assert network_of("192.0.2.1") == "192.0.2.1"
    assert network_of("") == ""
