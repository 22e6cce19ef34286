// A table larger than its place scrolls; it must then be reachable by keyboard, with a name that says what it is.
export function enhanceScroll(box) {
  const name = box.querySelector("caption")?.textContent.trim() || box.dataset.name || nearestTitle(box);

  function adapt() {
    const scrolls = box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight;
    if (scrolls === box.hasAttribute("tabindex")) return;
    if (scrolls) {
      box.tabIndex = 0;
      box.setAttribute("role", "region");
      if (name) box.setAttribute("aria-label", name);
    } else {
      box.removeAttribute("tabindex");
      box.removeAttribute("role");
      box.removeAttribute("aria-label");
    }
  }
  new ResizeObserver(adapt).observe(box);
  adapt();
}

function nearestTitle(box) {
  const before = [...document.querySelectorAll("h1, h2, h3")].filter(
    (title) => title.compareDocumentPosition(box) & Node.DOCUMENT_POSITION_FOLLOWING,
  );
  return before.at(-1)?.textContent.trim() ?? "";
}
