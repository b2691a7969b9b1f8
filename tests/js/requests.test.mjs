import assert from "node:assert/strict";
import { test } from "node:test";

import { isLogin, troubleOf } from "../../static/js/lib/requests.js";

test("an answer to an ended session leads to the login", () => {
  assert.ok(isLogin("/accounts/login/?next=/"));
  assert.ok(!isLogin("/threads/maison/1/"));
  assert.ok(!isLogin(null));
});

test("a status that is unknown is the server's trouble", () => {
  assert.equal(troubleOf(413), "long");
  assert.equal(troubleOf(0), "offline");
  assert.equal(troubleOf(500), "server");
});
