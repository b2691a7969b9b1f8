// Requests that are not htmx's own, asked for as it does: a session that has ended is answered with
// where to log in.

export const asHtmx = (csrf) => ({ "X-CSRFToken": csrf, "HX-Request": "true", "HX-Current-URL": location.href });
export const csrfOf = (form) => form.querySelector("[name=csrfmiddlewaretoken]").value;
export const loginIn = (answer) => {
  const address = answer.headers.get("HX-Redirect") ?? "";
  return address.includes("/login/") ? address : "";
};
