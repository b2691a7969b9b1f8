// Menus are <details>: they open and close by themselves. This closes those that are left behind.

const opened = () => document.querySelectorAll("details[data-menu][open]");

document.addEventListener("click", (event) => {
  for (const menu of opened()) if (!menu.contains(event.target)) menu.open = false;
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of opened()) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// Opened by a key, a menu is gone through by keys; its summary has the focus again afterwards.
const controls = (menu) => [...menu.querySelectorAll(".menu button, .menu input:not([type=hidden])")];

document.addEventListener("toggle", (event) => {
  const menu = event.target;
  if (menu.matches?.("details.picker[open]")) controls(menu)[0]?.focus();
}, true);

document.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const menu = event.target.closest?.("details.picker[open]");
  if (!step || !menu || event.target.type === "datetime-local") return;
  event.preventDefault();
  const all = controls(menu);
  all[(all.indexOf(event.target) + step + all.length) % all.length]?.focus();
});

document.addEventListener("htmx:beforeRequest", (event) => {
  event.target.closest?.("details.picker")?.querySelector("summary").focus();
});

// What asks for an answer has the focus, not the menu that it came from.
document.addEventListener("htmx:afterSettle", (event) => {
  event.target.querySelector?.("[autofocus]")?.focus();
});
