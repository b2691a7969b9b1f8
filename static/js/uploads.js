// Uploads each file of a draft as soon as it is chosen. Send waits for the uploads.

import { showProgress } from "./lib/elements.js";
import { listen, onLoad } from "./lib/events.js";
import { headersFor, troubleOf } from "./lib/requests.js";
import { fill } from "./lib/text.js";

const AT_ONCE = 3;
const uploads = new Map(); // items of the list, to their uploads
let pressed = null; // the button that waits for them

const composer = () => document.querySelector("form[data-uploads]");
const inState = (state) => [...uploads].filter(([, upload]) => upload.state === state);
// Of the conversation that is shown.
const ownUploads = () => [...uploads.values()].filter(({ url }) => url === composer()?.dataset.uploads);

export const isUploading = (item) => uploads.has(item);

export function startUpload(item, form, file) {
  const body = new FormData();
  body.append("token", form.elements.token.value);
  body.append("file", file, file.name);
  uploads.set(item, { body, size: file.size, url: form.dataset.uploads, headers: headersFor(form) });
  queue(item);
}

export function cancelUpload(item) {
  uploads.get(item).request?.abort();
  uploads.delete(item);
  sendNext();
}

function queue(item) {
  const upload = uploads.get(item);
  upload.state = "queued";
  item.dataset.state = "uploading";
  showProgress(item.querySelector("[data-sent]"), 0, upload.size);
  sendNext();
}

function sendNext() {
  for (const [item, upload] of inState("queued").slice(0, AT_ONCE - inState("sending").length)) send(item, upload);
  showState();
}

function send(item, upload) {
  const request = new XMLHttpRequest();
  Object.assign(upload, { request, state: "sending" });
  request.open("POST", upload.url);
  for (const [name, value] of Object.entries(upload.headers)) request.setRequestHeader(name, value);
  request.upload.onprogress = ({ loaded, total }) => showProgress(item.querySelector("[data-sent]"), loaded, total);
  request.onload = () => receive(item, upload, request);
  request.onerror = () => fail(item, "offline");
  request.send(upload.body);
}

function receive(item, upload, request) {
  const { status, responseText } = request;
  const login = request.getResponseHeader("HX-Redirect");
  if (login) location.assign(login);
  else if (status === 201) show(item, upload, responseText);
  else if (request.getResponseHeader("Content-Type")?.startsWith("text/plain")) fail(item, "", responseText);
  else fail(item, status === 413 ? "large" : troubleOf(status));
}

// The composer may have been replaced meanwhile, also by that of another conversation.
function show(item, { url }, html) {
  const stored = document.createRange().createContextualFragment(html).firstElementChild;
  const hadFocus = item.contains(document.activeElement);
  uploads.delete(item);
  if (item.isConnected) item.replaceWith(stored);
  else if (composer()?.dataset.uploads === url) composer().querySelector("[data-files]").append(stored);
  htmx.process(stored);
  htmx.trigger(stored, "htmx:load");
  if (hadFocus) stored.querySelector("[data-take-out]").focus();
  sendNext();
}

function fail(item, kind, text = document.getElementById("trouble").dataset[kind]) {
  uploads.get(item).state = "failed";
  if (!item.isConnected) uploads.delete(item);
  item.dataset.state = "failed";
  item.querySelector("[data-why]").textContent = text;
  item.scrollIntoView({ block: "nearest" });
  pressed = null;
  sendNext();
}

listen("click", "[data-retry]", (button) => queue(button.closest("li")));

// -- Send ---------------------------------------------------------------------

function showState() {
  const line = composer()?.querySelector("[data-uploading]");
  if (!line) return;
  const { one, many, then, failed } = line.dataset;
  const own = ownUploads();
  const failures = own.filter(({ state }) => state === "failed").length;
  const open = own.length - failures;
  const texts = [
    open > 0 && (open === 1 ? one : fill(many, { n: open })),
    open > 0 && pressed && then,
    failures > 0 && failed,
  ].filter(Boolean);
  line.textContent = texts.join(" ");
  line.dataset.tone = failures ? "error" : "info";
  if (own.length || !pressed) return;
  const button = pressed;
  pressed = null;
  composer().requestSubmit(button.isConnected ? button : undefined);
}

function waitForUploads(_form, event) {
  if (!ownUploads().length) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  pressed = ownUploads().some(({ state }) => state === "failed") ? null : event.submitter;
  showState();
}
listen("submit", "[data-uploads]", waitForUploads, { capture: true });

// Typing takes Send back, and so does going to another conversation.
function takeBack() {
  pressed = null;
  showState();
}
listen("input", "[data-uploads]", takeBack);
onLoad("article[data-thread]", takeBack);

addEventListener("beforeunload", (event) => {
  if (inState("sending").length || inState("queued").length) event.preventDefault();
});
