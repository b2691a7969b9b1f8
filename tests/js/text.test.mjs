import assert from "node:assert/strict";
import { test } from "node:test";

import { fill, fold, formatSize, matches, sentLength, trimSpace } from "../../static/js/lib/text.js";

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

test("a text gets its values by their names", () => {
  assert.equal(fill("{n} of {left} files", { n: 2, left: 50 }), "2 of 50 files");
});

test("sizes have the unit that is readable", () => {
  globalThis.document = { documentElement: { lang: "en" } };

  assert.equal(formatSize(1), "1 byte");
  assert.equal(formatSize(999), "999 bytes");
  assert.equal(formatSize(1000), "1 kB");
  assert.equal(formatSize(1_250_000), "1.3 MB");
});

test("space is one blank between words, and none around them", () => {
  assert.equal(trimSpace("  Late \n parcel "), "Late parcel");
});

test("a message counts as long as it is sent", () => {
  assert.equal(sentLength(" Hello \n"), 5);
  assert.equal(sentLength("a < b & c"), "a &lt; b &amp; c".length);
  assert.equal(sentLength("one\ntwo"), "one<br />two".length);
  assert.equal(sentLength("👍"), 1);
});
