"""Marketplaces the desk is connected to, and who may work on which."""

from datetime import datetime, timedelta
from ipaddress import ip_address
from socket import inet_aton
from typing import Any, Self
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
from inbox.models.users import User

LOOPBACK = {"127.0.0.1", "localhost", "::1"}
PRIVATE_NAMES = ("localhost", ".local", ".internal", ".lan", ".home.arpa")


def validate_base_url(url: str) -> None:
    """Refuse an address over which a key would travel in the clear, or that is not public.

    What the desk says of a connection would tell which doors of its own network are open.
    """
    if not _is_web(url):
        raise ValidationError(_("Use an https address: the key travels with every call."))
    if not settings.ALLOW_PRIVATE_ADDRESSES and _is_private(urlsplit(url).hostname or ""):
        raise ValidationError(
            _("This address is of a private network. Use the marketplace's public one.")
        )


def validate_link(url: str) -> None:
    """Refuse what a browser would run instead of opening it."""
    if not _is_web(url):
        raise ValidationError(_("Use an https address."))


def _is_web(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)


def _is_private(host: str) -> bool:
    """As far as the address itself says so: names are not looked up."""
    try:
        # Also of 127.1 and 0x7f000001, which mean the same to what connects.
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
        return self._with_access(user, [Access.Role.AGENT, Access.Role.LEAD])

    def led_by(self, user: User) -> Self:
        """Marketplaces on which the user decides for the others too."""
        return self._with_access(user, [Access.Role.LEAD])

    def roles_of(self, user: User) -> dict["Marketplace", str]:
        """What the user may see, by name, each with the highest of their roles there: one query."""
        if user.is_superuser:
            return dict.fromkeys(self.visible_to(user), Access.Role.LEAD)
        ranks = [When(role=role, then=rank) for rank, role in enumerate(Access.Role.values)]
        theirs = Access.objects.filter(group__user=user, marketplace=OuterRef("pk"))
        highest = theirs.order_by(Case(*ranks).desc()).values("role")[:1]
        found = self.visible_to(user).annotate(highest=highest)
        return {one: vars(one).pop("highest") for one in found}

    def in_inbox(self) -> Self:
        """A storefront's conversations are read one customer at a time, and never in one list; an
        old instance has none."""
        return self.exclude(role=Marketplace.Role.FRONT).filter(has_threads=True)

    def answerers(self) -> models.QuerySet[User]:
        """Who may write on one of these at least."""
        roles = [Access.Role.AGENT, Access.Role.LEAD]
        teams = Access.objects.filter(marketplace__in=self, role__in=roles).values("group")
        may = Q(is_superuser=True) | Q(groups__in=teams)
        people = User.objects.filter(may, is_active=True).distinct()
        return people.order_by("first_name", "last_name", "username")

    def _with_access(self, user: User, roles: list[Any]) -> Self:
        active = self.filter(is_active=True)
        if not user.is_active:
            return active.none()
        if user.is_superuser:
            return active
        allowed = Access.objects.filter(group__user=user, role__in=roles)
        return active.filter(pk__in=allowed.values("marketplace"))


