"""Marketplaces and agents of a desk for measurements, and an agent's browser."""

from typing import TYPE_CHECKING, TypedDict

import httpx

if TYPE_CHECKING:
    from inbox.models import Marketplace, User

CANNED_REPLIES, VIEWS = 30, 3


def connect(mirakl: str, count: int) -> "list[Marketplace]":
    from inbox.models import Marketplace
    from inbox.services.marketplaces import clients

    colours = Marketplace.Colour.values
    found = []
    for m in range(count):
        colour = colours[m % len(colours)]
        one = Marketplace.objects.create(
            name=f"Market {m:02d}", slug=f"m{m}", base_url=mirakl, colour=colour, language="en"
        )
        clients.set_credential(one, kind="key", key=f"key-{m}")
        found.append(one)
    return found


def hire(count: int, marketplaces: "list[Marketplace]", name: str = "agent") -> "list[User]":
    """Agents of these marketplaces, with canned replies and saved views."""
    from django.contrib.auth.models import Group

    from inbox.models import Access, CannedReply, SavedView, User

    group = Group.objects.create(name=f"{name}s")
    for one in marketplaces:
        Access.objects.create(group=group, marketplace=one, role=Access.Role.AGENT)
    body = "Dear {{ customer.name }}, thank you for your message. " * 3
    for number in range(CANNED_REPLIES):
        CannedReply.objects.create(name=f"{name} {number}", body=body)
    found = []
    for number in range(count):
        user = User.objects.create(
            username=f"{name}-{number}",
            first_name=f"Ada {number}",
            last_name="Agent",
            language="en",
            time_zone="Europe/Paris",
            undo_seconds=0,
            after_sending=User.AfterSending.STAY,
        )
        user.groups.add(group)
        for view in range(VIEWS):
            SavedView.objects.create(owner=user, name=f"View {view}", query="view=all")
        found.append(user)
    return found


class Login(TypedDict):
    """What a browser sends with each request, as arguments of httpx' clients."""

    cookies: dict[str, str]
    headers: dict[str, str]
    timeout: int
    trust_env: bool


def log_in(user: "User") -> Login:
    from django.test import Client

    client = Client()
    client.force_login(user)
    token = "a" * 64
    return {
        "cookies": {"sessionid": client.cookies["sessionid"].value, "csrftoken": token},
        "headers": {"X-CSRFToken": token, "Sec-Fetch-Site": "same-origin"},
        "timeout": 120,
        "trust_env": False,
    }


def browser(url: str, user: "User") -> httpx.Client:
    """A logged-in agent's connection to the desk, kept open as a browser does."""
    return httpx.Client(base_url=url, **log_in(user))
