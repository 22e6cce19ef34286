// Many boxes on the pages of a document, each of a kind and in the colour of who fills it: dragged, tapped or placed by
// keyboard. The rows of numbers below are the truth; this draws them, changes them, and sends them as they change.
// Everything is counted in PDF points of the page as seen, from its top left.
import { Brought } from "./brought.js";
import { enhanceChosen } from "./chosen.js";
import { Saving } from "./saving.js";

const MM = 72 / 25.4;
const STEP = 2 * MM;
const SNAP = 5;
const DRAG = 6;
const EDGE = 70;
const FAST = 14;
const BESIDE = 8;
const TINY = 34;
const between = (value, low, high) => Math.min(Math.max(value, low), Math.max(low, high));
const mm = (points) => Math.round(points / MM);

class Editor {
  constructor(form) {
    this.form = form;
    this.words = form.dataset;
    this.side = form.querySelector("[data-editor-side]");
    this.pages = [...form.querySelectorAll(".editor-page")];
    this.rows = form.querySelector("[data-rows]");
    this.blank = form.querySelector("[data-blank]");
    this.live = form.querySelector("[data-editor-live]");
    this.status = form.querySelector("[data-editor-status]");
    this.undoButton = form.querySelector("[data-editor-undo]");
    this.kinds = new Map([...form.querySelectorAll("[data-kind]")].map((one) => [one.dataset.kind, one]));
    this.people = new Map([...form.querySelectorAll('input[name="_for"]')].map((one) => [one.value, one]));
    this.boxes = new Map();
    this.past = [];
    this.known = new WeakMap();
    this.blankRow = this.blank.querySelector("[data-field-row]").cloneNode(true);
  }

  start() {
    this.blank.remove();
    this.side.hidden = false;
    this.form.querySelector("[data-editor-rows]").open = false;
    for (const one of this.form.querySelectorAll("[data-static]")) one.remove();
    for (const page of this.pages) page.append(...["is-across", "is-down"].map(line));
    this.saving = new Saving(this.form, this.status);
    this.brought = new Brought(this);
    this.drawAll();
    this.rows.addEventListener("change", (event) => {
      this.known.delete(event.target.closest("[data-field-row]"));
      this.drawAll();
      this.saving.soon();
    });
    this.undoButton.addEventListener("click", () => this.undo());
    this.palette();
    this.onPages();
    enhanceChosen(this);
  }

  // Rows: read, write, add, take away.
  get all() {
    return [...this.rows.querySelectorAll("[data-field-row]")];
  }

  input(row, name) {
    return row.querySelector(`[name="${name}"]`);
  }

  // Asked at every movement, of every box: what was read or written is kept.
  read(row) {
    const known = this.known.get(row);
    if (known) return known;
    const value = (name) => this.input(row, name).value;
    const number = (name) => Number(value(name)) || 0;
    const at = {
      kind: value("kind"), recipient: value("recipient"), label: value("label"), required: value("required") === "1",
      existing: value("existing"), page: between(Math.round(number("page")) || 1, 1, this.pages.length),
      x: number("x"), y: number("y"), w: number("width"), h: number("height"),
    };
    this.known.set(row, at);
    return at;
  }

  write(row, given) {
    // The place of a field of the document is the document's.
    const fixed = Boolean(given.existing) && this.brought.has(given.existing);
    const at = fixed ? { ...given, ...this.brought.at(given.existing) } : given;
    this.known.delete(row);
    const size = this.size(at.page);
    const button = this.kinds.get(at.kind);
    const least = fixed ? { leastW: 0, leastH: 0 } : button.dataset;
    const w = between(at.w, Math.min(Number(least.leastW), size.width), size.width);
    const h = between(at.h, Math.min(Number(least.leastH), size.height), size.height);
    const values = {
      kind: at.kind, recipient: at.recipient, label: at.label, required: at.required ? "1" : "0", existing: at.existing,
      page: at.page, x: between(at.x, 0, size.width - w).toFixed(2), y: between(at.y, 0, size.height - h).toFixed(2),
      width: w.toFixed(2), height: h.toFixed(2),
    };
    this.offer(row, at.recipient);
    for (const [name, value] of Object.entries(values)) this.input(row, name).value = value;
  }

