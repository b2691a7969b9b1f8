// How often a page asks for news.

const LEAST = 2000; // milliseconds between two requests of a page
const MOST = 30_000;
const SHARE = 20;

// Milliseconds from an answer that took so long to the next request: a desk that is slow, because many
// pages ask it, is asked less often.
export const pauseAfter = (took) => Math.min(MOST, Math.max(LEAST, SHARE * took));
