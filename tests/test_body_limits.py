"""Bodies that are too large for their view are refused before they are read."""

import ast
import inspect
import types
from collections.abc import Iterator
from textwrap import dedent
from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver
from django.urls.resolvers import URLPattern

from helpdesk import bodies
from inbox.models import Thread, User
from tests.builders import HTMX, text_of

ONE_MB = 1_000_000


class Unread:
    """A body that fails the test when read."""

    def read(self, *_sizes: int) -> bytes:
        pytest.fail("the body was read")

    readline = read


def announce(client: Client, path: str, size: int | None, **headers: str) -> Any:
    """Announces a body of this many bytes without sending it."""
    return client.generic("POST", path, headers=headers, **coming(str(size or "")))


def coming(size: str) -> dict[str, Any]:
    """The test client omits the content type of an empty body."""
    form = "multipart/form-data; boundary=x"
    return {"wsgi.input": Unread(), "CONTENT_LENGTH": size, "CONTENT_TYPE": form}


@pytest.fixture
def alices(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


def test_a_stranger_fills_no_disk(client: Client, db: None) -> None:
    answer = announce(client, "/accounts/login/", 300_000_000)

    assert answer.status_code == 413
    assert "too large to send" in text_of(answer)


@pytest.mark.parametrize(
    ("path", "host", "status"),
    [("/nothing/", "testserver", 404), ("/static/none.css", "testserver", 404), ("/", "evil", 400)],
)
def test_a_body_for_nowhere_is_not_read(path: str, host: str, status: int) -> None:
    stranger = Client(enforce_csrf_checks=True, headers={"Host": host})
    stranger.cookies["csrftoken"] = "x" * 32

    answer = stranger.generic("POST", path, **coming("300000000"))

    assert answer.status_code == status


def test_a_stranger_is_sent_to_the_login_with_what_would_fit(
    client: Client, thread: Thread
) -> None:
    path = f"{thread.get_absolute_url()}draft/"

    assert announce(client, path, ONE_MB)["Location"].startswith("/accounts/login/")
    htmx = announce(client, path, ONE_MB, **HTMX)
    assert htmx["HX-Redirect"].startswith("/accounts/login/")


def test_a_session_without_a_user_allows_no_large_body(client: Client, thread: Thread) -> None:
    client.cookies["sessionid"] = "x" * 32

    assert announce(client, f"{thread.get_absolute_url()}draft/", ONE_MB).status_code == 302


@pytest.mark.parametrize(
    ("address", "largest"),
    [("presence/", bodies.SMALL), ("draft/", bodies.TEXT), ("draft/files/", bodies.FILES)],
)
def test_each_address_has_its_limit(
    alices: Client, thread: Thread, address: str, largest: int
) -> None:
    path = thread.get_absolute_url() + address

    assert announce(alices, path, largest + 1).status_code == 413


def test_a_long_draft_is_taken(alices: Client, thread: Thread) -> None:
    form = {"body": "é" * 100_000, "to": ["CUSTOMER"], "typed": "1"}

    answer = alices.post(f"{thread.get_absolute_url()}draft/", form, headers=HTMX)

    assert answer.status_code == 200


def test_the_administration_takes_texts(client: Client, db: None) -> None:
    client.force_login(User.objects.create_superuser("root"))

    assert announce(client, "/admin/inbox/tag/add/", bodies.TEXT + 1).status_code == 413
    assert announce(Client(), "/admin/inbox/tag/add/", ONE_MB).status_code == 302


@pytest.mark.parametrize("headers", [{"Transfer-Encoding": "chunked"}, {"Content-Length": "ten"}])
def test_a_body_without_its_length_is_refused(
    alices: Client, thread: Thread, headers: dict[str, str]
) -> None:
    answer = announce(alices, f"{thread.get_absolute_url()}draft/", None, **headers)

    assert answer.status_code == 411
    assert "missing its length" in text_of(answer)


def test_the_answer_keeps_the_headers_of_every_page(client: Client, db: None) -> None:
    answer = announce(client, "/accounts/login/", ONE_MB)

    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert answer["X-Request-ID"]


# -- no address is forgotten ----------------------------------------------------


def named_views() -> dict[str, Any]:
    """Returns every view of the desk with the names of its URLs."""
    patterns = get_resolver("inbox.urls").url_patterns
    return {one.name: one.callback for one in patterns if isinstance(one, URLPattern) and one.name}


def used_by(view: Any) -> set[Any]:
    """Returns the names used in a view's code and in our functions that it calls."""
    found: set[Any] = set()
    waiting = [inspect.unwrap(view)]
    while waiting:
        function = waiting.pop()
        for thing in named_in(function):
            if thing not in found and is_ours(thing):
                found.add(thing)
                waiting += [thing] if isinstance(thing, types.FunctionType) else []
    return found | {inspect.unwrap(view)}


def named_in(function: Any) -> Iterator[Any]:
    known = function.__globals__
    for node in ast.walk(ast.parse(dedent(inspect.getsource(function)))):
        if isinstance(node, ast.Name):
            yield inspect.unwrap(known[node.id]) if callable(known.get(node.id)) else None
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            thing = getattr(known.get(node.value.id), node.attr, None)
            yield inspect.unwrap(thing) if callable(thing) else None


def is_ours(thing: Any) -> bool:
    return str(getattr(thing, "__module__", "")).startswith(("inbox.views", "inbox.forms"))


def takes_files(view: Any) -> bool:
    functions = [one for one in used_by(view) if isinstance(one, types.FunctionType)]
    return any("request.FILES" in inspect.getsource(one) for one in functions)


def takes_long_text(view: Any) -> bool:
    functions = [one for one in used_by(view) if isinstance(one, types.FunctionType)]
    posted = [one for one in functions if "request.POST" in inspect.getsource(one)]
    if any('POST.get("body"' in inspect.getsource(one) for one in posted):
        return True
    return any("body" in getattr(one, "base_fields", {}) for f in posted for one in named_in(f))


def test_every_address_that_takes_files_is_known() -> None:
    found = {name for name, view in named_views().items() if takes_files(view)}

    assert found == bodies.TAKES_FILES


def test_every_address_that_takes_long_texts_is_known() -> None:
    found = {name for name, view in named_views().items() if takes_long_text(view)}

    assert found - bodies.TAKES_FILES - bodies.TAKES_TEXT == set()


def test_every_address_on_the_lists_is_there() -> None:
    assert set(named_views()) >= bodies.TAKES_FILES | bodies.TAKES_TEXT
