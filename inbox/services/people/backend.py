"""Loads the user of a session with what is demanded of them, in one prepared query."""

from django.contrib.auth.backends import ModelBackend
from django.db.models import QuerySet

from inbox.models import User
from inbox.models.prepared import prepared
from inbox.services.people import duties


class Backend(ModelBackend):
    def get_user(self, user_id: int) -> User | None:
        user = next(iter(_people(pk=user_id)), None)
        return user if user and self.user_can_authenticate(user) else None


@prepared
def _people(*, pk: int) -> QuerySet[User]:
    return duties.with_demands(User.objects.filter(pk=pk))
