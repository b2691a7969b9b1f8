"""The demo's initial data: an empty desk, connections to the sandbox, and users."""

import os
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from inbox.management import demo_canned
from inbox.models import Access, Marketplace, Outgoing, User
from inbox.services.marketplaces import clients

PASSWORD = "demo"  # noqa: S105  everybody's, on loopback only
ROLE, COLOUR = Marketplace.Role, Marketplace.Colour
FORMAT = Marketplace.BodyFormat


@dataclass(frozen=True)
class Connection:
    name: str
    role: Marketplace.Role
    colour: Marketplace.Colour
    secret: dict[str, str]
    shop_id: int | None = None
    body_format: Marketplace.BodyFormat = FORMAT.HTML


@dataclass(frozen=True)
class Login:
    username: str
    name: str
    what: str
    group: str = ""


SELLER = ("maison-verte", "nordhaus", "bright-street")
# Slug -> connection.
CONNECTIONS = {
    "maison-verte": Connection(
        name="Maison Verte",
        role=ROLE.SELLER,
        colour=COLOUR.GREEN,
        secret={"kind": "key", "key": "sandbox-shop-maison"},
        shop_id=2001,
    ),
    "nordhaus": Connection(
        name="Nordhaus",
        role=ROLE.SELLER,
        colour=COLOUR.INDIGO,
        secret={"kind": "key", "key": "sandbox-shop-nordhaus"},
        shop_id=2101,
        body_format=FORMAT.TEXT,
    ),
    "bright-street": Connection(
        name="Bright Street",
        role=ROLE.SELLER,
        colour=COLOUR.ORANGE,
        secret={"kind": "key", "key": "sandbox-shop-bright"},
        shop_id=2201,
        body_format=FORMAT.TEXT_BR,
    ),
    "maison-verte-operator": Connection(
        name="Maison Verte (operator)",
        role=ROLE.OPERATOR,
        colour=COLOUR.TEAL,
        secret={
            "kind": "oauth",
            "token_url": "{sandbox}/oauth/token",
            "client_id": "sandbox-operator-maison",
            "client_secret": "sandbox-secret",
        },
    ),
    "maison-verte-front": Connection(
        name="Maison Verte (storefront)",
        role=ROLE.FRONT,
        colour=COLOUR.PINK,
        secret={"kind": "bearer", "token": "sandbox-front-maison"},
    ),
}
# Group -> its role, and the marketplaces.
GROUPS = {
    "Seller agents": (Access.Role.AGENT, SELLER),
    "Seller leads": (Access.Role.LEAD, SELLER),
    "Operators": (Access.Role.LEAD, ("maison-verte-operator",)),
    "Storefront": (Access.Role.AGENT, ("maison-verte-front",)),
}
LOGINS = (
    Login("agent", "Demo Agent", "answers for a seller's three shops", "Seller agents"),
    Login("lead", "Demo Lead", "leads that team", "Seller leads"),
    Login("operator", "Demo Operator", "works for the operator of Maison Verte", "Operators"),
    Login("front", "Demo Storefront", "answers as Maison Verte's storefront", "Storefront"),
    Login("admin", "Demo Admin", "sees everything, and Django admin at /admin/"),
    Login("outsider", "Demo Outsider", "may see nothing"),
)


class Command(BaseCommand):
    help = "Prepare the demo: tables, static files, marketplaces and users."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("This creates users with a known password. Run `make demo`.")
        call_command("migrate", interactive=False, verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        load(f"http://127.0.0.1:{os.environ['SANDBOX_PORT']}")


@transaction.atomic
def load(sandbox_url: str) -> None:
    """Recreate the sandbox's marketplaces, and give users access to them."""
    # The sandbox keeps nothing when it stops, so its mirror is cleared too.
    Outgoing.objects.filter(marketplace__slug__in=CONNECTIONS).delete()
    Marketplace.objects.filter(slug__in=CONNECTIONS).delete()
    for slug in CONNECTIONS:
        connect(slug, sandbox_url)
    for name, (role, slugs) in GROUPS.items():
        _let_work(name, role, slugs)
    demo_canned.load()
    # Once for all users: hashing a password is slow on purpose.
    password = make_password(PASSWORD)
    for login in LOGINS:
        _welcome(login, password)


def connect(slug: str, sandbox_url: str) -> Marketplace:
    connection = CONNECTIONS[slug]
    secret = {name: text.format(sandbox=sandbox_url) for name, text in connection.secret.items()}
    return Marketplace.objects.create(
        slug=slug,
        name=connection.name,
        base_url=sandbox_url,
        role=connection.role,
        colour=connection.colour,
        shop_id=connection.shop_id,
        body_format=connection.body_format,
        sealed_credential=clients.seal(sandbox_url, secret),
    )


def _let_work(name: str, role: Access.Role, slugs: tuple[str, ...]) -> None:
    group, _ = Group.objects.get_or_create(name=name)
    for marketplace in Marketplace.objects.filter(slug__in=slugs):
        Access.objects.create(group=group, marketplace=marketplace, role=role)


def _welcome(login: Login, password: str) -> None:
    first, last = login.name.split()
    is_admin = login.username == "admin"
    person, _ = User.objects.update_or_create(
        username=login.username,
        defaults={
            "first_name": first,
            "last_name": last,
            "email": f"{login.username}@desk.example",
            "password": password,
            "is_staff": is_admin,
            "is_superuser": is_admin,
        },
    )
    person.groups.set(Group.objects.filter(name=login.group))
