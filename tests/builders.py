"""Shared by tests of pages: users, posts, and readers of pages."""

import re
import uuid
from datetime import UTC, datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from tests.html import Page

if TYPE_CHECKING:
    from django.test import Client

    from inbox import mirakl
    from inbox.models import Marketplace, Thread, User

HTMX = {"HX-Request": "true"}


def works_on(marketplace: "Marketplace", user: "User", role: str = "agent") -> None:
    from django.contrib.auth.models import Group

    from inbox.models import Access

    group = Group.objects.create(name=f"{marketplace.slug} {role} {user.pk}")
    Access.objects.create(group=group, marketplace=marketplace, role=role)
    user.groups.add(group)


def viewer_of(marketplace: "Marketplace") -> "User":
    """Returns a viewer, who can read but not answer."""
    from inbox.models import User

    user = User.objects.create_user("vera")
    works_on(marketplace, user, "viewer")
    return user


def show_inbox(marketplace: "Marketplace") -> None:
    """Mirrors the threads that an inbox display would read."""
    from inbox.services.mirror import sync

    (freshness,) = sync.refresh([marketplace])
    assert freshness.state == "fresh", f"the sandbox did not answer: {freshness.words}"


def waiting_on(marketplace: "Marketplace") -> "Thread":
    """Mirrors and returns the customer's order thread that has waited longest."""
    from inbox.models import Thread
    from inbox.services.marketplaces import clients
    from inbox.services.mirror.upsert import store_threads

    client = clients.build_client(marketplace)
    listed = client.list_threads(entity_type="MMP_ORDER", with_messages=True, limit=100).threads
    longest = min((one for one in listed if _is_customers(one)), key=_waiting_since)
    store_threads(marketplace, [longest])
    return Thread.objects.get(marketplace=marketplace, mirakl_id=longest.id)


def _is_customers(record: "mirakl.Thread") -> bool:
    """Only shop and customer take part."""
    return "OPERATOR" not in {one.type for one in record.current_participants}


def _waiting_since(record: "mirakl.Thread") -> datetime:
    return record.metadata.shop_reply_needed_since or datetime.max.replace(tzinfo=UTC)


def reply_form(thread: "Thread", **changes: Any) -> dict[str, Any]:
    newest = thread.messages.order_by("pk").last()
    form = {"token": str(uuid.uuid4()), "body": "It left this morning.", "to": ["CUSTOMER"]}
    return form | {"seen": newest.pk if newest else ""} | changes


def post_reply(client: "Client", thread: "Thread", *, htmx: bool = True, **changes: Any) -> Any:
    """Posts a reply as the composer does."""
    headers = HTMX if htmx else {}
    url = f"{thread.get_absolute_url()}reply/"
    return client.post(url, reply_form(thread, **changes), headers=headers)


KEPT_AS_IS = re.compile(r"(<(?:textarea|pre)\b.*?</(?:textarea|pre)>)", re.DOTALL)
# Template lines end between elements, inside of tags, and in texts.
BEFORE_END_OF_TAG = re.compile(r"(<\w[^<>]*?) >")


def text_of(response: Any) -> str:
    """Returns a page as if its templates had no line breaks, and any other text as it is."""
    text: str = response.content.decode()
    if not response.headers.get("Content-Type", "").startswith("text/html"):
        return text
    parts: list[str] = KEPT_AS_IS.split(text)
    parts[::2] = [BEFORE_END_OF_TAG.sub(r"\1>", _on_one_line(part)) for part in parts[::2]]
    return "".join(parts)


def _on_one_line(text: str) -> str:
    """Returns elements side by side, and a space for each line's end in a text."""
    first, *others = text.split("\n")
    if not others:
        return text
    between = [line for line in map(str.strip, others[:-1]) if line]
    lines = [first.rstrip(), *between, others[-1].lstrip()]
    joined = lines[:1]
    for before, line in pairwise(lines):
        are_elements = before.endswith(">") or line.startswith("<")
        joined.append(line if are_elements else f" {line}")
    return "".join(joined)


def threads_on(page: str) -> list[str]:
    """Returns the Mirakl ids of a list's rows in their order."""
    links = [link["href"] for link in Page(page).find("a", css_class="open")]
    paths = [link.partition("?")[0].split("/") for link in links]
    return [path[3] for path in paths if path[1] == "threads" and len(path) == 5]


def value_of(page: str, name: str) -> str:
    """Returns the value of a form's hidden field."""
    return Page(page).value(name)