  // Of many signers a row has only its own: whoever it is given to is offered too.
  offer(row, recipient) {
    const choices = this.input(row, "recipient");
    if ([...choices.options].some((one) => one.value === recipient)) return;
    choices.add(new Option(this.people.get(recipient)?.dataset.name ?? "", recipient));
  }

  size(page) {
    const { width, height } = this.pages[page - 1].dataset;
    return { width: Number(width), height: Number(height) };
  }

  add(at) {
    const row = this.blankRow.cloneNode(true);
    this.rows.append(row);
    this.write(row, at);
    this.draw(row);
    return row;
  }

  remove(row) {
    this.remember();
    this.boxes.get(row)?.remove();
    this.boxes.delete(row);
    row.remove();
    this.choose(null);
    this.marks();
    this.say(this.words.removed);
    this.saving.soon();
  }

  remember() {
    this.past.push(this.all.map((row) => ({ ...this.read(row) })));
    if (this.past.length > 50) this.past.shift();
    this.undoButton.disabled = false;
  }

  undo() {
    const before = this.past.pop();
    if (!before) return;
    this.rows.replaceChildren();
    for (const at of before) {
      const row = this.blankRow.cloneNode(true);
      this.rows.append(row);
      if (at.w) this.write(row, at);
      else this.plain(row, at);
    }
    this.choose(null);
    this.drawAll();
    this.undoButton.disabled = this.past.length === 0;
    this.saving.soon();
  }

  // A signature that is not seen, or in a field of the document, has no box here.
  plain(row, at) {
    this.known.delete(row);
    this.offer(row, at.recipient);
    const values = { kind: at.kind, recipient: at.recipient, label: at.label, existing: at.existing, page: at.page };
    for (const [name, value] of Object.entries({ ...values, x: 0, y: 0, width: 0, height: 0 })) {
      this.input(row, name).value = value;
    }
  }

  // Drawing.
  drawAll() {
    for (const [row, box] of this.boxes) {
      if (!row.isConnected) {
        box.remove();
        this.boxes.delete(row);
      }
    }
    for (const row of this.all) this.draw(row);
    this.marks();
  }

  draw(row) {
    const at = this.read(row);
    const shown = at.kind && at.w > 0 && at.h > 0 && this.input(row, "remove").value !== "1";
    let box = this.boxes.get(row);
    if (!shown) {
      box?.remove();
      this.boxes.delete(row);
      return;
    }
    if (!box) box = this.make(row);
    const { width, height } = this.size(at.page);
    const page = this.pages[at.page - 1];
    if (box.parentElement !== page) page.append(box);
    const person = this.people.get(at.recipient);
    const percent = (part, whole) => `${(100 * part) / whole}%`;
    box.className = box.className.replace(/signer-\d/, "").trim();
    box.classList.add(`signer-${person?.dataset.colour ?? 0}`);
    box.classList.toggle("is-tiny", at.w < TINY || at.h < 12);
    box.classList.toggle("is-brought", Boolean(at.existing));
    Object.assign(box.style, {
      left: percent(at.x, width), top: percent(at.y, height), width: percent(at.w, width), height: percent(at.h, height),
    });
    box.querySelector(".icon").innerHTML = this.kinds.get(at.kind).querySelector(".icon").innerHTML;
    this.name(row, box, at);
  }

  name(row, box, at) {
    const word = this.word(row);
    const name = this.people.get(at.recipient)?.dataset.name ?? "";
    box.querySelector(".field-box-name").textContent = at.label || word;
    box.setAttribute("aria-label", this.fill(this.words.at, at, { kind: at.label ? `${word} ${at.label}` : word, name }));
  }

  // What a box is called: a signature beyond the first of the same person shows that one again.
  word(row) {
    const { kind } = this.read(row);
    return this.repeats?.has(row) ? this.words.repeats : this.kinds.get(kind).dataset.word;
  }

