import assert from "node:assert/strict";
import { test } from "node:test";

import { fold, matches } from "../../static/js/lib/text.js";

test("texts are compared without accents and case", () => {
  assert.equal(fold("Žofie MÜLLER"), "zofie muller");
});

test("each word that was typed has to be there, in any order", () => {
  assert.ok(matches("Late parcel, France", "fra late"));
  assert.ok(!matches("Late parcel, France", "late spain"));
});

test("nothing typed matches everything", () => {
  assert.ok(matches("Late parcel", ""));
});
