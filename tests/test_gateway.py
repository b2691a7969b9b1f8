"""Credentials are decrypted in one place, whose errors are for users."""

from typing import TYPE_CHECKING

import pytest
from django.core.cache import cache

from inbox.models import Marketplace
from inbox.services.marketplaces import breaker, clients, connection_check
from tests.writing import Mirakl

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings

    from inbox.sandbox.server import Running

pytestmark = pytest.mark.django_db
OTHER_KEY = "b3RoZXIta2V5LW90aGVyLWtleS1vdGhlci1rZXktb3Q="


def checked(marketplace: Marketplace, **secret: str) -> connection_check.Check:
    clients.set_credential(marketplace, **secret)
    return connection_check.check_connection(marketplace)


# -- keys -----------------------------------------------------------------


def test_a_key_does_not_lie_in_the_open(maison: Marketplace) -> None:
    stored = Marketplace.objects.values().get()

    assert "sandbox-shop" not in repr(stored)
    assert stored["sealed_credential"] == maison.sealed_credential


def test_a_key_sealed_before_the_newest_still_opens(
    maison: Marketplace, settings: "Settings", mirakl: Mirakl
) -> None:
    settings.CREDENTIAL_KEYS = [OTHER_KEY, *settings.CREDENTIAL_KEYS]

    assert connection_check.check_connection(maison).ok


@pytest.mark.parametrize("sealed", ["", "not sealed at all", clients.__name__])
def test_a_key_that_cannot_be_decrypted_gives_an_error_message(
    sealed: str, maison: Marketplace
) -> None:
    maison.sealed_credential = sealed

    check = connection_check.check_connection(maison)

    assert (check.ok, check.words) == (
        False,
        ("The credentials can't be decrypted. Enter them again."),
    )
    with pytest.raises(breaker.UnreadableKey):
        clients.build_client(maison)


def test_a_credential_of_an_unknown_kind_cannot_be_opened(maison: Marketplace) -> None:
    clients.set_credential(maison, kind="oracle", key="x")

    with pytest.raises(breaker.UnreadableKey):
        clients.build_client(maison)


def test_a_wrong_key_is_refused_and_the_right_one_works(
    maison: Marketplace, mirakl: Mirakl
) -> None:
    assert not checked(maison, kind="key", key="wrong").ok
    assert checked(maison, kind="key", key="sandbox-shop-maison").ok


# -- access tokens --------------------------------------------------------


def test_an_access_token_is_fetched_once_for_all_processes(
    maison_operator: Marketplace, mirakl: Mirakl
) -> None:
    for _ in range(3):
        assert connection_check.check_connection(maison_operator).ok

    assert len(mirakl.calls("OAUTH")) == 1


def test_an_access_token_does_not_lie_in_the_open(
    maison_operator: Marketplace, mirakl: Mirakl
) -> None:
    connection_check.check_connection(maison_operator)

    kept = cache.get(clients.SharedToken(maison_operator).name)

    assert kept.startswith("gAAAA")  # Fernet's


def test_another_credential_does_not_live_on_the_token_of_the_last(
    maison_operator: Marketplace, sandbox: "Running", mirakl: Mirakl
) -> None:
    connection_check.check_connection(maison_operator)

    check = checked(
        maison_operator,
        kind="oauth",
        token_url=f"{sandbox.url}/oauth/token",
        client_id="sandbox-operator-maison",
        client_secret="wrong",
    )

    assert "rejected" in check.words


def test_without_a_cache_each_fetches_its_own_token(
    maison_operator: Marketplace, settings: "Settings", mirakl: Mirakl
) -> None:
    dead = {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:9/0"}
    settings.CACHES = {"default": dead}

    assert connection_check.check_connection(maison_operator).ok
    assert connection_check.check_connection(maison_operator).ok

    assert len(mirakl.calls("OAUTH")) == 2
