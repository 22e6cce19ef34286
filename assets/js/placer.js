// Placing a box on a page: by pointer (mouse, finger, pen), by keyboard, or by its numbers.
// Everything is counted in PDF points of the page as seen, from its top left; the fields of the form are the truth.
const MM = 72 / 25.4;
const STEP = 2 * MM;
const SMALLEST = { w: 60, h: 30 };
const DEFAULT = { w: 200, h: 72, margin: 36 };
const between = (value, low, high) => Math.min(Math.max(value, low), Math.max(low, high));

class Placer {
  constructor(root) {
    this.root = root;
    this.box = root.querySelector("[data-placer-box]");
    this.pages = [...root.querySelectorAll(".placer-page")];
    this.live = root.querySelector("[data-placer-live]");
    this.choice = root.querySelector("[data-placer-page]");
    this.fields = Object.fromEntries(
      ["page", "x", "y", "w", "h"].map((name) => [name, root.querySelector(`input[name="${name}"]`)]),
    );
    this.read();
  }

  get sheet() {
    return this.pages[this.at.page - 1];
  }

  get size() {
    return { width: Number(this.sheet.dataset.width), height: Number(this.sheet.dataset.height) };
  }

  read() {
    const number = (name) => (this.fields[name].value === "" ? NaN : Number(this.fields[name].value));
    this.at = { page: between(Math.round(number("page")) || this.pages.length, 1, this.pages.length) };
    const { width, height } = this.size;
    this.at.w = number("w") || Math.min(DEFAULT.w, width * 0.8);
    this.at.h = number("h") || Math.min(DEFAULT.h, height * 0.3);
    const or = (value, fallback) => (Number.isFinite(value) ? value : fallback);
    this.at.x = or(number("x"), width - this.at.w - DEFAULT.margin);
    this.at.y = or(number("y"), height - this.at.h - DEFAULT.margin);
  }

  keepInside() {
    const { width, height } = this.size;
    this.at.w = between(this.at.w, Math.min(SMALLEST.w, width), width);
    this.at.h = between(this.at.h, Math.min(SMALLEST.h, height), height);
    this.at.x = between(this.at.x, 0, width - this.at.w);
    this.at.y = between(this.at.y, 0, height - this.at.h);
  }

  draw({ write = true } = {}) {
    this.keepInside();
    const { width, height } = this.size;
    const percent = (part, whole) => `${(100 * part) / whole}%`;
    if (this.box.parentElement !== this.sheet) this.sheet.append(this.box);
    this.pages.forEach((page) => (page.hidden = page !== this.sheet));
    this.choice.value = this.at.page;
    this.box.style.left = percent(this.at.x, width);
    this.box.style.top = percent(this.at.y, height);
    this.box.style.width = percent(this.at.w, width);
    this.box.style.height = percent(this.at.h, height);
    if (!write) return;
    this.fields.page.value = this.at.page;
    for (const name of ["x", "y", "w", "h"]) this.fields[name].value = this.at[name].toFixed(2);
  }

  say() {
    const mm = (points) => Math.round(points / MM);
    this.live.textContent = this.root.dataset.live
      .replace("{page}", this.at.page)
      .replace("{x}", mm(this.at.x))
      .replace("{y}", mm(this.at.y))
      .replace("{w}", mm(this.at.w))
      .replace("{h}", mm(this.at.h));
  }

  turnTo(number, { focus = false } = {}) {
    this.at.page = between(number, 1, this.pages.length);
    this.draw();
    this.say();
    if (focus) this.box.focus({ preventScroll: true });
  }

  pointsPerPixel() {
    return this.size.width / this.sheet.clientWidth;
  }
}

function byPointer(placer) {
  let hold = null;
  const { box } = placer;

  box.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    const resizing = Boolean(event.target.closest("[data-placer-handle]"));
    hold = { resizing, fromX: event.clientX, fromY: event.clientY, ...placer.at };
    box.setPointerCapture(event.pointerId);
    box.classList.add("is-moving");
    box.focus({ preventScroll: true });
    event.preventDefault();
  });
  box.addEventListener("pointermove", (event) => {
    if (!hold) return;
    const scale = placer.pointsPerPixel();
    const dx = (event.clientX - hold.fromX) * scale;
    const dy = (event.clientY - hold.fromY) * scale;
    if (hold.resizing) {
      placer.at.w = Math.min(hold.w + dx, placer.size.width - hold.x);
      placer.at.h = Math.min(hold.h + dy, placer.size.height - hold.y);
    } else {
      placer.at.x = hold.x + dx;
      placer.at.y = hold.y + dy;
    }
    placer.draw();
  });
  const drop = () => {
    if (!hold) return;
    hold = null;
    box.classList.remove("is-moving");
    placer.say();
  };
  box.addEventListener("pointerup", drop);
  box.addEventListener("pointercancel", drop);

  // A click or a tap on the page brings the box there.
  for (const page of placer.pages) {
    page.addEventListener("click", (event) => {
      if (event.target.closest("[data-placer-box]")) return;
      const corner = page.getBoundingClientRect();
      const scale = placer.pointsPerPixel();
      placer.at.x = (event.clientX - corner.left) * scale - placer.at.w / 2;
      placer.at.y = (event.clientY - corner.top) * scale - placer.at.h / 2;
      placer.draw();
      placer.say();
      box.focus({ preventScroll: true });
    });
  }
}

function byKeyboard(placer) {
  const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  placer.box.addEventListener("keydown", (event) => {
    if (event.key === "PageUp" || event.key === "PageDown") {
      event.preventDefault();
      placer.turnTo(placer.at.page + (event.key === "PageUp" ? -1 : 1), { focus: true });
      return;
    }
    const direction = arrows[event.key];
    if (!direction) return;
    event.preventDefault();
    const step = STEP * (event.ctrlKey || event.metaKey ? 5 : 1);
    const [across, down] = event.shiftKey ? ["w", "h"] : ["x", "y"];
    placer.at[across] += direction[0] * step;
    placer.at[down] += direction[1] * step;
    placer.draw();
    placer.say();
  });
}

function byNumbers(placer) {
  for (const field of Object.values(placer.fields)) {
    field.addEventListener("change", () => {
      placer.read();
      placer.draw();
      placer.say();
    });
  }
  placer.choice.addEventListener("change", () => placer.turnTo(Number(placer.choice.value)));
  placer.root.querySelector("[data-placer-previous]").addEventListener("click", () => placer.turnTo(placer.at.page - 1));
  placer.root.querySelector("[data-placer-next]").addEventListener("click", () => placer.turnTo(placer.at.page + 1));
}

export function enhancePlacer(root) {
  const placer = new Placer(root);
  root.classList.add("is-enhanced");
  root.querySelector("[data-placer-bar]").hidden = false;
  root.querySelector("[data-placer-exact]").open = false;
  placer.box.hidden = false;
  byPointer(placer);
  byKeyboard(placer);
  byNumbers(placer);
  placer.draw();
  const shown = root.closest("form")?.querySelector('input[type="checkbox"][name="visible"]');
  const follow = () => placer.box.classList.toggle("is-off", !shown.checked);
  if (shown) {
    shown.addEventListener("change", follow);
    follow();
  }
}
