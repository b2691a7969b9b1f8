"""Files in a real browser: each is uploaded when chosen, and Send waits for them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Page, Route, expect

from inbox.models import DraftFile, Outgoing, Thread, User
from tests.composing import send, sent, write
from tests.writing import Mirakl, eventually

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NOTE = FilePayload(name="note.txt", mimeType="text/plain", buffer=b"for you")
LAMP = FilePayload(name="lamp.png", mimeType="image/png", buffer=b"pixels")
UPLOADS = "**/draft/files/"
# Like a drop of files on the form, or a paste.
GIVE = """(form, [kind, field, name]) => {
  const data = new DataTransfer();
  data.items.add(new File(["content"], name));
  const init = { bubbles: true, cancelable: true, [field]: data };
  form.dispatchEvent(new (kind === "drop" ? DragEvent : ClipboardEvent)(kind, init));
}"""


def choose(page: Page, *files: FilePayload) -> None:
    page.get_by_label("Attach files").set_input_files(list(files))


def staged() -> list[str]:
    return sorted(DraftFile.objects.values_list("name", flat=True))


@pytest.fixture
def held(opened: Page) -> list[Route]:
    """Uploads that wait until the test releases them."""
    routes: list[Route] = []
    opened.route(UPLOADS, lambda route: routes.append(route))
    return routes


def test_files_are_uploaded_as_they_are_chosen_and_outlive_a_reload(
    opened: Page, waiting: Thread, mirakl: Mirakl
) -> None:
    choose(opened, NOTE, LAMP)
    eventually(lambda: staged() == ["lamp.png", "note.txt"])
    choose(opened, FilePayload(name="third.txt", mimeType="text/plain", buffer=b"3"))
    eventually(lambda: "third.txt" in staged())

    opened.reload()
    opened.get_by_role("button", name="Remove note.txt").click()
    expect(opened.locator("[data-composer] li")).to_have_count(2)
    write(opened)
    send(opened)

    sent(opened)
    attached = mirakl.messages(waiting.mirakl_id)[-1]["attachments"]
    assert sorted(one["name"] for one in attached) == ["lamp.png", "third.txt"]


@pytest.mark.parametrize(
    ("kind", "field"), [("drop", "dataTransfer"), ("paste", "clipboardData")], ids=["drop", "paste"]
)
def test_files_are_dropped_and_pasted(opened: Page, kind: str, field: str) -> None:
    opened.locator("[data-composer]").evaluate(GIVE, [kind, field, "given.txt"])

    expect(opened.get_by_role("button", name="Remove given.txt")).to_be_visible()
    eventually(lambda: staged() == ["given.txt"])


def test_send_waits_for_what_is_still_uploading(
    opened: Page, held: list[Route], waiting: Thread, mirakl: Mirakl
) -> None:
    choose(opened, NOTE)
    write(opened)

    send(opened)

    expect(opened.get_by_text("Files are still uploading.")).to_be_visible()
    expect(opened.get_by_text("will be sent when the upload is complete")).to_be_visible()
    assert Outgoing.objects.count() == 0
    held[0].continue_()
    sent(opened)
    (attached,) = mirakl.messages(waiting.mirakl_id)[-1]["attachments"]
    assert mirakl.download(attached["id"]) == b"for you"


def test_who_writes_on_has_not_sent_yet(opened: Page, held: list[Route]) -> None:
    choose(opened, NOTE)
    write(opened)
    send(opened)

    opened.get_by_label("Your reply").press_sequentially(" And")

    expect(opened.get_by_text("will be sent when the upload is complete")).to_be_hidden()
    held[0].continue_()
    expect(opened.get_by_text("still uploading")).to_be_hidden()
    assert (staged(), Outgoing.objects.count()) == (["note.txt"], 0)


def test_an_upload_is_cancelled(opened: Page, held: list[Route]) -> None:
    choose(opened, NOTE)
    expect(opened.get_by_role("progressbar", name="Upload note.txt")).to_be_visible()

    opened.get_by_role("button", name="Remove note.txt").click()

    expect(opened.locator("[data-composer] li")).to_have_count(0)
    expect(opened.get_by_text("still uploading")).to_be_hidden()
    assert staged() == []


def test_what_did_not_arrive_holds_the_reply_until_it_is_tried_again(
    opened: Page, waiting: Thread, mirakl: Mirakl
) -> None:
    opened.route(UPLOADS, lambda route: route.abort(), times=1)
    choose(opened, NOTE)
    write(opened)
    expect(opened.get_by_text("You're offline").first).to_be_visible()

    send(opened)
    expect(opened.get_by_text("A file wasn't uploaded.")).to_be_visible()
    assert Outgoing.objects.count() == 0
    opened.get_by_role("button", name="Try again").click()
    expect(opened.get_by_text("A file wasn't uploaded.")).to_be_hidden()
    send(opened)

    sent(opened)
    (attached,) = mirakl.messages(waiting.mirakl_id)[-1]["attachments"]
    assert attached["name"] == "note.txt"


def test_what_is_too_large_is_left_out_at_once(opened: Page, tmp_path: Path) -> None:
    large = tmp_path / "film.mov"
    large.write_bytes(bytes(30_000_001))

    opened.get_by_label("Attach files").set_input_files(large)

    expect(opened.get_by_text("“film.mov” wasn't attached")).to_be_visible()
    expect(opened.locator("[data-composer] li")).to_have_count(0)


def test_undo_gives_the_files_back(opened: Page, alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(undo_seconds=30)
    choose(opened, NOTE)
    write(opened)
    send(opened)

    opened.get_by_role("button", name="Undo").click()

    expect(opened.get_by_role("button", name="Remove note.txt")).to_be_visible()
    assert (staged(), Outgoing.objects.get().state) == (["note.txt"], Outgoing.State.DISCARDED)


def test_an_upload_goes_on_in_the_form_that_takes_the_place_of_another(
    opened: Page, held: list[Route], alice: User
) -> None:
    User.objects.filter(pk=alice.pk).update(undo_seconds=30)
    write(opened, "It leaves today.")
    send(opened)
    expect(opened.get_by_label("Your reply")).to_have_value("")
    choose(opened, NOTE)
    expect(opened.get_by_role("progressbar", name="Upload note.txt")).to_be_visible()

    opened.get_by_role("button", name="Undo").first.click()
    expect(opened.get_by_label("Your reply")).to_have_value("It leaves today.")

    expect(opened.get_by_role("progressbar", name="Upload note.txt")).to_be_visible()
    held[0].continue_()
    expect(opened.locator("[data-files] > li:not([data-state])")).to_have_count(1)
    assert staged() == ["note.txt"]


def test_a_new_conversation_takes_its_files_along(
    page: Page, sign_in: Callable[[User], None], alice: User, waiting: Thread, mirakl: Mirakl
) -> None:
    sign_in(alice)
    page.goto(f"/orders/maison-verte/{waiting.order_id}/threads/new/")
    choose(page, NOTE, LAMP)
    eventually(lambda: staged() == ["lamp.png", "note.txt"])
    page.reload()
    page.get_by_role("button", name="Remove note.txt").click()
    expect(page.get_by_role("button", name="Remove note.txt")).to_be_hidden()
    page.locator("[name=topic]").fill("Your lamp")
    page.get_by_label("Message").fill("See the file")

    send(page)

    eventually(lambda: Outgoing.objects.filter(state=Outgoing.State.SENT).exists())
    assert [one.name for one in Outgoing.objects.get().files.all()] == ["lamp.png"]
    assert staged() == []
