"""What tests of pages share: who looks, what they post, and what a page shows."""

import re
import uuid
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.test import Client

    from inbox.models import Marketplace, Thread

HTMX = {"HX-Request": "true"}


def works_on(marketplace: "Marketplace", user: "User", role: str = "agent") -> None:
    from django.contrib.auth.models import Group

    from inbox.models import Access

    group = Group.objects.create(name=f"{marketplace.slug} {role} {user.pk}")
    Access.objects.create(group=group, marketplace=marketplace, role=role)
    user.groups.add(group)


def viewer_of(marketplace: "Marketplace") -> "User":
    """Reads, and answers nobody."""
    from django.contrib.auth.models import User

    user = User.objects.create_user("vera")
    works_on(marketplace, user, "viewer")
    return user


def waiting_on(marketplace: "Marketplace") -> "Thread":
    """A customer's thread on an order that needs a reply, mirrored by a display."""
    from inbox.models import Thread
    from inbox.services import mirror

    mirror.refresh([marketplace])
    threads = Thread.objects.filter(due_at__isnull=False, entity_type="MMP_ORDER")
    threads = threads.filter(marketplace=marketplace, with_operator=False)
    return threads.exclude(customer_id="").by_deadline()[0]


def reply_form(thread: "Thread", **changes: Any) -> dict[str, Any]:
    newest = thread.messages.order_by("pk").last()
    form = {"token": str(uuid.uuid4()), "body": "It left this morning.", "to": ["CUSTOMER"]}
    return form | {"seen": newest.pk if newest else ""} | changes


def post_reply(client: "Client", thread: "Thread", *, htmx: bool = True, **changes: Any) -> Any:
    """As the composer posts it."""
    headers = HTMX if htmx else {}
    url = f"{thread.get_absolute_url()}reply/"
    return client.post(url, reply_form(thread, **changes), headers=headers)


def text_of(response: Any) -> str:
    text: str = response.content.decode()
    return text


def threads_on(page: str) -> list[str]:
    """Mirakl's ids of a list's rows, in the order they are shown."""
    return re.findall(r'class="open" href="/threads/[^/"]+/([^/"]+)/["?]', page)


def value_of(page: str, name: str) -> str:
    """What a form's hidden field holds."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, f"no field {name}"
    return found[1]
