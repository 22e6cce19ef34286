// Reading a document: which page is in view, which were seen, and buttons that wait until all were.
// A button with data-needs-pages is enabled, and "paraphe:all-seen" sent, when the last page has been seen.
const ENOUGH = 0.5;

export function enhancePages(viewer) {
  const scroll = viewer.querySelector(".pages-scroll");
  const figures = [...viewer.querySelectorAll("[data-page]")];
  const count = viewer.querySelector("[data-page-count]");
  const rest = viewer.querySelector("[data-page-rest]");
  const hidden = viewer.querySelector("[data-pages-seen]");
  const previous = viewer.querySelector("[data-page-previous]");
  const next = viewer.querySelector("[data-page-next]");
  const seen = new Set();
  const visible = new Map();
  const gates = [...document.querySelectorAll("[data-needs-pages]")];
  let current = 0;

  viewer.classList.add("is-enhanced");
  previous.hidden = next.hidden = figures.length < 2;
  for (const gate of gates) gate.disabled = true;

  function show() {
    const { pageLabel, restOne, restMany, allSeen } = viewer.dataset;
    count.textContent = pageLabel.replace("{n}", current + 1).replace("{m}", figures.length);
    previous.disabled = current === 0;
    next.disabled = current === figures.length - 1;
    const missing = figures.length - seen.size;
    const words = missing === 0 ? allSeen : missing === 1 ? restOne : restMany.replace("{r}", missing);
    if (rest.textContent !== words) rest.textContent = words;
    hidden.value = [...seen].sort((a, b) => a - b).join(",");
  }

  function note(figure) {
    const number = Number(figure.dataset.page);
    if (seen.has(number)) return;
    seen.add(number);
    if (seen.size < figures.length) return;
    viewer.classList.add("is-read");
    for (const gate of gates) gate.disabled = false;
    viewer.dispatchEvent(new CustomEvent("paraphe:all-seen", { bubbles: true }));
  }

  // A page counts when half of it, or half of the window on it, has been filled by its loaded image.
  function look(figure) {
    const share = visible.get(figure) ?? 0;
    const image = figure.querySelector("img");
    if (share >= ENOUGH && image.complete && image.naturalWidth) note(figure);
  }

  const watcher = new IntersectionObserver(
    (entries) => {
      for (const { target, intersectionRatio, intersectionRect, rootBounds } of entries) {
        const ofWindow = rootBounds ? intersectionRect.height / rootBounds.height : 0;
        visible.set(target, Math.max(intersectionRatio, ofWindow));
        look(target);
      }
      const largest = figures.reduce((a, b) => ((visible.get(b) ?? 0) > (visible.get(a) ?? 0) ? b : a));
      current = figures.indexOf(largest);
      show();
    },
    { root: scroll, threshold: [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1] },
  );
  for (const figure of figures) {
    watcher.observe(figure);
    figure.querySelector("img").addEventListener("load", () => {
      look(figure);
      show();
    });
  }

  function go(step) {
    const target = figures[Math.min(Math.max(current + step, 0), figures.length - 1)];
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    scroll.scrollTo({ top: target.offsetTop - scroll.offsetTop - 12, behavior: calm ? "auto" : "smooth" });
  }
  previous.addEventListener("click", () => go(-1));
  next.addEventListener("click", () => go(1));
  show();
}
