"""Where a marketplace's rules come from, and what was changed since."""

from dataclasses import dataclass
from datetime import date

from inbox.models import Marketplace, MarketplacePreset
from inbox.models.reply_rules import ReplyRules

ABOUT_THEM = {"source", "read_on"}


@dataclass(frozen=True)
class PresetNote:
    """`changes` are the names of the rules that are no longer the preset's."""

    name: str
    read_on: date | None
    source: str
    is_limit_public: bool
    changes: list[str]
    # The preset was read again after its rules were copied.
    newer_on: date | None


def describe_preset(marketplace: Marketplace) -> PresetNote | None:
    """None if no preset was chosen."""
    preset = marketplace.preset
    if preset is None:
        return None
    is_newer = preset.read_on != marketplace.read_on
    return PresetNote(
        preset.name,
        marketplace.read_on,
        marketplace.source,
        preset.is_limit_public,
        _list_changes(marketplace, preset),
        preset.read_on if is_newer else None,
    )


def _list_changes(marketplace: Marketplace, preset: MarketplacePreset) -> list[str]:
    return [
        str(field.verbose_name)
        for field in ReplyRules._meta.local_fields
        if field.name not in ABOUT_THEM
        and getattr(preset, field.name) != getattr(marketplace, field.name)
    ]
