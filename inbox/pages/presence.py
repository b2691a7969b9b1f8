"""Other users who have a conversation open, for its page."""

from collections.abc import Sequence
from dataclasses import dataclass

from inbox.models import Thread
from inbox.pages.viewer import Viewer
from inbox.services.people import presence as service
from inbox.services.people.presence import PersonPresent


@dataclass(frozen=True)
class Others:
    people: Sequence[PersonPresent]

    @property
    def shown(self) -> str:
        """The people and states as text, which the page sends back."""
        return " ".join(f"{one.user.pk}:{one.state}" for one in self.people)


def arrive(viewer: Viewer, thread: Thread) -> None:
    """Record that the page is shown. Its script sends heartbeats from then on."""
    service.record_presence(thread, viewer.user, service.VIEWING)


def others(viewer: Viewer, thread: Thread) -> Others:
    return Others(service.people_present([thread], but=viewer.user).get(thread.pk, []))
