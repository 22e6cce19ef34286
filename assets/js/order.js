// People or documents in an order: dragged by their handle (mouse, finger, pen) or moved by arrows, then sent.
// Without this script the buttons beside each of them do the same. A step holds those who act at the same time.
const EDGE = 0.3;
// So near the edge of the window the page scrolls while something is dragged, by so much each time.
const NEAR = 64;
const SCROLL = 14;
// The page comes back in its new order: by this it knows who was moved, and gives him the focus again.
const MOVED = "paraphe-moved";

class Order {
  constructor(root) {
    this.root = root;
    this.flat = root.hasAttribute("data-flat");
    this.form = document.getElementById(root.dataset.orderForm);
    const hint = root.parentElement.querySelector("[data-order-hint]");
    if (hint) hint.hidden = false;
    for (const handle of root.querySelectorAll("[data-handle]")) {
      handle.hidden = false;
      handle.addEventListener("pointerdown", (event) => this.take(event, handle));
      handle.addEventListener("keydown", (event) => this.key(event, handle));
    }
    this.welcome();
  }

  // Says where the one who was moved stands now, and lets the keyboard go on from him.
  welcome() {
    const { form, item } = JSON.parse(sessionStorage.getItem(MOVED) ?? "{}");
    if (form !== this.form.id) return;
    sessionStorage.removeItem(MOVED);
    const found = this.root.querySelector(`[data-item="${CSS.escape(item)}"]`);
    if (!found) return;
    const details = found.closest("details:not(.item-more)");
    if (details) details.open = true;
    const live = document.createElement("p");
    live.className = "visually-hidden";
    live.setAttribute("role", "status");
    this.root.after(live);
    const place = this.steps.indexOf(found.closest("[data-step]")) + 1;
    const said = this.root.dataset.moved.replace("{name}", found.dataset.name).replace("{n}", place);
    // Once the browser has gone to the part of the page that the address names, which takes the focus away.
    const speak = () =>
      setTimeout(() => {
        live.textContent = said;
        found.querySelector("[data-handle]").focus();
      }, 50);
    if (document.readyState === "complete") speak();
    else window.addEventListener("load", speak, { once: true });
  }

  get steps() {
    return [...this.root.querySelectorAll(":scope > [data-step]")];
  }

  take(event, handle) {
    if (event.button !== 0) return;
    event.preventDefault();
    const item = handle.closest("[data-item]");
    const from = { x: event.clientX, y: event.clientY + window.scrollY };
    let last = event;
    const follow = () => {
      const x = last.clientX - from.x;
      item.style.transform = `translate(${x}px, ${last.clientY + window.scrollY - from.y}px)`;
      this.aim(last.clientY, item);
    };
    const move = (moved) => {
      item.classList.add("is-held");
      last = moved;
      follow();
    };
    const scroll = setInterval(() => {
      const up = last.clientY < NEAR;
      if (!item.classList.contains("is-held") || (!up && last.clientY < window.innerHeight - NEAR)) return;
      window.scrollBy({ top: up ? -SCROLL : SCROLL, behavior: "instant" });
      follow();
    }, 16);
    const leave = (pressed) => {
      if (pressed.key === "Escape") end({ type: "left" });
    };
    const end = (ended) => {
      clearInterval(scroll);
      document.removeEventListener("keydown", leave);
      handle.removeEventListener("pointermove", move);
      handle.removeEventListener("pointerup", end);
      handle.removeEventListener("pointercancel", end);
      item.classList.remove("is-held");
      item.style.transform = "";
      const { target, how } = this.target ?? {};
      this.clear();
      if (ended.type === "pointerup" && target) this.drop(item, target, how);
    };
    document.addEventListener("keydown", leave);
    handle.setPointerCapture(event.pointerId);
    handle.addEventListener("pointermove", move);
    handle.addEventListener("pointerup", end);
    handle.addEventListener("pointercancel", end);
  }

  aim(y, item) {
    this.clear();
    const own = item.closest("[data-step]");
    const alone = own.querySelectorAll("[data-item]").length === 1;
    for (const step of this.steps) {
      const box = step.getBoundingClientRect();
      if (y < box.top - 8 || y > box.bottom + 8 || (step === own && alone)) continue;
      const part = (y - box.top) / box.height;
      const middle = !this.flat && step !== own && part > EDGE && part < 1 - EDGE;
      const how = middle ? "joined" : part < 0.5 ? "before" : "after";
      step.classList.add(`is-${how}`);
      this.target = { target: step, how };
      return;
    }
  }

  clear() {
    this.target = null;
    for (const step of this.steps) step.classList.remove("is-before", "is-after", "is-joined");
  }

  drop(item, step, how) {
    const own = item.closest("[data-step]");
    if (how === "joined") {
      step.append(item);
    } else {
      const made = document.createElement("li");
      made.className = "order-step";
      made.dataset.step = "";
      made.append(item);
      step[how](made);
    }
    if (!own.querySelector("[data-item]")) own.remove();
    sessionStorage.setItem(MOVED, JSON.stringify({ form: this.form.id, item: item.dataset.item }));
    this.send();
  }

  key(event, handle) {
    const item = handle.closest("[data-item]");
    const own = item.closest("[data-step]");
    const alone = own.querySelectorAll("[data-item]").length === 1;
    const { steps } = this;
    const here = steps.indexOf(own);
    if (event.key === "ArrowUp" || event.key === "ArrowDown") {
      event.preventDefault();
      const up = event.key === "ArrowUp";
      if (!alone) this.drop(item, own, up ? "before" : "after");
      else if (steps[here + (up ? -1 : 1)]) this.drop(item, steps[here + (up ? -1 : 1)], up ? "before" : "after");
    } else if (event.key === "Enter" && !this.flat && here > 0 && alone) {
      event.preventDefault();
      this.drop(item, steps[here - 1], "joined");
    }
  }

  send() {
    for (const old of this.form.querySelectorAll('[name="order"]')) old.remove();
    for (const step of this.steps) {
      const input = document.createElement("input");
      input.type = "hidden";
      input.name = "order";
      input.value = [...step.querySelectorAll("[data-item]")].map((item) => item.dataset.item).join(",");
      this.form.append(input);
    }
    this.form.requestSubmit();
  }
}

export function enhanceOrder(root) {
  new Order(root);
}
