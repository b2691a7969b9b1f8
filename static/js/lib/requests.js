// What the answers to requests say.

// The session has ended, or its user has something to do first.
export const isLogin = (address) => Boolean(address?.includes("/accounts/"));

// The kind of trouble that a status is. Without an answer there is none.
const TROUBLES = { 0: "offline", 403: "forbidden", 404: "missing", 413: "long" };
export const troubleOf = (status) => TROUBLES[status] ?? "server";

// What to say of a request that failed: the server names what is missing, #trouble has the rest.
export function textOf(xhr, kind = troubleOf(xhr.status)) {
  const isNamed = [422, 503, 507].includes(xhr.status);
  const isText = xhr.getResponseHeader("Content-Type")?.startsWith("text/plain");
  return isNamed && isText ? xhr.responseText : document.getElementById("trouble").dataset[kind];
}
