"""Known settings of marketplaces, for connecting one."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from inbox.models.marketplaces import validate_base_url
from inbox.models.reply_rules import ReplyRules
from inbox.models.rules import PRESET_RULES

# What a marketplace copies.
PRESET_FIELDS = [field.name for field in ReplyRules._meta.local_fields]


class MarketplacePreset(ReplyRules):
    """A marketplace's published rules, which an admin can correct when they change."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    base_url = models.URLField(
        _("address"),
        blank=True,
        validators=[validate_base_url],
        help_text=_("Used if the marketplace's own address is left empty."),
    )
    is_limit_public = models.BooleanField(
        _("limit is published"),
        default=True,
        help_text=_("If not, the hours are Mirakl's default: check your dashboard."),
    )
    # A release refreshes the presets that nobody has changed; those of admins stay as they are.
    is_changed = models.BooleanField(default=True, editable=False)

    class Meta:
        ordering = ["name"]
        verbose_name = _("marketplace preset")
        verbose_name_plural = _("marketplace presets")
        constraints = PRESET_RULES

    def __str__(self) -> str:
        return self.name