  make(row) {
    const box = document.createElement("div");
    box.className = "field-box signer-0";
    box.tabIndex = 0;
    box.setAttribute("role", "button");
    box.innerHTML =
      '<svg class="icon" viewBox="0 0 20 20" aria-hidden="true"></svg><span class="field-box-name"></span><span class="field-handle" data-handle aria-hidden="true"></span>';
    box.addEventListener("pointerdown", (event) => this.hold(event, row, box));
    box.addEventListener("keydown", (event) => this.key(event, row, box));
    box.addEventListener("focus", () => this.choose(row));
    this.boxes.set(row, box);
    return box;
  }

  // Who signs this document already is ticked, and which of his signatures is the one; called when boxes changed.
  marks() {
    const first = new Map();
    const before = (one, other) =>
      Number(!one.existing) - Number(!other.existing) || one.page - other.page || one.y - other.y || one.x - other.x;
    const signing = this.all.filter((row) => this.read(row).kind === "signature");
    for (const row of signing) {
      const at = this.read(row);
      const held = first.get(at.recipient);
      if (!held || before(at, this.read(held)) < 0) first.set(at.recipient, row);
    }
    this.repeats = new Set(signing.filter((row) => first.get(this.read(row).recipient) !== row));
    for (const row of signing) {
      const box = this.boxes.get(row);
      box?.classList.toggle("is-repeated", this.repeats.has(row));
      if (box) this.name(row, box, this.read(row));
    }
    for (const [id, input] of this.people) input.closest("label").querySelector("[data-chip-done]").hidden = !first.has(id);
    this.brought.show();
  }

  fill(text, at, more = {}) {
    const values = { page: at.page, x: mm(at.x), y: mm(at.y), w: mm(at.w), h: mm(at.h), ...more };
    return Object.entries(values).reduce((found, [name, value]) => found.replace(`{${name}}`, value), text);
  }

  say(text) {
    this.live.textContent = text;
  }

  choose(row) {
    this.chosen = row;
    for (const [other, box] of this.boxes) box.classList.toggle("is-chosen", other === row);
    this.form.dispatchEvent(new CustomEvent("paraphe:chosen"));
  }

  // Placing something new.
  get recipient() {
    return this.form.querySelector('input[name="_for"]:checked').value;
  }

  place(kind, page, x, y) {
    const { dataset } = this.kinds.get(kind);
    const [w, h] = [Number(dataset.w), Number(dataset.h)];
    const at = {
      kind, page, w, h, x: x - w / 2, y: y - h / 2, recipient: this.recipient, required: true, existing: "",
      label: kind === "mention" ? this.words.mention : "",
    };
    this.remember();
    const row = this.add(at);
    this.marks();
    if (this.repeats.has(row)) this.say(this.words.repeated.replace("{name}", this.people.get(at.recipient).dataset.name));
    this.arm(null);
    this.boxes.get(row).focus({ preventScroll: true });
    this.choose(row);
    this.saving.soon();
    return row;
  }

  // Below the one that is there, or right of it where there is no room.
  double(row) {
    const at = this.read(row);
    const below = at.y + 2 * at.h + BESIDE <= this.size(at.page).height;
    this.remember();
    const made = this.add(below ? { ...at, y: at.y + at.h + BESIDE } : { ...at, x: at.x + at.w + BESIDE });
    this.marks();
    this.boxes.get(made).focus({ preventScroll: true });
    this.saving.soon();
  }

  arm(kind) {
    this.armed = kind;
    for (const [name, button] of this.kinds) button.setAttribute("aria-pressed", String(name === kind));
    this.form.classList.toggle("is-arming", Boolean(kind));
    if (kind) this.say(this.words.armed);
  }

  pointOn(event) {
    const page = document.elementsFromPoint(event.clientX, event.clientY).find((one) => one.matches(".editor-page"));
    if (!page || !this.form.contains(page)) return null;
    const corner = page.getBoundingClientRect();
    const scale = Number(page.dataset.width) / corner.width;
    const number = this.pages.indexOf(page) + 1;
    return { page: number, x: (event.clientX - corner.left) * scale, y: (event.clientY - corner.top) * scale, scale };
  }

