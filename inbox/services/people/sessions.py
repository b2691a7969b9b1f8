"""Django's sessions in the database, read by a prepared query: each request reads one."""

from datetime import datetime
from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils import timezone

from inbox.models.prepared import prepared


class SessionStore(DatabaseStore):
    """Its name is Django's, and part of each signature: sessions of Django's store stay valid."""

    def load(self) -> dict[str, Any]:
        found = _stored(key=self.session_key or "", now=timezone.now())
        if found:
            return dict(self.decode(found[0]))
        self._session_key = None
        return {}


@prepared
def _stored(*, key: str, now: datetime) -> QuerySet[Session, str]:
    valid = Session.objects.filter(session_key=key, expire_date__gt=now)
    return valid.values_list("session_data", flat=True)
