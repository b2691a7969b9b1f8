"""`reseal` encrypts every credential with the new key, each bound to its address."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import Settings

from inbox.models import Marketplace, User
from inbox.services.marketplaces import breaker, clients, connection_check, resealing, sealing
from inbox.services.mirror import sync
from tests.builders import text_of
from tests.conftest import TEST_KEY
from tests.tools import move
from tests.writing import Mirakl

NEW_KEY = "b3RoZXIta2V5LW90aGVyLWtleS1vdGhlci1rZXktb3Q="
EVIL = "https://evil.example"


def sealed_without_address(marketplace: Marketplace) -> None:
    """Encrypts without an address, as older versions did."""
    marketplace.sealed_credential = sealing.seal({"kind": "key", "key": "sandbox-shop-maison"})
    marketplace.save(update_fields=["sealed_credential"])


def reseal(*arguments: str) -> str:
    said = io.StringIO()
    call_command("reseal", *arguments, stdout=said)
    return said.getvalue()


def put_a_new_key_in_front(settings: Settings) -> None:
    settings.CREDENTIAL_KEYS = [NEW_KEY, TEST_KEY]


def test_the_old_key_can_go(
    maison: Marketplace, maison_operator: Marketplace, settings: Settings, mirakl: Mirakl
) -> None:
    put_a_new_key_in_front(settings)

    said = reseal()

    settings.CREDENTIAL_KEYS = [NEW_KEY]
    assert all(connection_check.check_connection(one).ok for one in Marketplace.objects.all())
    assert "Credentials encrypted again: 2" in said
    assert "Key 1 of CREDENTIAL_KEYS: 2 secrets. This key encrypts new credentials." in said
    assert "Key 2 of CREDENTIAL_KEYS: 0 secrets. Remove this key" in said


def test_a_second_time_changes_nothing(maison: Marketplace, settings: Settings) -> None:
    put_a_new_key_in_front(settings)
    reseal()
    sealed = Marketplace.objects.get().sealed_credential

    said = reseal()

    assert "Credentials encrypted again: 0" in said
    assert Marketplace.objects.get().sealed_credential == sealed


def test_it_keeps_a_credential_that_somebody_enters_meanwhile(
    maison: Marketplace, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_a_new_key_in_front(settings)
    unseal = sealing.unseal

    def enters_another(sealed: str) -> sealing.Opened | None:
        clients.set_credential(maison, kind="key", key="entered meanwhile")
        return unseal(sealed)

    with monkeypatch.context() as patch:
        patch.setattr(sealing, "unseal", enters_another)
        assert resealing.reseal() == 0

    kept = unseal(Marketplace.objects.get().sealed_credential)
    assert kept
    assert kept.secret["key"] == "entered meanwhile"


def test_it_says_which_key_is_needed_still(maison: Marketplace, settings: Settings) -> None:
    put_a_new_key_in_front(settings)

    assert resealing.count_by_key() == {1: 1}


def test_it_names_what_no_key_opens(maison: Marketplace, settings: Settings) -> None:
    settings.CREDENTIAL_KEYS = [NEW_KEY]
    said = io.StringIO()

    with pytest.raises(CommandError, match="Some credentials could not"):
        call_command("reseal", stdout=said)

    assert "maison-verte: no key decrypts its credentials." in said.getvalue()
    assert Marketplace.objects.get().sealed_credential == maison.sealed_credential


# -- the address ----------------------------------------------------------


def test_a_key_is_not_sent_to_an_address_that_was_written_into_the_database(
    maison: Marketplace,
) -> None:
    Marketplace.objects.update(base_url=EVIL)
    maison.refresh_from_db()

    check = connection_check.check_connection(maison)

    assert check.words == ("The credentials were entered for another address. Enter them again.")
    with pytest.raises(breaker.KeyOfAnotherAddress):
        clients.build_client(maison)


def test_a_page_says_so_too(maison: Marketplace) -> None:
    Marketplace.objects.update(base_url=EVIL)

    (freshness,) = sync.refresh(list(Marketplace.objects.all()))

    assert freshness.words == (
        "The credentials of Maison Verte are for another address. Ask your admin to "
        "enter them again."
    )


@pytest.mark.parametrize("base_url", ["", "http://[", "nowhere", "http://127.0.0.1:99999"])
def test_pages_stand_where_the_database_holds_no_address(
    base_url: str, maison: Marketplace, alice: User, client: Client
) -> None:
    Marketplace.objects.update(base_url=base_url)
    client.force_login(alice)

    pages = ["/", "/marketplaces/maison-verte/", "/marketplaces/maison-verte/account/"]

    assert {client.get(page).status_code for page in pages} == {200}
    assert "for another address" in text_of(client.get("/"))


def test_a_key_that_is_entered_again_goes_to_the_new_address(maison: Marketplace) -> None:
    move(maison, EVIL)

    assert clients.build_client(maison)


def test_the_rest_of_the_address_and_its_case_do_not_matter(maison: Marketplace) -> None:
    maison.base_url = f"{maison.base_url}/".replace("http", "HTTP")

    assert clients.build_client(maison)


def test_a_key_that_was_sealed_for_no_address_is_not_sent(maison: Marketplace) -> None:
    sealed_without_address(maison)

    said = reseal()

    assert "maison-verte: its credentials have no address." in said
    with pytest.raises(breaker.KeyOfAnotherAddress):
        clients.build_client(maison)


def test_an_admin_can_trust_the_addresses_as_they_are(maison: Marketplace) -> None:
    sealed_without_address(maison)

    reseal("--trust-addresses")

    maison.refresh_from_db()
    assert clients.build_client(maison)
