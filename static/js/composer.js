// The composer: who reads it, how long it is, which files go along.

const DRAG = "dragging";

function humanSize(bytes) {
  const units = ["byte", "kilobyte", "megabyte"];
  let unit = 0;
  let amount = bytes;
  while (amount >= 1000 && unit < units.length - 1) {
    amount /= 1000;
    unit += 1;
  }
  const style = { style: "unit", unit: units[unit], unitDisplay: "short", maximumFractionDigits: unit === 2 ? 1 : 0 };
  return new Intl.NumberFormat(document.documentElement.lang, style).format(amount);
}

// The button names the recipient, so that nothing goes to the wrong one unseen.
function nameRecipients(form) {
  const button = form.querySelector("[data-send]");
  const names = [...form.querySelectorAll("[name=to]:checked")].map((box) => box.dataset.name);
  const who = names.reduce((first, second) =>
    first ? button.dataset.and.replace("{first}", first).replace("{second}", second) : second, "");
  const label = who ? button.dataset.to.replace("{who}", who) : button.dataset.nobody;
  form.querySelector("[data-send-label]").textContent = label;
  const hint = form.querySelector("[data-operator-reads]");
  const operator = form.querySelector("[name=to][value=OPERATOR]");
  if (hint) hint.hidden = !operator || operator.checked || !form.querySelector("[name=to][value=CUSTOMER]:checked");
}

// As it travels: escaped, line ends as <br />.
function lengthOnTheWire(text) {
  const extra = { "&": 4, "<": 3, ">": 3, "\n": 5 };
  return [...text.trim()].reduce((sum, letter) => sum + 1 + (extra[letter] ?? 0), 0);
}

function countLetters(form) {
  const counter = form.querySelector("[data-count]");
  const longest = Number(counter.dataset.longest);
  const length = lengthOnTheWire(form.querySelector("[data-body]").value);
  counter.hidden = length < longest * 0.9;
  counter.textContent = `${length.toLocaleString()} / ${longest.toLocaleString()}`;
  counter.toggleAttribute("data-over", length > longest);
}

function showFiles(form) {
  const list = form.querySelector("[data-files]");
  const input = form.querySelector("[data-file-input]");
  const files = [...input.files];
  list.replaceChildren(...files.map((file, index) => fileItem(form, file, index, list.dataset.remove)));
  const used = form.querySelector("[data-used]");
  const budget = Number(list.dataset.budget);
  const total = files.reduce((sum, file) => sum + file.size, 0);
  used.hidden = files.length === 0;
  used.textContent = `${humanSize(total)} / ${humanSize(budget)}`;
  used.toggleAttribute("data-over", total > budget);
  input.setCustomValidity(total > budget ? list.dataset.tooBig : "");
}

function fileItem(form, file, index, removeLabel) {
  const item = document.createElement("li");
  item.className = "file";
  const name = document.createElement("span");
  name.className = "name";
  name.dir = "auto";
  name.textContent = file.name;
  const size = document.createElement("span");
  size.className = "muted number";
  size.textContent = humanSize(file.size);
  const remove = document.createElement("button");
  remove.type = "button";
  remove.className = "button quiet";
  remove.setAttribute("aria-label", `${removeLabel} ${file.name}`);
  remove.textContent = "×";
  remove.addEventListener("click", () => setFiles(form, (files) => files.filter((_, at) => at !== index)));
  item.append(name, size, remove);
  return item;
}

function setFiles(form, change) {
  const input = form.querySelector("[data-file-input]");
  const transfer = new DataTransfer();
  for (const file of change([...input.files])) transfer.items.add(file);
  input.files = transfer.files;
  form.chosen = [...input.files];
  showFiles(form);
}

const addFiles = (form, files) => setFiles(form, (chosen) => [...chosen, ...files]);

const takesFiles = (form) => form?.querySelector("[data-file-input]") != null;

function prepare(form) {
  nameRecipients(form);
  countLetters(form);
  if (takesFiles(form)) showFiles(form);
}

const composerOf = (event) => event.target.closest?.("[data-composer]");

document.addEventListener("input", (event) => {
  const form = composerOf(event);
  if (!form || !event.target.matches("[data-body]")) return;
  countLetters(form);
  form.querySelector(".warned")?.remove();
});

document.addEventListener("change", (event) => {
  const form = composerOf(event);
  if (!form) return;
  if (event.target.name === "to") {
    nameRecipients(form);
    form.querySelector(".warned")?.remove();
  }
  if (event.target.matches("[data-file-input]")) {
    // A second choice adds to the first; the browser would replace it.
    const fresh = [...event.target.files];
    setFiles(form, () => [...(form.chosen ?? []), ...fresh]);
  }
});

document.addEventListener("paste", (event) => {
  const form = composerOf(event);
  if (takesFiles(form) && event.clipboardData.files.length) {
    event.preventDefault();
    addFiles(form, event.clipboardData.files);
  }
});

for (const kind of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(kind, (event) => {
    const form = composerOf(event);
    if (!takesFiles(form) || !event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    form.toggleAttribute(`data-${DRAG}`, kind === "dragover");
    if (kind === "drop") addFiles(form, event.dataTransfer.files);
  });
}

document.addEventListener("keydown", (event) => {
  const form = composerOf(event);
  if (form && event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    if (form.querySelector("[data-send]").disabled) return;
    const closing = event.shiftKey && form.querySelector("[data-send-and-close]");
    form.requestSubmit(closing || form.querySelector("[data-send]"));
  }
});

// What was warned of is read, and mended instead of sent.
document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-change]")) return;
  const form = composerOf(event);
  event.target.closest(".warned").remove();
  form.querySelector("[data-body]").focus();
});

// Bytes on their way from the browser to the desk.
document.addEventListener("htmx:xhr:progress", (event) => {
  const bar = event.target.closest?.("form")?.querySelector("[data-upload]");
  if (!bar || !event.detail.lengthComputable) return;
  bar.hidden = event.detail.loaded === event.detail.total;
  bar.max = event.detail.total;
  bar.value = event.detail.loaded;
});

document.addEventListener("htmx:load", (event) => {
  const found = event.target.matches?.("[data-composer]") ? event.target : event.target.querySelector?.("[data-composer]");
  if (found) prepare(found);
});

document.querySelectorAll("[data-composer]").forEach(prepare);
