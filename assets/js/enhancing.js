// Starts a component wherever its selector is found, now and in parts of the page that arrive later.
export function enhanceWith(components) {
  const done = new WeakSet();

  function enhance(root) {
    for (const [selector, start] of components) {
      const found = [...root.querySelectorAll(selector)];
      if (root.matches?.(selector)) found.unshift(root);
      for (const element of found) {
        if (done.has(element)) continue;
        done.add(element);
        start(element);
      }
    }
  }

  enhance(document);
  // Parts that arrive later: polled by htmx, or put in place after an upload.
  document.addEventListener("htmx:load", (event) => enhance(event.detail.elt));
  document.addEventListener("paraphe:replaced", () => enhance(document));
}