  // The page of which most is seen, and the middle of what is seen of it.
  middle() {
    let best = { seen: -1 };
    this.pages.forEach((page, index) => {
      const box = page.getBoundingClientRect();
      const top = Math.max(box.top, 0);
      const bottom = Math.min(box.bottom, innerHeight);
      if (bottom - top > best.seen) {
        const { width, height } = this.size(index + 1);
        best = { seen: bottom - top, page: index + 1, x: width / 2, y: (((top + bottom) / 2 - box.top) * height) / box.height };
      }
    });
    return best;
  }

  palette() {
    for (const [kind, button] of this.kinds) {
      button.addEventListener("click", (event) => {
        if (button.dataset.dragged) {
          delete button.dataset.dragged;
          return;
        }
        // Pressed by keyboard: there is no pointer to say where.
        if (event.detail === 0) {
          const { page, x, y } = this.middle();
          this.place(kind, page, x, y);
        } else {
          this.arm(this.armed === kind ? null : kind);
        }
      });
      button.addEventListener("pointerdown", (event) => this.pull(event, kind, button));
    }
  }

  // A finger on the palette scrolls it; a mouse or pen pulls a box from it.
  pull(event, kind, button) {
    if (event.button !== 0 || event.pointerType === "touch") return;
    const from = { x: event.clientX, y: event.clientY };
    let ghost = null;
    const move = (moved) => {
      if (!ghost && Math.hypot(moved.clientX - from.x, moved.clientY - from.y) < DRAG) return;
      if (!ghost) {
        ghost = button.cloneNode(true);
        ghost.classList.add("field-ghost");
        document.body.append(ghost);
        button.dataset.dragged = "yes";
      }
      ghost.style.left = `${moved.clientX + 8}px`;
      ghost.style.top = `${moved.clientY + 8}px`;
    };
    const end = (ended) => {
      removeEventListener("pointermove", move);
      removeEventListener("pointerup", end);
      removeEventListener("pointercancel", end);
      ghost?.remove();
      if (!ghost) return;
      setTimeout(() => delete button.dataset.dragged);
      const point = ended.type === "pointerup" ? this.pointOn(ended) : null;
      if (point) this.place(kind, point.page, point.x, point.y);
    };
    addEventListener("pointermove", move);
    addEventListener("pointerup", end);
    addEventListener("pointercancel", end);
  }

