"""*Check connection* tests the reads of pages, and lists missing rights with their reason."""

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.utils import timezone

from inbox.models import Marketplace
from inbox.services.marketplaces import breaker, clients, connection_check
from tests.builders import text_of
from tests.tools import move
from tests.vendor_mock import document, needs_documents
from tests.writing import Mirakl

if TYPE_CHECKING:
    from inbox.sandbox.server import Running

pytestmark = pytest.mark.django_db
State = connection_check.State
LOGIN = "<html><form action='/login'><input type='password' name='p'></form></html>"


def is_refused(finding: connection_check.Finding) -> bool:
    return finding.state == State.REFUSED


def test_conversations_are_the_proof_and_each_right_is_tried(
    maison: Marketplace, mirakl: Mirakl
) -> None:
    check = connection_check.check_connection(maison)

    assert (check.is_whole, check.find_operations(State.UNTRIED)) == (
        True,
        ("OR43", "OR74", "OR76"),
    )
    assert check.find_operations(State.ALLOWED) == (
        *("A01", "V01", "OR11", "ST11", "RT11", "OR72", "DO01", "RE01", "CH11", "A21", "PC01"),
    )
    assert check.words == (
        f"The connection works. Conversations can be read. Shop {check.shop} is open, "
        f"Mirakl {check.version}."
    )
    assert [call["query"] for call in mirakl.calls("M11")] == ["limit=1&shop_id=2001"]


@pytest.mark.parametrize(
    ("connection", "allowed"),
    [
        ("maison_operator", ("OR11", "ST11", "RT11", "OR72", "DO01", "RE01", "CH11", "PC01")),
        ("maison_front", ("OR11", "OR72", "DO01", "RE01", "CH11")),
    ],
)
def test_the_other_roles_have_no_shop(
    connection: str, allowed: tuple[str, ...], request: pytest.FixtureRequest, mirakl: Mirakl
) -> None:
    check = connection_check.check_connection(request.getfixturevalue(connection))

    assert check.find_operations(State.ALLOWED) == allowed
    assert check.words == "The connection works. Conversations can be read."
    assert {one.name for one in check.findings} == {""}


def test_it_names_what_a_limited_key_cannot_fill(maison: Marketplace, mirakl: Mirakl) -> None:
    clients.set_credential(maison, kind="key", key="sandbox-limited-maison")

    check = connection_check.check_connection(maison)

    assert check.ok
    assert not check.is_whole
    assert [(one.right.operation, one.name) for one in check.findings if is_refused(one)] == [
        ("OR11", "ROLE_PARTNER_ORDER_READ"),
        ("ST11", "ROLE_PARTNER_ORDER_READ"),
        ("RT11", "ROLE_PARTNER_ORDER_RETURN_READ"),
        ("OR72", "ROLE_PARTNER_ORDER_DOCUMENT_READ"),
        ("DO01", "ROLE_PARTNER_ORDER_SETTINGS_READ"),
        ("CH11", "ROLE_PARTNER_CHANNEL_READ"),
    ]
    assert "Needed to show orders." in {
        str(one.right.without) for one in check.findings if is_refused(one)
    }


def test_a_key_without_the_shop_s_rights_works(maison: Marketplace, mirakl: Mirakl) -> None:
    mirakl.fails("A01", status=403)

    check = connection_check.check_connection(maison)

    assert (check.ok, check.find_operations(State.REFUSED)) == (True, ("A01",))


def test_one_that_stops_answering_is_not_asked_for_the_rest(
    maison: Marketplace, mirakl: Mirakl
) -> None:
    mirakl.fails("OR11", status=500)

    check = connection_check.check_connection(maison)

    assert (check.ok, check.find_operations(State.ALLOWED)) == (True, ("A01", "V01"))
    (failed,) = [one for one in check.findings if one.state == State.FAILED]
    assert failed.right.operation == "OR11"
    assert failed.words.startswith("The marketplace isn't responding")


