"""Languages that customers write in, detected in their messages."""

from collections.abc import Collection, Sequence

from django.db import connection

from inbox.earlier import Conversation
from inbox.models import Marketplace
from inbox.sanitize import plain_text, stored
from inbox.services import languages
from inbox.services.mirror.previews import LONGEST, Said

MESSAGES_READ = 12
CUSTOMERS_MESSAGES = 3
# Steps from one language of a marketplace to the next, each one index lookup.
WRITTEN = """
    WITH RECURSIVE written AS (
        SELECT place, (
            SELECT min(language) FROM inbox_thread WHERE marketplace_id = place AND language > ''
        ) AS code FROM unnest(%s::bigint[]) place
        UNION ALL
        SELECT place, (
            SELECT min(language) FROM inbox_thread WHERE marketplace_id = place AND language > code
        ) FROM written WHERE code IS NOT NULL
    )
    SELECT DISTINCT code FROM written WHERE code IS NOT NULL
"""


def detect_language(said: Sequence[Said]) -> str:
    """The code of the customer's language in a conversation, given oldest message first.

    Quoted text does not count. Empty if their messages are too short or mixed.
    """
    conversation, texts = Conversation(), list[str]()
    latest = said[-MESSAGES_READ:]
    theirs = [at for at, one in enumerate(latest) if one.side == "CUSTOMER"]
    for at, one in enumerate(latest):
        earlier = conversation.add(plain_text(stored(one.body)[:LONGEST]), one.side)
        if at in theirs[-CUSTOMERS_MESSAGES:]:
            texts.append(plain_text(one.body, without_quotes=True, earlier=earlier))
    return languages.detect("\n".join(reversed(texts)))


def list_languages(marketplaces: Collection[Marketplace]) -> set[str]:
    """The codes of the languages of these marketplaces and of their conversations."""
    with connection.cursor() as cursor:
        cursor.execute(WRITTEN, [[one.pk for one in marketplaces]])
        written = {code for (code,) in cursor.fetchall()}
    return written | {languages.base(one.language) for one in marketplaces if one.language}
