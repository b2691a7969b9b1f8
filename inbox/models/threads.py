"""The mirror: threads, messages and attachments as last read."""

from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import quote, urlencode

from django.conf import settings
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import Count, F, Func, IntegerField, Q
from django.db.models.functions import Left, Now
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from inbox.models.indexes import THREAD_INDEXES
from inbox.models.live_triggers import THREAD_TRIGGERS
from inbox.models.marketplaces import Marketplace
from inbox.models.pace_triggers import PACE_TRIGGERS, USUAL_MINUTES
from inbox.models.rollup_triggers import MESSAGE_ROLLUP_TRIGGERS
from inbox.models.row_columns import IN_ROWS, NOT_IN_ROWS
from inbox.models.rules import THREAD_RULES
from inbox.models.same_marketplace import SameMarketplace
from inbox.models.searching import search_index, search_version
from inbox.models.structs import Entity, Participant, StructsField
from inbox.models.triggers import TALLY_TRIGGERS
from inbox.models.users import User

HISTORICAL_AFTER = timedelta(days=14)
PREVIEW_LENGTH = 240
# Mirakl's own limit. A longer body is stored whole, and read up to here.
LONGEST_BODY = 50_000


@lru_cache(maxsize=10_000)
def thread_url(slug: str, mirakl_id: str) -> str:
    return reverse("thread", args=[slug, mirakl_id])


def not_named(side: str) -> str:
    """The label of a side without a name."""
    words = {
        "CUSTOMER": gettext("Unnamed customer"),
        "SHOP": gettext("Unnamed shop"),
        "OPERATOR": gettext("Operator"),
    }
    return words.get(side.removesuffix("_USER"), gettext("Unknown sender"))


