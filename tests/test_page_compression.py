"""Pages are compressed for the desk itself, and for nobody who could measure their length."""

import gzip

import pytest
from django.test import Client

from inbox.models import Marketplace, User

GZIP = {"Accept-Encoding": "gzip, br"}


@pytest.fixture
def agent(client: Client, ada: User, nordhaus: Marketplace) -> Client:
    client.force_login(ada)
    return client


@pytest.mark.parametrize("site", ["same-origin", "none"])
def test_a_page_is_compressed_for_the_desk_and_the_address_bar(agent: Client, site: str) -> None:
    answer = agent.get("/", headers={**GZIP, "Sec-Fetch-Site": site})

    assert answer["Content-Encoding"] == "gzip"
    assert b"<html" in gzip.decompress(answer.content)


@pytest.mark.parametrize("site", ["cross-site", "same-site", None])
def test_no_other_site_learns_how_well_a_page_compresses(agent: Client, site: str | None) -> None:
    asked = {**GZIP, "Sec-Fetch-Site": site} if site else GZIP

    assert "Content-Encoding" not in agent.get("/", headers=asked).headers


def test_the_same_page_has_many_lengths(agent: Client) -> None:
    own = {**GZIP, "Sec-Fetch-Site": "same-origin"}

    lengths = {len(agent.get("/profile/password/", headers=own).content) for _ in range(20)}

    assert len(lengths) > 3


def test_what_is_no_page_stays_as_it_is(agent: Client) -> None:
    answer = agent.get("/healthz", headers={**GZIP, "Sec-Fetch-Site": "none"})

    assert "Content-Encoding" not in answer.headers
