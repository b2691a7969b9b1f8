// The sidebar, narrow or wide: kept in a cookie, so that the next page is laid out so from its start.

const YEAR = 365 * 24 * 3600;
const root = document.documentElement;

// Without their words, icons say on hover what they are.
function nameIcons() {
  for (const entry of document.querySelectorAll(".sidebar .nav :is(a, button)")) {
    const label = entry.querySelector(".label")?.textContent.replace(/\s+/g, " ").trim();
    if (root.dataset.sidebar === "narrow" && label) entry.title ||= label;
    else if (entry.title === label) entry.removeAttribute("title");
  }
}

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-toggle-sidebar]")) return;
  if (root.dataset.sidebar === "narrow") delete root.dataset.sidebar;
  else root.dataset.sidebar = "narrow";
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `sidebar=${root.dataset.sidebar ?? "wide"}; Path=/; Max-Age=${YEAR}; SameSite=Lax${secure}`;
  nameIcons();
});

document.addEventListener("htmx:afterSettle", nameIcons);
nameIcons();
