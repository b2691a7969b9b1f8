// Before any other script. htmx makes elements out of what the desk answers, the administration out
// of its own texts; no text ever becomes a script or the address of one.
window.trustedTypes?.createPolicy("default", { createHTML: (html) => html });
