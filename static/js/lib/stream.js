// The live channel's stream: server-sent events, begun anew whenever it breaks off, from where it was.

const SILENT_AFTER = 45_000; // two signs of life have not come
const RETRY = { least: 1000, most: 10_000, longest: 60_000 };
const NAMES = ["hello", "news", "resync", "beat"];

// `tell({ name, data, cursor })` for each event; also "lost" when it breaks off, and "bye" at its end.
export function openStream(address, cursor, tell) {
  const stream = { address, cursor, tell, here: "{}", name: "", failures: 0, source: null, timer: 0 };
  begin(stream);
  return {
    show: (threads) => show(stream, threads),
    close: () => end(stream),
  };
}

function begin(stream) {
  const source = new EventSource(`${stream.address}?since=${encodeURIComponent(stream.cursor)}`, {
    withCredentials: true,
  });
  stream.source = source;
  watch(stream);
  for (const name of NAMES) source.addEventListener(name, (event) => receive(stream, name, event));
  source.addEventListener("bye", () => {
    end(stream);
    stream.tell({ name: "bye" });
  });
  source.addEventListener("again", () => again(stream));
  source.addEventListener("error", () => again(stream));
}

function receive(stream, name, event) {
  watch(stream);
  stream.cursor = event.lastEventId || stream.cursor;
  const data = JSON.parse(event.data);
  if (name === "hello") {
    stream.failures = 0;
    stream.name = data.stream;
    if (stream.here !== "{}") post(stream);
  }
  stream.tell({ name, data, cursor: stream.cursor });
}

// Nothing was heard for too long: the line may be dead without saying so.
function watch(stream) {
  clearTimeout(stream.timer);
  stream.timer = setTimeout(again, SILENT_AFTER, stream);
}

function again(stream) {
  end(stream);
  stream.tell({ name: "lost" });
  // At random, so that all browsers do not come back at once.
  const growth = Math.min(RETRY.most * 2 ** stream.failures, RETRY.longest) - RETRY.least;
  stream.failures += 1;
  stream.timer = setTimeout(begin, RETRY.least + Math.random() * growth, stream);
}

function end(stream) {
  clearTimeout(stream.timer);
  stream.source?.close();
  stream.name = "";
}

// The threads that are on the screen, each with what the user does there.
function show(stream, threads) {
  const here = JSON.stringify(threads);
  if (here === stream.here) return;
  stream.here = here;
  if (stream.name) post(stream);
}

function post(stream) {
  const address = `${stream.address}here?stream=${stream.name}`;
  // A stream that is gone is begun anew, and then told.
  fetch(address, { method: "POST", body: stream.here, credentials: "include" }).catch(() => {});
}
