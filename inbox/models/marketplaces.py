"""Marketplaces connected to the desk, and who may work on which."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from ipaddress import ip_address
from socket import inet_aton
from typing import Self
from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.contrib.auth.models import Group
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Case, OuterRef, Q, When
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from inbox.dates import format_recent
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
        """Marketplaces the user may see, whatever the role."""
        return self._with_access(user, Access.Role.values)

    def answerable_by(self, user: User) -> Self:
        """Marketplaces the user may write on."""
        return self._with_access(user, Access.WRITERS)

    def led_by(self, user: User) -> Self:
        """Marketplaces where the user has the lead role."""
        return self._with_access(user, [Access.Role.LEAD])

    def roles_of(self, user: User) -> dict["Marketplace", str]:
        """Visible marketplaces by name, each with the user's highest role there: one query."""
        if user.is_superuser:
            return dict.fromkeys(self.visible_to(user), Access.Role.LEAD)
        ranks = [When(role=role, then=rank) for rank, role in enumerate(Access.Role.values)]
        theirs = Access.objects.filter(group__user=user, marketplace=OuterRef("pk"))
        highest = theirs.order_by(Case(*ranks).desc()).values("role")[:1]
        found = self.visible_to(user).annotate(highest=highest)
        return {one: vars(one).pop("highest") for one in found}

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


class Marketplace(models.Model):
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

    class History(models.TextChoices):
        NEW = "new", _("Not started")
        LOADING = "loading", _("Loading")
        DONE = "done", _("Loaded")

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

    reply_limit_hours = models.PositiveSmallIntegerField(
        _("reply limit (hours)"),
        default=24,
        validators=[MinValueValidator(1), MaxValueValidator(720)],
    )
    alert_hours = models.PositiveSmallIntegerField(
        _("alert after (hours)"),
        default=20,
        validators=[MinValueValidator(1), MaxValueValidator(720)],
    )
    copies_operator = models.BooleanField(
        _("copy the operator"),
        default=False,
        help_text=_("Replies to customers also go to the operator, unless the agent removes them."),
    )

    discourages_operator_copy = models.BooleanField(
        _("does not want copies"),
        default=False,
        help_text=_("Agents see a warning when the operator is a recipient."),
    )
    language = models.CharField(
        _("language"),
        max_length=10,
        blank=True,
        help_text=_("The customers' language, such as fr. Empty: taken from each order."),
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

    # Set when a backup was restored: nothing is sent until an admin resumes sending.
    held_since = models.DateTimeField(null=True, editable=False)

    # -- the mirror: where reading stands --------------------------------
    # Newest `date_updated` below which nothing is missing; Mirakl's clock, never ours.
    high_water_at = models.DateTimeField(null=True, editable=False)
    # An unfinished delta: its next page, and the newest change seen in it so far.
    delta_token = models.TextField(blank=True, editable=False)
    delta_seen_at = models.DateTimeField(null=True, editable=False)
    # Threads shown in a row by its pages without any news: some page tokens never end.
    delta_idle = models.PositiveIntegerField(default=0, editable=False)
    history = models.CharField(max_length=10, choices=History, default=History.NEW, editable=False)
    history_token = models.TextField(blank=True, editable=False)
    history_loaded = models.PositiveIntegerField(default=0, editable=False)
    history_reached_at = models.DateTimeField(null=True, editable=False)
    history_idle = models.PositiveIntegerField(default=0, editable=False)

    # Threads per page of M11 since one was too large; 0: without their messages.
    page_limit = models.PositiveSmallIntegerField(null=True, editable=False)
    page_limited_at = models.DateTimeField(null=True, editable=False)
    # Threads of one page that had no id, so nothing can be stored of them.
    without_id = models.PositiveIntegerField(default=0, editable=False)

    # -- health ----------------------------------------------------------
    refreshed_at = models.DateTimeField(_("last response"), null=True, editable=False)
    # Lease of the display that is calling Mirakl; other displays wait for its answer.
    asking_until = models.DateTimeField(null=True, editable=False)
    failing_since = models.DateTimeField(null=True, editable=False)
    failures = models.PositiveIntegerField(default=0, editable=False)
    # The circuit breaker: no display calls before this moment.
    retry_at = models.DateTimeField(null=True, editable=False)
    # The kind of failure: a key of the breaker's error texts, shown in each reader's language.
    error_kind = models.CharField(max_length=20, blank=True, editable=False)
    # The error message of Mirakl or the network, for admins.
    last_error = models.CharField(_("last error"), max_length=300, blank=True, editable=False)

    objects = MarketplaceQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = _("marketplace")
        verbose_name_plural = _("marketplaces")
        constraints = MARKETPLACE_RULES

    def __str__(self) -> str:
        return self.name

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
    def host(self) -> str:
        """The host, for display."""
        return self.base_url.partition("://")[2].partition("/")[0]

    @property
    def reply_limit_for(self) -> timedelta:
        return timedelta(hours=self.reply_limit_hours)

    @property
    def alert_before_for(self) -> timedelta:
        """How long before the limit a waiting thread turns amber."""
        return timedelta(hours=self.reply_limit_hours - self.alert_hours)

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
    def health(self) -> str:
        """`down`, `new` or `fresh`, for the dot beside the name."""
        if self.failing_since and self.has_threads:
            return "down"
        return "fresh" if self.refreshed_at or not self.is_in_inbox else "new"

    @property
    def health_words(self) -> str:
        if not self.has_threads:
            return gettext("without conversations")
        if self.is_storefront and not self.failing_since:
            return gettext("one customer at a time")
        if self.refreshed_at is None:
            return gettext("No response yet") if self.failing_since else gettext("Not synced yet")
        return gettext("as of %s") % format_recent(self.refreshed_at)

    def answerers(self) -> models.QuerySet[User]:
        """Users who may write here, and so can be assigned its threads."""
        return Marketplace.objects.filter(pk=self.pk).answerers()

    def is_fresh(self, now: datetime) -> bool:
        """Whether a display has just read it, so that this one can use the same answer.

        `now` is the database's. A `refreshed_at` in the future does not count.
        """
        if self.refreshed_at is None:
            return False
        fresh_for: float = settings.INBOX_FRESH_SECONDS
        return 0 <= (now - self.refreshed_at).total_seconds() < fresh_for


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
