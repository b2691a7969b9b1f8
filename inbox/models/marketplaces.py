"""Marketplaces connected to the desk, and who may work on which."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from ipaddress import ip_address
from socket import inet_aton
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.contrib.auth.models import Group
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Case, OuterRef, Q, Value, When
from django.db.models.functions import Now
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from inbox import reply_calendar
from inbox.dates import format_recent
from inbox.models.calendar_version import MARKETPLACE_TRIGGERS
from inbox.models.mirror_state import MirrorState
from inbox.models.privacy import Erasure, KeptData
from inbox.models.reply_rules import ReplyRules
from inbox.models.rules import ACCESS_RULES, MARKETPLACE_RULES
from inbox.models.users import User

LOOPBACK = {"127.0.0.1", "localhost", "::1"}
PRIVATE_NAMES = ("localhost", ".local", ".internal", ".lan", ".home.arpa")


def validate_base_url(url: str) -> None:
    """Raises ValidationError for an address without encryption, or on a private network.

    Otherwise the desk's error messages would reveal which ports of its own network are open.
    """
    if not _is_web(url):
        raise ValidationError(
            _("Use an https address, because credentials are sent with every request.")
        )
    if not settings.ALLOW_PRIVATE_ADDRESSES and _is_private(urlsplit(url).hostname or ""):
        raise ValidationError(
            _("This address is on a private network. Use the marketplace's public address.")
        )


def validate_link(url: str) -> None:
    """Raises ValidationError for a URL that a browser would execute, not open."""
    if not _is_web(url):
        raise ValidationError(_("Use an https address."))


def _is_web(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)


def _is_private(host: str) -> bool:
    """By the address itself only: names are not resolved."""
    try:
        # inet_aton also reads 127.1 and 0x7f000001, as the connecting code does.
        address = ip_address(inet_aton(host)) if ":" not in host else ip_address(host)
    except (OSError, ValueError):
        return host.rstrip(".").endswith(PRIVATE_NAMES)
    return not (getattr(address, "ipv4_mapped", None) or address).is_global


class MarketplaceQuerySet(models.QuerySet["Marketplace"]):
    def visible_to(self, user: User) -> Self:
        """Marketplaces the user may see, in any role."""
        return self._with_access(user, Access.Role.values)

    def visible_to_each(self, users: Sequence[User]) -> dict[int, frozenset[int]]:
        """What `visible_to` says for each of these users, as primary keys: two queries."""
        active = frozenset(self.filter(is_active=True).values_list("pk", flat=True))
        found = {one.pk: {*active} if one.is_superuser else set[int]() for one in users}
        allowed = Access.objects.filter(group__user__in=users, marketplace__in=active)
        for user, marketplace in allowed.order_by().values_list("group__user", "marketplace"):
            found[user].add(marketplace)
        return {one.pk: frozenset(found[one.pk] if one.is_active else ()) for one in users}

    def answerable_by(self, user: User) -> Self:
        """Marketplaces the user may write on."""
        return self._with_access(user, Access.WRITERS)

    def led_by(self, user: User) -> Self:
        """Marketplaces where the user has the lead role."""
        return self._with_access(user, [Access.Role.LEAD])

    def with_roles_of(self, user: User) -> Self:
        """Visible marketplaces by name, each with the user's highest role there."""
        ranks = [When(role=role, then=rank) for rank, role in enumerate(Access.Role.values)]
        theirs = Access.objects.filter(group__user=user, marketplace=OuterRef("pk"))
        highest = theirs.order_by(Case(*ranks).desc()).values("role")[:1]
        leads = Value(Access.Role.LEAD, output_field=models.CharField())
        return self.visible_to(user).annotate(highest=leads if user.is_superuser else highest)

    def in_inbox(self) -> Self:
        """Without storefronts (read one customer at a time) and instances without threads."""
        return self.exclude(role=Marketplace.Role.FRONT).filter(has_threads=True)

    def answerers(self) -> models.QuerySet[User]:
        """Users who may write on at least one of these."""
        teams = Access.objects.filter(marketplace__in=self, role__in=Access.WRITERS).values("group")
        may = Q(is_superuser=True) | Q(groups__in=teams)
        people = User.objects.filter(may, is_active=True).distinct()
        return people.order_by("first_name", "last_name", "username")

    def _with_access(self, user: User, roles: Sequence[str]) -> Self:
        active = self.filter(is_active=True)
        if not user.is_active:
            return active.none()
        if user.is_superuser:
            return active
        allowed = Access.objects.filter(group__user=user, role__in=roles)
        return active.filter(pk__in=allowed.values("marketplace"))


QuerySetManager = models.Manager.from_queryset(MarketplaceQuerySet)


