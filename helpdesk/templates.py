"""How templates are read: without indentation, which pages do not need, once for each language."""

import re

from django.template import Origin
from django.template.loaders import cached, filesystem
from django.utils.translation import get_language

INDENTATION = re.compile(r"\n\s+")


class Loader(filesystem.Loader):
    def get_contents(self, origin: Origin) -> str:
        return INDENTATION.sub("\n", super().get_contents(origin))


class CachedLoader(cached.Loader):
    """Compiled templates hold translated texts (`inbox.constant_tags`)."""

    def cache_key(self, template_name: str, skip: list[Origin] | None = None) -> str:
        return f"{get_language()}-{super().cache_key(template_name, skip)}"
