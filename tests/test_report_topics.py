"""Topics of reports have the names that the marketplaces give them."""

import pytest
from django.test import Client

from inbox.models import Marketplace, User
from inbox.services.marketplaces import reasons
from tests.builders import text_of
from tests.reporting import utc, wait
from tests.writing import Mirakl

pytestmark = pytest.mark.django_db
OCTOBER = {"from": "2026-10-01", "to": "2026-10-31"}


@pytest.fixture
def lead(bob: User, client: Client, mirakl: Mirakl) -> Client:
    client.force_login(bob)
    return client


def test_a_code_is_shown_by_its_label(lead: Client, maison: Marketplace) -> None:
    # As a page of the inbox or a composer has read them.
    code = reasons.list_offered(maison, "MMP_ORDER")[0]
    wait(maison, utc("2026-10-05T08:00"), 600, topic=code.code)

    page = text_of(lead.get("/reports/topics/", OCTOBER))
    chosen = text_of(lead.get("/reports/topics/", OCTOBER | {"topic": code.code}))

    assert f">{code.label}</a>" in page
    assert f"topic={code.code}" in page
    assert chosen.count(code.label) > page.count(code.label)
