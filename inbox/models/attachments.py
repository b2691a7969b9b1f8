"""Attachments in the mirror: metadata only. The bytes stay at Mirakl until they are downloaded."""

from pathlib import PurePath
from typing import Self

from django.db import models
from django.utils.translation import gettext

from inbox.models.marketplaces import Marketplace
from inbox.models.same_marketplace import SameMarketplace
from inbox.models.threads import Message
from inbox.models.users import User

# A larger picture is downloaded on request, not at each display of its thread.
PREVIEW_BYTES = 4_000_000
BROWSERS_PICTURES = {".png", ".jpg", ".jpeg", ".gif", ".webp"}
OTHER_PICTURES = {".heic", ".heif", ".bmp", ".tif", ".tiff", ".avif", ".svg"}
LONG_NAME, ENDING = 24, 10


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(marketplace__in=Marketplace.objects.visible_to(user))


class Attachment(models.Model):
    # The message's own, so one constraint checks both.
    marketplace = models.ForeignKey(
        Marketplace, models.CASCADE, db_index=False, db_constraint=False, related_name="attachments"
    )
    message = models.ForeignKey(
        Message, models.CASCADE, db_index=False, db_constraint=False, related_name="attachments"
    )
    mirakl_id = models.CharField(max_length=255)
    name = models.CharField(max_length=255)  # empty if Mirakl sends none
    size = models.PositiveBigIntegerField(null=True)  # bytes; null if Mirakl sends none

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            SameMarketplace(owner="message", name="attachment_is_of_marketplace"),
            models.UniqueConstraint(fields=["message", "mirakl_id"], name="one_row_per_attachment"),
        ]
        indexes = [
            models.Index(fields=["marketplace", "mirakl_id"], name="attachment_by_mirakl_id"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def called(self) -> str:
        return self.name or gettext("Unnamed file")

    @property
    def ending(self) -> str:
        """The suffix, shown even if the name is cut: it names the type."""
        return self.name[-ENDING:] if len(self.name) > LONG_NAME else ""

    @property
    def stem(self) -> str:
        """The name without its suffix."""
        return self.name[:-ENDING] if self.ending else self.name

    @property
    def previews_as(self) -> str:
        """`image`, `pdf` or empty, by name; the real type is detected on download."""
        suffix = PurePath(self.name).suffix.lower()
        is_small = self.size is not None and 0 < self.size <= PREVIEW_BYTES
        if suffix in BROWSERS_PICTURES and is_small:
            return "image"
        return "pdf" if suffix == ".pdf" and self.size != 0 else ""

    @property
    def is_picture(self) -> bool:
        """By name, including formats a browser can't show."""
        return PurePath(self.name).suffix.lower() in BROWSERS_PICTURES | OTHER_PICTURES

    @property
    def icon(self) -> str:
        return "file-text" if self.previews_as == "pdf" else "file"