def test_one_that_answers_a_part_with_a_web_page_is_asked_for_the_rest(
    maison: Marketplace, mirakl: Mirakl
) -> None:
    clients.set_credential(maison, kind="key", key="sandbox-limited-maison")
    mirakl.fails("A01", status=200, body=LOGIN)

    check = connection_check.check_connection(maison)

    (failed,) = [one for one in check.findings if one.state == State.FAILED]
    assert failed.right.operation == "A01"
    assert failed.words.startswith("This address shows a login page.")
    assert {"OR11", "OR72", "DO01", "CH11"} <= set(check.find_operations(State.REFUSED))


def test_an_instance_without_threads_is_read_the_old_way(
    maison: Marketplace, mirakl: Mirakl
) -> None:
    Marketplace.objects.update(has_threads=False)
    maison.refresh_from_db()

    assert connection_check.check_connection(maison).ok
    assert (len(mirakl.calls("M01")), mirakl.calls("M11")) == (1, [])


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"status": 401}, "The credentials were rejected."),
        ({"status": 403, "body": {"message": "No shop"}}, "have permission."),
        ({"status": 403, "body": {"message": "No shop"}}, "“No shop”"),
        ({"status": 404}, "The marketplace rejected the request"),
        ({"status": 429, "retry_after": 60}, "The marketplace is limiting requests until"),
        ({"status": 500}, "The marketplace isn't responding"),
        ({"status": 502, "body": "<html>Bad Gateway</html>"}, "A gateway responds"),
        ({"status": 200, "body": "<html>Hello</html>"}, "shows a web page instead of a Mirakl API"),
        ({"status": 200, "body": LOGIN}, "This address shows a login page."),
        ({"status": 204, "body": ""}, "but it isn't a Mirakl API"),
        ({"status": 302, "body": ""}, "This address redirects to another one."),
        ({"drop": "before"}, "The marketplace closed the connection without responding."),
    ],
)
def test_it_says_what_is_wrong(
    fault: dict[str, Any], words: str, maison: Marketplace, mirakl: Mirakl
) -> None:
    mirakl.fails("M11", **fault)

    check = connection_check.check_connection(maison)

    assert not check.ok
    assert words in check.words


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("http://127.0.0.1:9", "No server responds at this address."),
        ("https://no-such-host.invalid", "(DNS)"),
    ],
)
def test_it_says_that_the_address_is_wrong(address: str, words: str, maison: Marketplace) -> None:
    move(maison, address)

    assert words in connection_check.check_connection(maison).words


def test_a_secure_address_of_a_plain_server_is_told(
    maison: Marketplace, sandbox: "Running"
) -> None:
    move(maison, sandbox.url.replace("http:", "https:"))

    assert "The TLS connection failed" in connection_check.check_connection(maison).words


def test_admins_see_the_cause_and_agents_the_plain_sentence(maison: Marketplace) -> None:
    maison.mirror.error_kind = "certificate"
    maison.mirror.last_error = "demo.example has a certificate …"

    assert breaker.describe_failure(maison).startswith("Maison Verte hasn't been reachable since")
    assert "certificate" not in breaker.describe_failure(maison)


def test_one_that_never_answered_shows_no_internals(maison: Marketplace) -> None:
    maison.mirror.refreshed_at = None
    maison.mirror.last_error = "Its answer is not what was asked for."
    maison.mirror.failing_since = timezone.now()

    assert maison.health_text == "No response yet"


@needs_documents
def test_rights_are_called_as_the_vendor_calls_them() -> None:
    paths = document("seller")["paths"].values()
    said = {one["summary"].split()[0]: str(one) for each in paths for one in each.values()}

    names = {one.operation: one.name for one in connection_check.RIGHTS if one.name}

    assert all(name in said[operation] for operation, name in names.items())


@pytest.mark.usefixtures("contexts")
def test_what_a_marketplace_says_of_a_failed_part_is_text(
    admin_client: Client, maison: Marketplace, mirakl: Mirakl
) -> None:
    mirakl.fails("OR11", status=400, body={"message": "<img src=x> & no"})
    chosen = {"action": "check_connection", "_selected_action": [maison.pk]}

    answer = admin_client.post("/admin/inbox/marketplace/", chosen, follow=True)

    (said,) = answer.context["messages"]
    assert said.level_tag == "warning"
    assert "The marketplace rejected the request: &amp; no" in text_of(answer)
    assert "<img src=x>" not in text_of(answer)
