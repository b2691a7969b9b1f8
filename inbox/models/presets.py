"""Known settings of marketplaces, for connecting one."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from inbox.models.marketplaces import validate_base_url
from inbox.models.rules import PRESET_RULES


class MarketplacePreset(models.Model):
    """A marketplace's published rules, which an admin can correct when they change."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    base_url = models.URLField(
        _("address"),
        blank=True,
        validators=[validate_base_url],
        help_text=_("Used if the marketplace's own address is left empty."),
    )
    reply_limit_hours = models.PositiveSmallIntegerField(
        _("reply limit (hours)"), validators=[MinValueValidator(1), MaxValueValidator(720)]
    )
    alert_hours = models.PositiveSmallIntegerField(
        _("alert after (hours)"), validators=[MinValueValidator(1), MaxValueValidator(720)]
    )
    copies_operator = models.BooleanField(_("copy the operator"), default=False)

    class Meta:
        ordering = ["name"]
        verbose_name = _("marketplace preset")
        verbose_name_plural = _("marketplace presets")
        constraints = PRESET_RULES

    def __str__(self) -> str:
        return self.name
