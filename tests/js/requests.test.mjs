import assert from "node:assert/strict";
import { test } from "node:test";

import { asHtmx, loginIn } from "../../static/js/lib/requests.js";

const answer = (address) => ({ headers: new Headers(address ? { "HX-Redirect": address } : {}) });

test("an answer that leads to the login is one of a session that has ended", () => {
  assert.equal(loginIn(answer("/accounts/login/?next=/")), "/accounts/login/?next=/");
});

test("any other answer is none", () => {
  assert.equal(loginIn(answer("/threads/maison/1/")), "");
  assert.equal(loginIn(answer()), "");
});

test("a request says that it is htmx's, and from which page", () => {
  globalThis.location = { href: "https://desk.example/threads/" };

  assert.deepEqual(asHtmx("token"), {
    "X-CSRFToken": "token",
    "HX-Request": "true",
    "HX-Current-URL": "https://desk.example/threads/",
  });
});
