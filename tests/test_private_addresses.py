"""Marketplaces must be on the public internet unless a setting allows others."""

import pytest
from django.core.exceptions import ValidationError
from pytest_django import Settings

from inbox.models.marketplaces import validate_base_url

PRIVATE = [
    "http://127.0.0.1:8900",
    "http://localhost:8900",
    "https://localhost",
    "https://127.1",
    "https://2130706433",
    "https://0x7f000001/",
    "https://10.0.0.5",
    "https://192.168.1.1:8443/x",
    "https://169.254.169.254",
    "https://[::1]",
    "https://[::ffff:127.0.0.1]",
    "https://[fd00::1]",
    "https://0.0.0.0",
    "https://db.internal",
    "https://printer.local.",
]


@pytest.mark.parametrize("url", PRIVATE)
def test_an_address_of_the_own_network_is_refused(url: str, settings: Settings) -> None:
    settings.ALLOW_PRIVATE_ADDRESSES = False

    with pytest.raises(ValidationError, match="private network"):
        validate_base_url(url)


@pytest.mark.parametrize("url", PRIVATE)
def test_a_setting_allows_it(url: str, settings: Settings) -> None:
    settings.ALLOW_PRIVATE_ADDRESSES = True

    validate_base_url(url)


@pytest.mark.parametrize(
    "url",
    ["https://shop.mirakl.net", "https://8.8.8.8", "https://[2606:4700::1111]", "https://a.localx"],
)
def test_a_public_address_is_taken(url: str, settings: Settings) -> None:
    settings.ALLOW_PRIVATE_ADDRESSES = False

    validate_base_url(url)


def test_plain_http_stays_refused_beyond_this_machine(settings: Settings) -> None:
    settings.ALLOW_PRIVATE_ADDRESSES = True

    with pytest.raises(ValidationError, match="https"):
        validate_base_url("http://10.0.0.5")
