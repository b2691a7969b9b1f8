"""Who else has a conversation open, as pages and rows show it."""

from inbox.models import Thread
from inbox.pages.viewer import Viewer
from inbox.services.people import presence as service


def arrive(viewer: Viewer, thread: Thread) -> dict[str, object]:
    """As a page is shown: its own beats follow, where there is JavaScript."""
    service.say(thread, viewer.user, service.VIEWING)
    return others(viewer, thread)


def others(viewer: Viewer, thread: Thread) -> dict[str, object]:
    present = service.on([thread], but=viewer.user).get(thread.pk, [])
    shown = " ".join(f"{one.user.pk}:{one.state}" for one in present)
    return {"present": present, "shown_present": shown}


def mark(threads: list[Thread], viewer: Viewer) -> None:
    """Say of each row of a list who has it open."""
    found = service.on(threads, but=viewer.user) if threads else {}
    for thread in threads:
        thread.present = found.get(thread.pk, [])
