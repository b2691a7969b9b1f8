"""Who else has a conversation open, as its page shows it."""

from collections.abc import Sequence
from dataclasses import dataclass

from inbox.models import Thread
from inbox.pages.viewer import Viewer
from inbox.services.people import presence as service
from inbox.services.people.presence import Present


@dataclass(frozen=True)
class Others:
    people: Sequence[Present]

    @property
    def shown(self) -> str:
        """As a page says whom it shows already."""
        return " ".join(f"{one.user.pk}:{one.state}" for one in self.people)


def arrive(viewer: Viewer, thread: Thread) -> Others:
    """As a page is shown: its own beats follow, where there is JavaScript."""
    service.say(thread, viewer.user, service.VIEWING)
    return others(viewer, thread)


def others(viewer: Viewer, thread: Thread) -> Others:
    return Others(service.on([thread], but=viewer.user).get(thread.pk, []))
