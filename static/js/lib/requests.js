// Requests that htmx does not send, in its form: the answer to an ended session names the login page.

export const headersFor = (form) => ({
  "X-CSRFToken": form.querySelector("[name=csrfmiddlewaretoken]").value,
  "HX-Request": "true",
  "HX-Current-URL": location.href,
});

export const isLogin = (address) => Boolean(address?.includes("/login/"));

// The message for a status, as #trouble has it.
export const troubleOf = (status) => ({ 403: "forbidden", 404: "missing", 413: "long" })[status] ?? "server";
