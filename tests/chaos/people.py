"""Agents without JavaScript: they read a page and post its form."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from typing import Any

import httpx

from tests.chaos.plan import Job

# For one answer; and for a desk that was killed to answer again, on a slow machine too.
ANSWER_SECONDS, PATIENCE_SECONDS = 20, 120


class Form(HTMLParser):
    """The form with a `token`: its action, and the fields a browser would send unchanged."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.action = ""
        self.fields: dict[str, list[str]] = {}
        self._action = ""
        self._found: dict[str, list[str]] = {}
        self._select = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name = given.get("name", "")
        if tag == "form":
            self._action, self._found = given.get("action", ""), {}
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and "disabled" not in given:
            self._found.setdefault(self._select, [given.get("value", "")])
        elif tag == "input" and name and is_sent(given):
            self._found.setdefault(name, []).append(given.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""
        if tag == "form" and "token" in self._found and not self.action:
            self.action, self.fields = self._action, self._found


def is_sent(given: dict[str, str]) -> bool:
    kind = given.get("type", "text")
    return kind not in ("file", "submit", "checkbox", "radio") or "checked" in given


class Refused(Exception):
    """The desk refused a valid form."""


class Agent:
    def __init__(self, url: str, username: str) -> None:
        self.username = username
        self._http = httpx.Client(base_url=url, timeout=ANSWER_SECONDS, trust_env=False)

    def close(self) -> None:
        self._http.close()

    def log_in(self) -> None:
        page = self._insist("GET", "/accounts/login/")
        form = {"username": self.username, "password": "demo", **self._csrf()}
        page = self._insist("POST", "/accounts/login/", data=form)
        assert page.status_code == 302, f"{self.username} cannot log in: {page.status_code}"

    def _csrf(self) -> dict[str, str]:
        return {"csrfmiddlewaretoken": self._http.cookies["csrftoken"]}

    # -- writing ---------------------------------------------------------

    def write(self, job: Job) -> str:
        """Returns the form's token once the desk has accepted it."""
        form = self._form(job)
        (token,) = form.fields["token"]
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            answer = self._post(job, form)
            if answer.is_redirect:
                return token
            if answer.status_code == 409:
                # Another agent wrote meanwhile: send anyway.
                form = Form(answer.text)
                fill_in(form, job)
                continue
            if answer.status_code < 500:
                raise Refused(f"{job}: {answer.status_code} {answer.text[:2000]}")
            time.sleep(0.3)
        raise Refused(f"{job}: no answer")

    def _form(self, job: Job) -> Form:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            page = self._insist("GET", job.path)
            form = Form(page.text)
            if form.action:
                break
            # The mirror is empty: Mirakl has not been read yet.
            assert time.monotonic() < deadline, f"{job.path}: {page.status_code}"
            time.sleep(0.3)
        fill_in(form, job)
        return form

    def _post(self, job: Job, form: Form) -> httpx.Response:
        """Post the form `job.posts` times at once. Returns the first answer."""
        others = [
            threading.Thread(target=self._try_to_post, args=(job, form))
            for _ in range(job.posts - 1)
        ]
        for other in others:
            other.start()
        answer = self._insist("POST", form.action, **self._body(job, form))
        for other in others:
            other.join()
        return answer

    def _try_to_post(self, job: Job, form: Form) -> None:
        try:
            self._http.post(form.action, **self._body(job, form))
        except httpx.HTTPError:
            return

    def _body(self, job: Job, form: Form) -> dict[str, Any]:
        name = "file" if job.kind == "document" else "files"
        files = [(name, (one.name, one.content)) for one in job.files]
        # As a browser does, send multipart even without a file.
        return {"data": form.fields | self._csrf(), "files": files or [(name, ("", b""))]}

    # -- reading ---------------------------------------------------------

    def look(self, path: str) -> httpx.Response | None:
        """Returns the page, or None if the desk is away."""
        try:
            return self._http.get(path, headers={"HX-Request": "true"})
        except httpx.HTTPError:
            return None

    def press(self, token: str, button: str) -> None:
        self._insist("POST", f"/replies/{token}/{button}/", data=self._csrf())

    def answer(self, token: str, candidate: int, *, is_it: bool) -> None:
        """Say whether the candidate is the reply."""
        button = f"candidates/{candidate}/{'is-it' if is_it else 'is-not'}"
        self.press(token, button)

    def _insist(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Repeat the request until the desk answers below 500."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                answer = self._http.request(method, path, **more)
            except httpx.HTTPError:
                answer = None
            if answer is not None and answer.status_code < 500:
                return answer
            assert time.monotonic() < deadline, f"{method} {path}: {answer}"
            time.sleep(0.3)


def fill_in(form: Form, job: Job) -> None:
    if job.kind == "document":
        form.fields["type"] = ["CUSTOMER_INVOICE"]
        return
    form.fields["body"] = [job.text]
    if "kept" in form.fields:
        # Leave out the files of a reply that was undone here.
        form.fields["kept"] = [""]
    if job.kind == "order_message":
        form.fields["subject"] = ["About your order"]
    elif job.kind != "reply":
        form.fields |= {"reason": [""], "topic": ["About your order"]}


@contextmanager
def agent(url: str, username: str) -> Iterator[Agent]:
    person = Agent(url, username)
    try:
        person.log_in()
        yield person
    finally:
        person.close()
