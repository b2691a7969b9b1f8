// Before any other script. htmx makes elements out of what the desk answers, the administration out
// of its own texts; no text ever becomes a script, and none the address of one but the desk's worker.
const { worker } = document.currentScript.dataset;
window.trustedTypes?.createPolicy("default", {
  createHTML: (html) => html,
  createScriptURL: (url) => (worker && url === worker ? url : null),
});