class ThreadQuerySet(models.QuerySet["Thread"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(marketplace__in=Marketplace.objects.visible_to(user))

    def needing_reply(self) -> Self:
        return self.filter(due_at__isnull=False)

    def with_operator(self) -> Self:
        return self.filter(with_operator=True)

    def for_rows(self) -> Self:
        """With the marketplace and assignee that a list's row shows."""
        return self.select_related("marketplace", "assignee").defer(*NOT_IN_ROWS)

    def for_light_rows(self) -> Self:
        """Only what a list's row shows, without its marketplace."""
        return self.select_related("assignee").only(*IN_ROWS)

    def by_deadline(self) -> Self:
        """Soonest deadline first; threads without one after them, newest first."""
        return self.order_by(F("due_at").asc(nulls_last=True), "-last_message_at", "-pk")

    def by_newest(self) -> Self:
        return self.order_by("-last_message_at", "-pk")

    def by_oldest(self) -> Self:
        return self.order_by("last_message_at", "pk")


class Thread(models.Model):
    """A Mirakl thread. Mirakl's fields are written by services.mirror only, from M10 and M11."""

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        CLOSED = "closed", _("Closed")

    marketplace = models.ForeignKey(
        Marketplace, models.CASCADE, db_index=False, related_name="threads"
    )
    mirakl_id = models.CharField(max_length=255)
    # False if its id cannot be used in a path, or the last answer could not be stored: the thread
    # is shown as it was read before, and cannot be answered here.
    is_askable = models.BooleanField(default=True)
    topic_type = models.CharField(max_length=40, blank=True)
    topic_value = models.TextField(blank=True)
    entities = StructsField(Entity)
    # The first entity, for filters and for the order's own page.
    entity_type = models.CharField(max_length=40, blank=True)
    entity_id = models.CharField(max_length=255, blank=True)
    customer_name = models.CharField(max_length=200, blank=True)
    customer_id = models.CharField(max_length=255, blank=True)
    shop_name = models.CharField(max_length=200, blank=True)
    organization_name = models.CharField(max_length=200, blank=True)
    authorized_participants = StructsField(Participant)
    current_participants = StructsField(Participant)
    no_store_reply_needed = models.JSONField(default=list)  # [{"date", "user_type"}]
    # The operator has written or received a message here.
    with_operator = models.BooleanField(default=False)

    created_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField(null=True)
    # When M10 was last read: displays a moment apart share its answer.
    read_at = models.DateTimeField(null=True)
    # Of Mirakl's answer that this row and its messages hold; empty if something else has changed
    # them since. `is_answer_whole`: it has all messages, and nothing else is stored.
    answer_digest = models.BinaryField(db_default=b"")
    is_answer_whole = models.BooleanField(db_default=False)
    last_message_at = models.DateTimeField()
    last_sender_type = models.CharField(max_length=40, blank=True)
    last_sender_name = models.CharField(max_length=200, blank=True)
    last_sender_is_ours = models.BooleanField(default=False)
    message_count = models.PositiveIntegerField(default=0)
    # Of its first message; null and empty while that is not stored. CUSTOMER, SHOP or OPERATOR.
    began_at = models.DateTimeField(null=True)
    began_by = models.CharField(max_length=40, blank=True, db_default="")
    preview = models.CharField(max_length=PREVIEW_LENGTH, blank=True)
    has_attachments = models.BooleanField(default=False)

    # The reply clock: Mirakl's start, ours, and the deadline from the earlier one.
    shop_reply_needed_since = models.DateTimeField(null=True)
    waiting_since = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    # How long an answer will take by its topic: a trigger reads `TopicPace`.
    reply_minutes = models.PositiveIntegerField(db_default=USUAL_MINUTES)

    # Whether its last message seems to need no answer: "merci !".
    is_thanks = models.BooleanField(default=False)

    # -- ours: Mirakl knows nothing of it --------------------------------
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.OPEN)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        db_index=False,
        related_name="threads",
        verbose_name=_("assignee"),
    )
    # Out of the queues until then, or until a message arrives.
    snoozed_until = models.DateTimeField(_("snoozed until"), null=True)
    tags = models.ManyToManyField("inbox.Tag", related_name="threads", verbose_name=_("tags"))
    # The customer's, such as fr, if known; the numbers of its order's parcels, one a line.
    language = models.CharField(max_length=8, blank=True, default="")
    tracking_numbers = models.TextField(blank=True, default="")

    # Folded text of everything but the messages, for search: people and subject.
    search_names = models.TextField(blank=True)
    search_text = models.TextField(blank=True)
    search_version = search_version()
    search = models.GeneratedField(
        expression=SearchVector("search_names", config="simple", weight="A")
        + SearchVector("search_text", config="simple"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = ThreadQuerySet.as_manager()

    if TYPE_CHECKING:
        messages: "MessageQuerySet"
        events: models.Manager[Any]

    class Meta:
        constraints = THREAD_RULES
        indexes = THREAD_INDEXES
        triggers = [*TALLY_TRIGGERS, *THREAD_TRIGGERS, *PACE_TRIGGERS]

    def __str__(self) -> str:
        return f"{self.marketplace} · {self.mirakl_id}"

    def get_absolute_url(self) -> str:
        return thread_url(self.marketplace.slug, self.mirakl_id)

    @property
    def who(self) -> str:
        """The other side's name, for rows and titles."""
        side = self._other_side
        known = self.shop_name if side == "SHOP" else self.customer_name
        if not known and self.last_sender_side == side:
            known = self.last_sender_name
        return known or not_named(side)

    @property
    def _other_side(self) -> str:
        if self.marketplace.role != Marketplace.Role.SELLER:
            return "SHOP"
        sides = {one.type for one in self._everybody} | {self.last_sender_side}
        is_sold = self.entity_type in {"MMP_ORDER", "MMP_OFFER", "MPS_ORDER", "MPS_SERVICE"}
        is_operators = "OPERATOR" in sides and "CUSTOMER" not in sides and not is_sold
        if self.entity_type == "SELLER_OPERATOR" or is_operators:
            return "OPERATOR"
        return "CUSTOMER"

    @property
    def last_sender_side(self) -> str:
        """CUSTOMER, SHOP or OPERATOR; empty if Mirakl does not say."""
        return self.last_sender_type.removesuffix("_USER")

    @property
    def _everybody(self) -> list[Participant]:
        return [*self.current_participants, *self.authorized_participants]

    @property
    def second_name(self) -> str:
        """A row's second name: the customer's company, or the customer of an operator's shop."""
        is_operators = self.marketplace.role == Marketplace.Role.OPERATOR
        return self.organization_name or (self.customer_name if is_operators else "")

    @property
    def new_thread_url(self) -> str:
        """Where to start another thread on the same entity; empty if Mirakl does not allow it."""
        names = {
            "MMP_ORDER": "thread-new" if self.marketplace.has_threads else "message-new",
            "MPS_ORDER": "service-order-thread-new",
            "MPS_SERVICE": "service-thread-new",
        }
        if self.entity_type not in names or not self.entity_id:
            return ""
        url = reverse(names[self.entity_type], args=[self.marketplace.slug, self.entity_id])
        is_storefront = self.marketplace.role == Marketplace.Role.FRONT
        return f"{url}?{urlencode({'customer': self.customer_id})}" if is_storefront else url

    @property
    def operator_thread_url(self) -> str:
        """Where to start a thread between its shop and the operator; empty for a storefront."""
        slug, role = self.marketplace.slug, self.marketplace.role
        url = reverse("operator-thread-new", args=[slug])
        if role == Marketplace.Role.OPERATOR:
            shops = [one.id for one in self._everybody if one.type == "SHOP"]
            return f"{url}?{urlencode({'shop': shops[0]})}" if shops else url
        return url if role == Marketplace.Role.SELLER else ""

    @property
    def back_office_url(self) -> str:
        """The thread's page in the marketplace's back office if known; else the start page."""
        pattern = self.marketplace.back_office_thread_url or self.marketplace.base_url
        return pattern.replace("{thread_id}", quote(self.mirakl_id, safe=""))

    @property
    def order_id(self) -> str:
        """The order's id; empty if the thread is about something else."""
        return self.entity_id if self.entity_type == "MMP_ORDER" else ""

    @property
    def order_url(self) -> str:
        """The page of that order."""
        return reverse("order", args=[self.marketplace.slug, self.order_id])

    @property
    def entity_label(self) -> str:
        """The name of the first entity: an order's number, an offer's product."""
        first = self.entities[0] if self.entities else Entity()
        return first.label or self.entity_id

    @property
    def is_snoozed(self) -> bool:
        return self.snoozed_until is not None and self.snoozed_until > timezone.now()

    @property
    def is_historical(self) -> bool:
        """Unanswered for so long that a red clock would only be noise."""
        return self.due_at is not None and timezone.now() - self.due_at > HISTORICAL_AFTER

    @property
    def is_overdue(self) -> bool:
        return self.due_at is not None and self.due_at <= timezone.now()

    @property
    def is_due_soon(self) -> bool:
        if self.due_at is None:
            return False
        return self.due_at - timezone.now() <= self.marketplace.alert_before_for


class MessageQuerySet(models.QuerySet["Message"]):
    def without_bodies(self) -> Self:
        """Light rows, oldest first: `size` is that of the body in bytes, `files` their number."""
        size = Func("body", function="octet_length", output_field=IntegerField())
        rows = self.defer("body", "search_text", "search")
        counted = rows.annotate(size=size, files=Count("attachments"))
        # An annotated count loses the model's ordering.
        return counted.order_by("created_at", "pk")

    def with_beginnings(self) -> Self:
        """With the `beginning` of each body: one extra character shows that there is more."""
        rows = self.defer("body", "search_text", "search")
        return rows.annotate(beginning=Left("body", LONGEST_BODY + 1))


class Message(models.Model):
    # The thread's own, so one constraint checks both.
    marketplace = models.ForeignKey(
        Marketplace, models.CASCADE, db_index=False, db_constraint=False, related_name="messages"
    )
    thread = models.ForeignKey(
        Thread, models.CASCADE, db_index=False, db_constraint=False, related_name="messages"
    )
    mirakl_id = models.CharField(max_length=255)
    body = models.TextField(blank=True)  # as Mirakl sent it: untrusted HTML
    sender_type = models.CharField(max_length=40, blank=True)  # SHOP_USER, CUSTOMER_USER, ...
    sender_name = models.CharField(max_length=200, blank=True)
    sender_organization = models.CharField(max_length=200, blank=True)
    recipients = StructsField(Participant)  # Mirakl's `to`
    created_at = models.DateTimeField()
    # False if Mirakl sent no valid date: `created_at` is a guess, and not shown.
    is_dated = models.BooleanField(default=True)
    # Whether the desk sent it; messages of ours may come from the back office.
    is_from_desk = models.BooleanField(default=False, db_default=False)
    # When it was first read; null if before the desk kept this.
    seen_at = models.DateTimeField(null=True, db_default=Now())
    # When M10, which shows all, no longer showed it. Its text, names and files are deleted here.
    gone_at = models.DateTimeField(null=True)
    # Folded plain text and other forms of its words, for search.
    search_text = models.TextField(blank=True)
    search_version = search_version()
    search = models.GeneratedField(
        expression=SearchVector("search_text", config="simple"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = MessageQuerySet.as_manager()

    if TYPE_CHECKING:
        attachments: models.Manager[Any]
        size: int
        files: int
        beginning: str

    class Meta:
        triggers = MESSAGE_ROLLUP_TRIGGERS
        ordering = ["created_at", "pk"]
        constraints = [
            SameMarketplace(owner="thread", name="message_is_of_marketplace"),
            models.UniqueConstraint(fields=["thread", "mirakl_id"], name="one_row_per_message"),
            # For `SameMarketplace` of its attachments.
            models.UniqueConstraint(fields=["id", "marketplace"], name="message_and_marketplace"),
        ]
        indexes = [
            models.Index(fields=["thread", "created_at", "id"], name="message_in_order"),
            models.Index(fields=["marketplace", "mirakl_id"], name="message_by_mirakl_id"),
            models.Index(
                fields=["marketplace", "created_at"],
                include=["sender_type", "is_from_desk", "thread"],
                condition=Q(is_dated=True),
                name="message_by_date",
            ),
            search_index("message_search"),
        ]

    def __str__(self) -> str:
        return self.mirakl_id

    def get_absolute_url(self) -> str:
        """Its place in the thread, inside a part that would otherwise be folded."""
        query = urlencode({"message": self.mirakl_id})
        return f"{self.thread.get_absolute_url()}?{query}#message-{self.mirakl_id}"

    @property
    def sender_side(self) -> str:
        """SHOP, CUSTOMER or OPERATOR: the participant type behind the sender's type."""
        return self.sender_type.removesuffix("_USER")

    @property
    def called(self) -> str:
        """The sender's name, or their side if Mirakl sends none."""
        return self.sender_name or not_named(self.sender_side)

    @property
    def is_ours(self) -> bool:
        return self.sender_side == self.thread.marketplace.our_side