class MarketplaceManager(QuerySetManager["Marketplace"]):
    def get_queryset(self) -> MarketplaceQuerySet:
        """With the state of the mirror, which most pages show."""
        return MarketplaceQuerySet(self.model, using=self._db).select_related("mirror")


class Marketplace(ReplyRules, KeptData):
    """One connection: a Mirakl instance as seen with one set of credentials."""

    class Role(models.TextChoices):
        SELLER = "seller", _("Seller")
        OPERATOR = "operator", _("Operator")
        FRONT = "front", _("Storefront")

    class Colour(models.TextChoices):
        TEAL = "teal", _("Teal")
        INDIGO = "indigo", _("Indigo")
        ORANGE = "orange", _("Orange")
        PINK = "pink", _("Pink")
        GREEN = "green", _("Green")
        BLUE = "blue", _("Blue")
        PURPLE = "purple", _("Purple")
        GREY = "grey", _("Grey")

    class BodyFormat(models.TextChoices):
        TEXT = "text", _("Plain text")
        TEXT_BR = "text_br", _("Plain text with <br /> at line ends")
        HTML = "html", _("HTML")

    name = models.CharField(_("name"), max_length=80)
    slug = models.SlugField(_("short name"), unique=True, help_text=_("Used in URLs."))
    base_url = models.URLField(
        _("address"),
        validators=[validate_base_url],
        help_text=_("The marketplace's Mirakl address, such as https://example.mirakl.net"),
    )
    role = models.CharField(_("role"), max_length=10, choices=Role, default=Role.SELLER)
    # Opened by services.marketplaces.clients only.
    sealed_credential = models.TextField(editable=False, blank=True)
    shop_id = models.BigIntegerField(
        _("shop ID"),
        null=True,
        blank=True,
        help_text=_("Required if the credentials cover several shops."),
    )
    channel_codes = ArrayField(
        models.CharField(max_length=40),
        verbose_name=_("channel codes"),
        default=list,
        blank=True,
        help_text=_("Only sync these channels, separated by commas. Empty: all channels."),
    )
    colour = models.CharField(_("colour"), max_length=10, choices=Colour, default=Colour.TEAL)
    is_active = models.BooleanField(_("active"), default=True)

    discourages_operator_copy = models.BooleanField(
        _("does not want copies"),
        default=False,
        help_text=_("Agents see a warning when the operator is a recipient."),
    )
    back_office_thread_url = models.CharField(
        _("address of a conversation in the back office"),
        max_length=300,
        blank=True,
        validators=[validate_link],
        help_text=_(
            "Include {thread_id}. Used for the link to “No reply needed”. Empty: the "
            "back office's home page."
        ),
    )
    assigns_on_reply = models.BooleanField(
        _("assign on reply"),
        default=False,
        help_text=_("Replying to an unassigned conversation assigns it to the agent who replied."),
    )
    round_robin_group = models.ForeignKey(
        Group,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("round robin group"),
        help_text=_(
            "New conversations are assigned to the group member with the fewest open conversations."
        ),
    )

    has_threads = models.BooleanField(
        _("has conversations"),
        default=True,
        help_text=_(
            "Turn off for an older Mirakl instance without conversations. "
            "Replies are then sent as order messages (OR42)."
        ),
    )

    body_format = models.CharField(
        _("message format"),
        max_length=10,
        choices=BodyFormat,
        default=BodyFormat.HTML,
        help_text=_(
            "How replies are sent. Mirakl does not document what a marketplace expects. If its"
            " customers see “&amp;” or “<br />” in your replies, choose plain text; if line breaks"
            " are lost, choose HTML."
        ),
    )

    # Whose rules were copied; they can be changed afterwards.
    preset = models.ForeignKey(
        "MarketplacePreset",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("preset"),
        help_text=_("Fills in the rules below, and an empty address, when you choose and save it."),
    )
    closed_dates = ArrayField(
        models.DateField(),
        verbose_name=_("extra closed dates"),
        default=list,
        blank=True,
        help_text=_("Days without working time, beside public holidays."),
    )
    # When the shop is closed on the marketplace (A01), as last read.
    shut_from = models.DateTimeField(null=True, editable=False)
    shut_to = models.DateTimeField(null=True, editable=False)
    # Grows with each change of the calendar: a trigger counts.
    calendar_version = models.PositiveIntegerField(db_default=1, editable=False)
    # Null if it was connected before the desk kept this.
    connected_at = models.DateTimeField(null=True, db_default=Now(), editable=False)

    # Set when a backup was restored: nothing is sent until an admin resumes sending.
    held_since = models.DateTimeField(null=True, editable=False)

    objects = MarketplaceManager()

    if TYPE_CHECKING:
        mirror: MirrorState

    class Meta:
        ordering = ["name"]
        verbose_name = _("marketplace")
        verbose_name_plural = _("marketplaces")
        constraints = MARKETPLACE_RULES
        triggers = MARKETPLACE_TRIGGERS

    def __str__(self) -> str:
        return self.name

    @transaction.atomic
    def save(self, *args: Any, **kwargs: Any) -> None:
        is_new = self._state.adding
        if kwargs.get("update_fields") is None:
            self.has_erasures = Erasure.objects.filter(host=self.origin).exists()
        super().save(*args, **kwargs)
        if is_new:
            MirrorState.objects.create(marketplace=self)

    def whole_address(self, url: str) -> str:
        """A URL of Mirakl's, which may lack the host, made absolute; empty if invalid."""
        try:
            return urljoin(f"{self.base_url}/", url) if url else ""
        except ValueError:
            return ""

    def own_path(self, url: str) -> str:
        """The path of a file's URL below the marketplace's address; empty if it is elsewhere."""
        home = f"{self.base_url.rstrip('/')}/"
        whole = self.whole_address(url)
        is_own = whole.startswith(home) and len(whole) > len(home) and not {"?", "#"} & set(whole)
        return f"/{whole.removeprefix(home)}" if is_own else ""

    @property
    def badge(self) -> str:
        """Two letters in place of the name where space is short."""
        words = self.name.split()
        letters = words[0][:2] if len(words) == 1 else words[0][0] + words[1][0]
        return letters.upper()

    @property
    def origin(self) -> str:
        """Scheme, host and port; empty for an invalid address."""
        try:
            parts = urlsplit(self.base_url)
        except ValueError:
            return ""
        return f"{parts.scheme}://{parts.netloc}".lower()

    @property
    def host(self) -> str:
        """The host, for display."""
        return self.base_url.partition("://")[2].partition("/")[0]

    @property
    def calendar(self) -> reply_calendar.Calendar:
        """The time that counts for the reply limit."""
        if self.is_always_on:
            return reply_calendar.ALWAYS
        return replace(
            self.own_calendar,
            closed_dates=frozenset(self.closed_dates),
            shut_from=self.shut_from,
            shut_to=self.shut_to,
        )

    @property
    def our_side(self) -> str:
        """Mirakl's participant type for users of these credentials."""
        return {"seller": "SHOP", "operator": "OPERATOR", "front": "CUSTOMER"}[self.role]

    @property
    def is_storefront(self) -> bool:
        """Whether it reads and writes as one customer at a time, chosen first."""
        return self.role == self.Role.FRONT

    @property
    def is_in_inbox(self) -> bool:
        """Whether its threads are read together, and listed with others'."""
        return self.has_threads and not self.is_storefront

    @property
    def read_until(self) -> datetime | None:
        """When its last complete reading began; what came later may be unknown."""
        return self.mirror.refreshed_at

    @property
    def health(self) -> str:
        """`down`, `new` or `fresh`, for the dot beside the name."""
        if self.mirror.failing_since and self.has_threads:
            return "down"
        return "fresh" if self.mirror.refreshed_at or not self.is_in_inbox else "new"

    @property
    def health_text(self) -> str:
        if not self.has_threads:
            return gettext("without conversations")
        if self.is_storefront and not self.mirror.failing_since:
            return gettext("one customer at a time")
        if self.mirror.refreshed_at is None:
            is_failing = self.mirror.failing_since is not None
            return gettext("No response yet") if is_failing else gettext("Not synced yet")
        return gettext("as of %s") % format_recent(self.mirror.refreshed_at)

    def answerers(self) -> models.QuerySet[User]:
        """Users who may write here, and so can be assigned its threads."""
        return Marketplace.objects.filter(pk=self.pk).answerers()


class Access(models.Model):
    """What the members of a group may do on a marketplace."""

    class Role(models.TextChoices):
        VIEWER = "viewer", _("Viewer: can read")
        AGENT = "agent", _("Agent: can read and reply")
        LEAD = "lead", _("Lead: can reply and manage the team")

    WRITERS = (Role.AGENT, Role.LEAD)

    group = models.ForeignKey(Group, models.CASCADE, related_name="access", verbose_name=_("group"))
    marketplace = models.ForeignKey(
        Marketplace, models.CASCADE, related_name="access", verbose_name=_("marketplace")
    )
    role = models.CharField(_("role"), max_length=10, choices=Role, default=Role.AGENT)

    class Meta:
        verbose_name = _("access")
        verbose_name_plural = _("access")
        constraints = [
            models.UniqueConstraint(fields=["group", "marketplace"], name="one_role_per_group"),
            *ACCESS_RULES,
        ]

    def __str__(self) -> str:
        return f"{self.group} · {self.marketplace}"
