// People or documents in an order: dragged by their handle (mouse, finger, pen) or moved by arrows, then sent.
// Without this script the buttons beside each of them do the same. A step holds those who act at the same time.
const EDGE = 0.3;

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
  }

  get steps() {
    return [...this.root.querySelectorAll(":scope > [data-step]")];
  }

  take(event, handle) {
    if (event.button !== 0) return;
    event.preventDefault();
    const item = handle.closest("[data-item]");
    const from = { x: event.clientX, y: event.clientY };
    const move = (moved) => {
      item.classList.add("is-held");
      item.style.transform = `translate(${moved.clientX - from.x}px, ${moved.clientY - from.y}px)`;
      this.aim(moved.clientY, item);
    };
    const end = (ended) => {
      handle.removeEventListener("pointermove", move);
      handle.removeEventListener("pointerup", end);
      handle.removeEventListener("pointercancel", end);
      item.classList.remove("is-held");
      item.style.transform = "";
      const { target, how } = this.target ?? {};
      this.clear();
      if (ended.type === "pointerup" && target) this.drop(item, target, how);
    };
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
