// Uploads each file of a draft as soon as it is chosen. Send waits for them, and never goes without.

import { showProgress } from "./lib/progress.js";
import { asHtmx, csrfOf, loginIn } from "./lib/requests.js";

const AT_ONCE = 3;
const jobs = new Map(); // items of the list, to what is not on the desk yet
let waiting = null; // the button that was pressed while files were still on their way

const composer = () => document.querySelector("form[data-uploads]");
const trouble = () => document.getElementById("trouble").dataset;
const inState = (state) => [...jobs].filter(([, job]) => job.state === state);

document.addEventListener("desk:file", (event) => {
  const { form, file } = event.detail;
  if (!form.dataset.uploads) return;
  event.preventDefault();
  const job = { file, url: form.dataset.uploads, token: form.elements.token.value, csrf: csrfOf(form) };
  jobs.set(event.target, job);
  queue(event.target, job);
});

function queue(item, job) {
  job.state = "queued";
  item.dataset.state = "uploading";
  for (const hidden of item.querySelectorAll("[data-why], [data-retry]")) hidden.hidden = true;
  showProgress(item.querySelector("[data-sent]"), 0, job.file.size);
  goOn();
}

function goOn() {
  for (const [item, job] of inState("queued").slice(0, AT_ONCE - inState("sending").length)) send(item, job);
  tell();
}

function send(item, job) {
  const body = new FormData();
  body.append("token", job.token);
  body.append("file", job.file, job.file.name);
  const request = new XMLHttpRequest();
  job.state = "sending";
  job.request = request;
  request.open("POST", job.url);
  for (const [name, value] of Object.entries(asHtmx(job.csrf))) request.setRequestHeader(name, value);
  request.upload.addEventListener("progress", (event) =>
    showProgress(item.querySelector("[data-sent]"), event.loaded, event.total),
  );
  request.addEventListener("load", () => answered(item, job, request));
  request.addEventListener("error", () => fail(item, job, trouble().offline));
  request.send(body);
}

function answered(item, job, request) {
  const login = request.getResponseHeader("HX-Redirect");
  if (login) location.assign(login);
  else if (request.status === 201) arrive(item, job, request.responseText);
  else if (request.getResponseHeader("Content-Type")?.startsWith("text/plain")) fail(item, job, request.responseText);
  else
    fail(
      item,
      job,
      { 403: trouble().forbidden, 404: trouble().missing, 413: trouble().large }[request.status] ?? trouble().server,
    );
}

// Its item is the desk's from now on. The composer may be another one meanwhile, and that of another
// conversation.
function arrive(item, job, html) {
  const made = document.createRange().createContextualFragment(html).firstElementChild;
  const hadFocus = item.contains(document.activeElement);
  jobs.delete(item);
  if (item.isConnected) item.replaceWith(made);
  else if (composer()?.dataset.uploads === job.url) composer().querySelector("[data-files]").append(made);
  if (hadFocus) made.querySelector("[data-take-out]").focus();
  made.closest("form")?.dispatchEvent(new CustomEvent("desk:arrived", { bubbles: true }));
  goOn();
}

function fail(item, job, words) {
  job.state = "failed";
  if (!item.isConnected) jobs.delete(item);
  item.dataset.state = "failed";
  item.querySelector("[data-sent]").hidden = true;
  item.querySelector("[data-retry]").hidden = false;
  const why = item.querySelector("[data-why]");
  why.hidden = false;
  why.textContent = words;
  item.scrollIntoView({ block: "nearest" });
  waiting = null;
  goOn();
}

// -- in words, and Send -------------------------------------------------------

function tell() {
  const words = composer()?.querySelector("[data-uploading]");
  if (!words) return;
  const failed = inState("failed").length;
  const open = jobs.size - failed;
  const said = [];
  if (open) said.push(open === 1 ? words.dataset.one : words.dataset.many.replace("{n}", open));
  if (open && waiting) said.push(words.dataset.then);
  if (failed) said.push(words.dataset.failed);
  words.hidden = said.length === 0;
  words.textContent = said.join(" ");
  words.dataset.tone = failed ? "error" : "info";
  if (jobs.size || !waiting) return;
  const button = waiting;
  waiting = null;
  composer().requestSubmit(button.isConnected ? button : undefined);
}

document.addEventListener(
  "submit",
  (event) => {
    if (!event.target.matches("[data-uploads]") || !jobs.size) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    waiting = inState("failed").length ? null : event.submitter;
    tell();
  },
  true,
);

// Who goes on writing has not finished after all.
document.addEventListener("input", (event) => {
  if (!waiting || !event.target.closest("[data-uploads]")) return;
  waiting = null;
  tell();
});

addEventListener("beforeunload", (event) => {
  if (inState("sending").length || inState("queued").length) event.preventDefault();
});

// -- tried again, taken out ---------------------------------------------------

document.addEventListener("click", (event) => {
  const item = event.target.closest("[data-files] > li");
  // Where files are not uploaded ahead, files.js has taken it out already.
  if (!item) return;
  const job = jobs.get(item);
  if (job && event.target.closest("[data-retry]")) queue(item, job);
  if (!event.target.closest("[data-take-out]")) return;
  if (job) cancel(item, job);
  else if (item.dataset.url) remove(item);
});

function cancel(item, job) {
  job.request?.abort();
  jobs.delete(item);
  gone(item);
  goOn();
}

async function remove(item) {
  const csrf = csrfOf(item.closest("form"));
  item.dataset.state = "leaving";
  try {
    const answer = await fetch(item.dataset.url, { method: "POST", headers: asHtmx(csrf) });
    if (loginIn(answer)) return location.assign(loginIn(answer));
    if (answer.ok || answer.status === 404) return gone(item);
    item.dispatchEvent(new CustomEvent("desk:trouble", { bubbles: true, detail: "server" }));
  } catch {
    item.dispatchEvent(new CustomEvent("desk:trouble", { bubbles: true, detail: "offline" }));
  }
  delete item.dataset.state;
}

function gone(item) {
  if (item.isConnected) item.dispatchEvent(new CustomEvent("desk:gone", { bubbles: true }));
}
