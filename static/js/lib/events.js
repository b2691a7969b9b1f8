// Listeners for elements that come and go.

// Calls `listener(element, event)` for events inside an element that matches.
export function listen(names, selector, listener, options) {
  for (const name of names.split(" ")) {
    const delegate = (event) => {
      const element = event.target.closest?.(selector);
      if (element) listener(element, event);
    };
    document.addEventListener(name, delegate, options);
  }
}

// Calls `prepare(element)` for each element of the page that matches, and of what htmx adds later.
export function onLoad(selector, prepare) {
  document.addEventListener("htmx:load", ({ target }) => {
    if (target.matches(selector)) prepare(target);
    target.querySelectorAll(selector).forEach(prepare);
  });
}
