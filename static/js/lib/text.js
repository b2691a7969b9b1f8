// Texts as people type and read them.

// Without accents, in lower case.
export const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

// Whether the text contains each of the words typed.
export function matches(text, typed) {
  const folded = fold(text);
  return fold(typed)
    .split(/\s+/)
    .every((word) => folded.includes(word));
}

export const trimSpace = (text) => text.replace(/\s+/g, " ").trim();

// "{n} files" with the values of its names.
export const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

// Characters of a message as it is sent: escaped, with <br /> for line ends.
export function sentLength(text) {
  const extra = { "&": 4, "<": 3, ">": 3, "\n": 5 };
  return [...text.trim()].reduce((sum, character) => sum + 1 + (extra[character] ?? 0), 0);
}

export function formatSize(bytes) {
  const power = bytes < 1000 ? 0 : bytes < 1_000_000 ? 1 : 2;
  const style = {
    style: "unit",
    unit: ["byte", "kilobyte", "megabyte"][power],
    unitDisplay: power === 0 ? "long" : "short",
    maximumFractionDigits: power === 2 ? 1 : 0,
  };
  return new Intl.NumberFormat(document.documentElement.lang, style).format(bytes / 1000 ** power);
}
