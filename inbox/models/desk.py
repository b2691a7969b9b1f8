"""The desk's own data, unknown to Mirakl: tags, notes, canned replies, changes to many."""

from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import Case, Exists, F, Func, IntegerField, OuterRef, Q, When
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from inbox.models.marketplaces import Marketplace
from inbox.models.rules import BULK_CHANGE_RULES, CANNED_REPLY_RULES
from inbox.models.searching import search_index, search_version
from inbox.models.threads import Thread
from inbox.models.users import User


class TagQuerySet(models.QuerySet["Tag"]):
    def visible_to(self, user: User) -> Self:
        """Tags in use on the user's marketplaces, and tags that an admin made for all."""
        return self.on(Marketplace.objects.visible_to(user))

    def on(self, marketplaces: Any) -> Self:
        return self.filter(self._is_on(marketplaces))

    def for_thread(self, thread: Thread) -> Self:
        """The thread's tags and its marketplace's tags; `is_on_thread` tells them apart."""
        has_it = Thread.tags.through.objects.filter(tag=OuterRef("pk"), thread=thread)
        rows = self.annotate(is_on_thread=Exists(has_it))
        return rows.filter(Q(is_on_thread=True) | self._is_on([thread.marketplace_id]))

    @staticmethod
    def _is_on(marketplaces: Any) -> Q:
        used = Tag.marketplaces.through.objects
        here = used.filter(tag=OuterRef("pk"), marketplace__in=marketplaces)
        return Q(Exists(here)) | Q(is_for_all=True)


class Tag(models.Model):
    name = models.CharField(_("name"), max_length=40, unique=True)
    colour = models.CharField(
        _("colour"), max_length=10, choices=Marketplace.Colour, default=Marketplace.Colour.GREY
    )
    is_for_all = models.BooleanField(
        _("on all marketplaces"),
        default=False,
        help_text=_("Off: only users of marketplaces where this tag is used can see it."),
    )
    # Marketplaces where it has been used on a thread.
    marketplaces = models.ManyToManyField(Marketplace, related_name="tags", blank=True)

    objects = TagQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = _("tag")
        verbose_name_plural = _("tags")

    def __str__(self) -> str:
        return self.name


class NoteQuerySet(models.QuerySet["Note"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(thread__in=Thread.objects.visible_to(user))

    def without_bodies(self) -> Self:
        """Light rows, oldest first: `size` is that of the body in bytes."""
        rows = self.select_related("author").defer("body", "search_text", "search")
        return rows.annotate(
            size=Func("body", function="octet_length", output_field=IntegerField())
        )


class Note(models.Model):
    """An internal comment on a thread. It never leaves the desk."""

    thread = models.ForeignKey(Thread, models.CASCADE, db_index=False, related_name="notes")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="notes"
    )
    # The form's token: a form sent twice makes one note.
    token = models.UUIDField(unique=True)
    body = models.TextField(_("note"), max_length=20_000)
    mentions = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="mentioned_in")
    created_at = models.DateTimeField(auto_now_add=True)
    edited_at = models.DateTimeField(null=True)
    # Folded plain text and other forms of its words, for search.
    search_text = models.TextField(blank=True)
    search_version = search_version()
    search = models.GeneratedField(
        expression=SearchVector("search_text", config="simple"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = NoteQuerySet.as_manager()

    if TYPE_CHECKING:
        size: int

    class Meta:
        ordering = ["created_at", "pk"]
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        indexes = [
            models.Index(fields=["thread", "created_at"], name="note_of_thread"),
            search_index("note_search"),
        ]

    def __str__(self) -> str:
        return f"{self.author} · {self.created_at:%Y-%m-%d %H:%M}"

    def get_absolute_url(self) -> str:
        """Its place in the thread, inside a part that would otherwise be folded."""
        return f"{self.thread.get_absolute_url()}?note={self.pk}#note-{self.pk}"


class CannedReplyQuerySet(models.QuerySet["CannedReply"]):
    def visible_to(self, user: User) -> Self:
        """The user's own, and shared ones of marketplaces they can see."""
        visible = Marketplace.objects.visible_to(user)
        shared = Q(owner=None) & (Q(marketplace=None) | Q(marketplace__in=visible))
        return self.filter(shared | Q(owner=user))

    def editable_by(self, user: User) -> Self:
        """The user's own, and shared ones of marketplaces they lead; all for admins."""
        if user.is_superuser and user.is_active:
            return self.filter(Q(owner=None) | Q(owner=user))
        led = Marketplace.objects.led_by(user)
        return self.filter(Q(owner=user) | Q(owner=None, marketplace__in=led))

    def for_thread(self, thread: Thread) -> Self:
        return self.filter(Q(marketplace=None) | Q(marketplace=thread.marketplace_id))

    def nearest_first(self, language: str) -> Self:
        """One marketplace's before the rest, then those in this language, then the most used."""
        in_language = Case(When(language=language, then=0), When(language="", then=1), default=2)
        return self.order_by(in_language, F("marketplace").asc(nulls_last=True), "-used", "name")


class CannedReply(models.Model):
    """A text with `{{ names }}` to fill in; a macro if it also has actions."""

    class AssignTo(models.TextChoices):
        NOBODY = "nobody", _("No one")
        SENDER = "sender", _("The sender")

    name = models.CharField(_("name"), max_length=80)
    body = models.TextField(_("text"), max_length=50_000, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="canned_replies",
        verbose_name=_("owner"),
        help_text=_("Empty: everyone can use it."),
    )
    marketplace = models.ForeignKey(
        Marketplace,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="canned_replies",
        verbose_name=_("marketplace"),
        help_text=_("Empty: on all marketplaces."),
    )
    language = models.CharField(
        _("language"), max_length=10, blank=True, help_text=_("Empty: any language.")
    )
    # A macro's actions, done when the reply is queued.
    assigns_to = models.CharField(_("assign to"), max_length=10, choices=AssignTo, blank=True)
    adds_tags = models.ManyToManyField(
        Tag, blank=True, related_name="canned_replies", verbose_name=_("add tags")
    )
    closes = models.BooleanField(_("close the conversation"), default=False)
    snoozes_hours = models.PositiveSmallIntegerField(_("snooze for (hours)"), null=True, blank=True)
    used = models.PositiveIntegerField(_("used"), default=0, editable=False)

    objects = CannedReplyQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = _("canned reply")
        verbose_name_plural = _("canned replies")
        constraints = CANNED_REPLY_RULES

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("canned-edit", args=[self.pk])


class BulkChange(models.Model):
    """One change to many threads, done in steps, with the data for its Undo."""

    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="bulk_changes")
    verb = models.CharField(max_length=20)  # an Event.Verb
    argument = models.JSONField(default=dict, blank=True)
    total = models.PositiveIntegerField()
    done = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    # By its Undo: threads that were restored, and changed threads that were not.
    undone = models.PositiveIntegerField(default=0, db_default=0)
    left_alone = models.PositiveIntegerField(default=0, db_default=0)

    if TYPE_CHECKING:
        rows: models.Manager["BulkRow"]

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = BULK_CHANGE_RULES

    def __str__(self) -> str:
        return f"{self.verb} × {self.total}"


class BulkRow(models.Model):
    """A thread of a bulk change: pending, or with its values from before."""

    change = models.ForeignKey(BulkChange, models.CASCADE, db_index=False, related_name="rows")
    thread = models.ForeignKey(Thread, models.CASCADE, related_name="+")
    before = models.JSONField(null=True)  # null: pending

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["change", "thread"], name="once_per_bulk_change"),
        ]

    def __str__(self) -> str:
        return f"{self.change_id} · {self.thread_id}"