class Marketplace(models.Model):
    """One connection: a Mirakl instance as seen with one credential."""

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
    slug = models.SlugField(_("short name"), unique=True, help_text=_("Used in addresses."))
    base_url = models.URLField(
        _("address"),
        validators=[validate_base_url],
        help_text=_("The marketplace's own host, such as https://example.mirakl.net"),
    )
    role = models.CharField(_("role"), max_length=10, choices=Role, default=Role.SELLER)
    # Opened by services.marketplaces.clients alone.
    sealed_credential = models.TextField(editable=False, blank=True)
    shop_id = models.BigIntegerField(
        _("shop id"), null=True, blank=True, help_text=_("Needed where a key covers several shops.")
    )
    channel_codes = ArrayField(
        models.CharField(max_length=40),
        verbose_name=_("channel codes"),
        default=list,
        blank=True,
        help_text=_("Only messages of these channels, separated by commas. Empty: all."),
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
        help_text=_(
            "Replies to a customer go to the operator too, unless the agent says otherwise."
        ),
    )

    discourages_operator_copy = models.BooleanField(
        _("does not want copies"),
        default=False,
        help_text=_("Agents are warned when the operator is among the recipients."),
    )
    language = models.CharField(
        _("language"),
        max_length=10,
        blank=True,
        help_text=_("Its customers' language, such as fr. Empty: as each order says."),
    )
    back_office_thread_url = models.CharField(
        _("address of a conversation in the back office"),
        max_length=300,
        blank=True,
        validators=[validate_link],
        help_text=_(
            "With {thread_id} in it; for the link where “no reply needed” is declared. "
            "Empty: the back office's own start page."
        ),
    )
    assigns_on_reply = models.BooleanField(
        _("assign on reply"),
        default=False,
        help_text=_("Whoever answers a conversation of nobody's becomes its assignee."),
    )
    round_robin_group = models.ForeignKey(
        Group,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("share out among"),
        help_text=_("New conversations go to whoever of this group has the fewest open ones."),
    )

    has_threads = models.BooleanField(
        _("has threads"),
        default=True,
        help_text=_("Off for an old instance without threads: messages are then posted (OR42)."),
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

    # Since a back-up was restored: nothing is sent there before an admin has resumed sending.
    held_since = models.DateTimeField(null=True, editable=False)

    # -- the mirror: where reading stands --------------------------------
    # Newest `date_updated` below which nothing is missing; Mirakl's clock, never ours.
    high_water_at = models.DateTimeField(null=True, editable=False)
    # A delta cut short: its next page, and the newest change seen in it so far.
    delta_token = models.TextField(blank=True, editable=False)
    delta_seen_at = models.DateTimeField(null=True, editable=False)
    # Threads that its pages have shown in a row without any news: some page tokens go round.
    delta_idle = models.PositiveIntegerField(default=0, editable=False)
    history = models.CharField(max_length=10, choices=History, default=History.NEW, editable=False)
    history_token = models.TextField(blank=True, editable=False)
    history_loaded = models.PositiveIntegerField(default=0, editable=False)
    history_reached_at = models.DateTimeField(null=True, editable=False)
    history_idle = models.PositiveIntegerField(default=0, editable=False)

    # Threads on a page of M11 since one was too large to take; 0: without their messages.
    page_limit = models.PositiveSmallIntegerField(null=True, editable=False)
    page_limited_at = models.DateTimeField(null=True, editable=False)
    # Conversations of one page that had no id: nothing can be kept of them.
    without_id = models.PositiveIntegerField(default=0, editable=False)

    # -- health ----------------------------------------------------------
    refreshed_at = models.DateTimeField(_("last answer"), null=True, editable=False)
    # Somebody is asking right now; displays that come meanwhile wait for that answer.
    asking_until = models.DateTimeField(null=True, editable=False)
    failing_since = models.DateTimeField(null=True, editable=False)
    failures = models.PositiveIntegerField(default=0, editable=False)
    # The circuit breaker: no display asks before this moment.
    retry_at = models.DateTimeField(null=True, editable=False)
    # What failed: a key of the breaker's texts, so that each reader gets their own language.
    error_kind = models.CharField(max_length=20, blank=True, editable=False)
    # Mirakl's or the network's own words about it, for admins.
    last_error = models.CharField(_("last error"), max_length=300, blank=True, editable=False)

    objects = MarketplaceQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = _("marketplace")
        verbose_name_plural = _("marketplaces")

    def __str__(self) -> str:
        return self.name

    def whole_address(self, url: str) -> str:
        """An address of Mirakl's, whose host may be left out; empty where it is none."""
        try:
            return urljoin(f"{self.base_url}/", url) if url else ""
        except ValueError:
            return ""

    def own_path(self, url: str) -> str:
        """What follows the marketplace's address in that of a file; empty for one elsewhere."""
        home = f"{self.base_url.rstrip('/')}/"
        whole = self.whole_address(url)
        is_own = whole.startswith(home) and len(whole) > len(home) and not {"?", "#"} & set(whole)
        return f"/{whole.removeprefix(home)}" if is_own else ""

    def clean(self) -> None:
        if self.alert_hours > self.reply_limit_hours:
            raise ValidationError({"alert_hours": _("The alert comes before the limit.")})

    @property
    def badge(self) -> str:
        """Two letters that stand for the name where there is no room for it."""
        words = self.name.split()
        letters = words[0][:2] if len(words) == 1 else words[0][0] + words[1][0]
        return letters.upper()

    @property
    def host(self) -> str:
        """Where it lives, for people."""
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
        """Mirakl's participant type of those who answer with this credential."""
        return {"seller": "SHOP", "operator": "OPERATOR", "front": "CUSTOMER"}[self.role]

    @property
    def is_storefront(self) -> bool:
        """Reads and writes as one customer at a time, who is chosen first."""
        return self.role == self.Role.FRONT

    @property
    def is_in_inbox(self) -> bool:
        """Its conversations are asked for together, and listed with those of others."""
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
            return gettext("No answer yet") if self.failing_since else gettext("Not asked yet")
        return gettext("as of %s") % format_recent(self.refreshed_at)

    def answerers(self) -> models.QuerySet[User]:
        """Who may write here, and so may be given a thread of it."""
        return Marketplace.objects.filter(pk=self.pk).answerers()

    def is_fresh(self, now: datetime) -> bool:
        """A display a moment ago already asked; its answer serves this one too.

        `now` is the database's. A `refreshed_at` that is still to come is no answer at all.
        """
        if self.refreshed_at is None:
            return False
        fresh_for: float = settings.INBOX_FRESH_SECONDS
        return 0 <= (now - self.refreshed_at).total_seconds() < fresh_for


class Access(models.Model):
    """What the members of a group may do on a marketplace."""

    class Role(models.TextChoices):
        VIEWER = "viewer", _("Viewer: reads")
        AGENT = "agent", _("Agent: reads and answers")
        LEAD = "lead", _("Lead: answers and manages the team's work")

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
        ]

    def __str__(self) -> str:
        return f"{self.group} · {self.marketplace}"