  onPages() {
    for (const page of this.pages) {
      page.addEventListener("click", (event) => {
        if (event.target.closest(".field-box")) return;
        const point = this.pointOn(event);
        if (this.armed && point) this.place(this.armed, point.page, point.x, point.y);
        else this.choose(null);
      });
    }
    this.form.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.arm(null);
      if (event.key === "d" && (event.ctrlKey || event.metaKey) && event.target.matches(".field-box:not(.is-brought)")) {
        event.preventDefault();
        this.double(this.chosen);
      }
      if (event.key === "z" && (event.ctrlKey || event.metaKey) && !event.target.matches("input, select, textarea")) {
        event.preventDefault();
        this.undo();
      }
    });
  }

  // Moving and sizing what is there. It is chosen when it is let go: what is said of it would push the page away from
  // under a finger.
  hold(event, row, box) {
    if (event.button !== 0) return;
    event.preventDefault();
    const resizing = Boolean(event.target.closest("[data-handle]"));
    const before = this.read(row);
    const first = this.pointOn(event);
    const grip = first && { x: first.x - before.x, y: first.y - before.y };
    const fixed = Boolean(before.existing) || !first;
    let moved = false;
    let last = event;
    const place = () => {
      const point = this.pointOn(last);
      if (!point) return;
      if (resizing) {
        if (point.page === before.page) this.write(row, { ...before, w: point.x - before.x, h: point.y - before.y });
      } else {
        this.write(row, this.snapped(row, { ...before, page: point.page, x: point.x - grip.x, y: point.y - grip.y }, point.scale));
      }
      this.draw(row);
    };
    const move = (now) => {
      last = now;
      if (fixed || (!moved && Math.hypot(now.clientX - event.clientX, now.clientY - event.clientY) < 3)) return;
      if (!moved) {
        this.remember();
        scrolling(() => last, () => moved, place);
      }
      moved = true;
      box.classList.add("is-moving");
      place();
    };
    const end = () => {
      for (const name of ["pointermove", "pointerup", "pointercancel"]) this.form.removeEventListener(name, heard);
      box.classList.remove("is-moving");
      this.lines();
      box.focus({ preventScroll: true });
      this.choose(row);
      if (!moved) return;
      moved = false;
      this.marks();
      this.say(this.fill(this.words.moved, this.read(row)));
      this.saving.soon();
    };
    const heard = (now) => {
      if (now.pointerId === event.pointerId) (now.type === "pointermove" ? move : end)(now);
    };
    // Held by the form: the box itself goes from one page to the other.
    this.form.setPointerCapture(event.pointerId);
    for (const name of ["pointermove", "pointerup", "pointercancel"]) this.form.addEventListener(name, heard);
  }

  // Edges and middles of the other boxes of the page, and its middle, hold a box that comes near.
  snapped(row, at, scale) {
    const size = this.size(at.page);
    const others = this.all.filter((one) => one !== row).map((one) => this.read(one)).filter((one) => one.page === at.page && one.w);
    const across = [size.width / 2, ...others.flatMap((one) => [one.x, one.x + one.w / 2, one.x + one.w])];
    const down = others.flatMap((one) => [one.y, one.y + one.h / 2, one.y + one.h]);
    const near = (start, length, lines) => {
      let best = null;
      for (const place of lines) {
        for (const part of [0, length / 2, length]) {
          const off = place - (start + part);
          if (Math.abs(off) < SNAP * scale && (!best || Math.abs(off) < Math.abs(best.off))) best = { off, place };
        }
      }
      return best;
    };
    const x = near(at.x, at.w, across);
    const y = near(at.y, at.h, down);
    this.lines(at.page, x?.place, y?.place);
    return { ...at, x: at.x + (x?.off ?? 0), y: at.y + (y?.off ?? 0) };
  }

  lines(page, x, y) {
    this.pages.forEach((one, index) => {
      const [across, down] = one.querySelectorAll(".snap-line");
      const size = this.size(index + 1);
      down.hidden = index + 1 !== page || x === undefined;
      across.hidden = index + 1 !== page || y === undefined;
      if (!down.hidden) down.style.left = `${(100 * x) / size.width}%`;
      if (!across.hidden) across.style.top = `${(100 * y) / size.height}%`;
    });
  }

  key(event, row, box) {
    const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const at = { ...this.read(row) };
    if (event.key === "Delete" || event.key === "Backspace") {
      event.preventDefault();
      this.remove(row);
      return;
    }
    if (at.existing) return;
    if (event.key === "PageUp" || event.key === "PageDown") at.page = between(at.page + (event.key === "PageUp" ? -1 : 1), 1, this.pages.length);
    else if (arrows[event.key]) {
      const step = STEP * (event.ctrlKey || event.metaKey ? 5 : 1);
      const [across, down] = event.shiftKey ? ["w", "h"] : ["x", "y"];
      at[across] += arrows[event.key][0] * step;
      at[down] += arrows[event.key][1] * step;
    } else return;
    event.preventDefault();
    if (!event.repeat) this.remember();
    this.write(row, at);
    this.draw(row);
    box.focus({ preventScroll: arrows[event.key] !== undefined });
    this.marks();
    this.say(this.fill(this.words.moved, this.read(row)));
    this.saving.soon();
  }
}

// While a box is held near the upper or lower edge of the window, the page goes on under it.
function scrolling(where, going, place) {
  const step = () => {
    if (!going()) return;
    const { clientY } = where();
    const up = EDGE - clientY;
    const down = clientY - (innerHeight - EDGE);
    const by = up > 0 ? -up : down > 0 ? down : 0;
    if (by) {
      scrollBy(0, between(by / 4, -FAST, FAST));
      place();
    }
    requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
}

function line(way) {
  const made = document.createElement("span");
  made.className = `snap-line ${way}`;
  made.hidden = true;
  return made;
}

export function enhanceFields(form) {
  new Editor(form).start();
}
