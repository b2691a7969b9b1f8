import assert from "node:assert/strict";
import { test } from "node:test";

import { pauseAfter } from "../../static/js/lib/pace.js";

test("a quick desk is asked every other second", () => {
  assert.equal(pauseAfter(0), 2000);
  assert.equal(pauseAfter(100), 2000);
});

test("a slow desk is asked less often, but within half a minute", () => {
  assert.equal(pauseAfter(350), 7000);
  assert.equal(pauseAfter(20_000), 30_000);
});
