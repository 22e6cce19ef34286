// Many boxes on the pages of a document, each of a kind and in the colour of who fills it: dragged, tapped or placed by
// keyboard. The rows of numbers below are the truth; this draws them, changes them, and sends them as they change.
// Everything is counted in PDF points of the page as seen, from its top left.
const MM = 72 / 25.4;
const STEP = 2 * MM;
const SNAP = 5;
const DRAG = 6;
const PATIENCE = 700;
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
    this.stale = false;
    this.sending = null;
    this.leaving = false;
    this.blankRow = this.blank.querySelector("[data-field-row]").cloneNode(true);
  }

  start() {
    this.blank.remove();
    this.side.hidden = false;
    this.form.querySelector("[data-editor-rows]").open = false;
    for (const one of this.form.querySelectorAll("[data-static]")) one.remove();
    for (const page of this.pages) page.append(...["is-across", "is-down"].map(line));
    this.drawAll();
    this.rows.addEventListener("change", () => {
      this.drawAll();
      this.save();
    });
    this.undoButton.addEventListener("click", () => this.undo());
    this.form.addEventListener("submit", (event) => this.leave(event));
    this.palette();
    this.onPages();
    new Props(this);
  }

  // Rows: read, write, add, take away.
  get all() {
    return [...this.rows.querySelectorAll("[data-field-row]")];
  }

  input(row, name) {
    return row.querySelector(`[name="${name}"]`);
  }

  read(row) {
    const value = (name) => this.input(row, name).value;
    const number = (name) => Number(value(name)) || 0;
    return {
      kind: value("kind"), recipient: value("recipient"), label: value("label"), required: value("required") === "1",
      existing: value("existing"), page: between(Math.round(number("page")) || 1, 1, this.pages.length),
      x: number("x"), y: number("y"), w: number("width"), h: number("height"),
    };
  }

  write(row, at) {
    const size = this.size(at.page);
    const button = this.kinds.get(at.kind);
    const w = between(at.w, Math.min(Number(button.dataset.leastW), size.width), size.width);
    const h = between(at.h, Math.min(Number(button.dataset.leastH), size.height), size.height);
    const values = {
      kind: at.kind, recipient: at.recipient, label: at.label, required: at.required ? "1" : "0", existing: at.existing,
      page: at.page, x: between(at.x, 0, size.width - w).toFixed(2), y: between(at.y, 0, size.height - h).toFixed(2),
      width: w.toFixed(2), height: h.toFixed(2),
    };
    for (const [name, value] of Object.entries(values)) this.input(row, name).value = value;
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
    this.say(this.words.removed);
    this.save();
  }

  remember() {
    this.past.push(this.all.map((row) => this.read(row)));
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
    this.save();
  }

  // A signature that is not seen, or in a field of the document, has no box here.
  plain(row, at) {
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
  }

  draw(row) {
    const at = this.read(row);
    const shown = at.kind && at.w > 0 && at.h > 0 && !at.existing && this.input(row, "remove").value !== "1";
    let box = this.boxes.get(row);
    if (!shown) {
      box?.remove();
      this.boxes.delete(row);
      this.marks();
      return;
    }
    if (!box) box = this.make(row);
    const { width, height } = this.size(at.page);
    const page = this.pages[at.page - 1];
    if (box.parentElement !== page) page.append(box);
    const person = this.people.get(at.recipient);
    const word = this.kinds.get(at.kind).dataset.word;
    const percent = (part, whole) => `${(100 * part) / whole}%`;
    box.className = box.className.replace(/signer-\d/, "").trim();
    box.classList.add(`signer-${person?.dataset.colour ?? 0}`);
    box.classList.toggle("is-tiny", at.w < TINY || at.h < 12);
    Object.assign(box.style, {
      left: percent(at.x, width), top: percent(at.y, height), width: percent(at.w, width), height: percent(at.h, height),
    });
    box.querySelector(".field-box-name").textContent = at.label || word;
    box.querySelector(".icon").innerHTML = this.kinds.get(at.kind).querySelector(".icon").innerHTML;
    box.setAttribute("aria-label", this.fill(this.words.at, at, { kind: word, name: person?.dataset.name ?? "" }));
    this.marks();
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

  // Who signs this document already is ticked.
  marks() {
    const signing = new Set(this.all.map((row) => this.read(row)).filter((at) => at.kind === "signature").map((at) => at.recipient));
    for (const [id, input] of this.people) input.closest("label").querySelector("[data-chip-done]").hidden = !signing.has(id);
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
    let row = kind === "signature" ? this.signatureOf(at.recipient) : undefined;
    if (row) {
      const was = this.read(row);
      this.write(row, was.w ? { ...was, page, x: x - was.w / 2, y: y - was.h / 2 } : { ...at, existing: "" });
      this.draw(row);
      this.say(this.words.movedSignature.replace("{name}", this.people.get(at.recipient).dataset.name));
    } else {
      row = this.add(at);
    }
    this.arm(null);
    this.boxes.get(row).focus({ preventScroll: true });
    this.choose(row);
    this.save();
    return row;
  }

  signatureOf(recipient) {
    return this.all.find((row) => {
      const at = this.read(row);
      return at.kind === "signature" && at.recipient === recipient;
    });
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
      if (event.key === "z" && (event.ctrlKey || event.metaKey) && !event.target.matches("input, select, textarea")) {
        event.preventDefault();
        this.undo();
      }
    });
  }

  // Moving and sizing what is there.
  hold(event, row, box) {
    if (event.button !== 0) return;
    event.preventDefault();
    box.focus({ preventScroll: true });
    const resizing = Boolean(event.target.closest("[data-handle]"));
    const before = this.read(row);
    const first = this.pointOn(event);
    if (!first) return;
    const grip = { x: first.x - before.x, y: first.y - before.y };
    let moved = false;
    const move = (now) => {
      const point = this.pointOn(now);
      if (!point) return;
      if (!moved && Math.hypot(now.clientX - event.clientX, now.clientY - event.clientY) < 3) return;
      if (!moved) this.remember();
      moved = true;
      box.classList.add("is-moving");
      if (resizing) {
        if (point.page === before.page) this.write(row, { ...before, w: point.x - before.x, h: point.y - before.y });
      } else {
        this.write(row, this.snapped(row, { ...before, page: point.page, x: point.x - grip.x, y: point.y - grip.y }, point.scale));
      }
      this.draw(row);
    };
    const end = () => {
      box.removeEventListener("pointermove", move);
      box.removeEventListener("pointerup", end);
      box.removeEventListener("pointercancel", end);
      box.classList.remove("is-moving");
      this.lines();
      if (!moved) return;
      this.say(this.fill(this.words.moved, this.read(row)));
      this.save();
    };
    box.setPointerCapture(event.pointerId);
    box.addEventListener("pointermove", move);
    box.addEventListener("pointerup", end);
    box.addEventListener("pointercancel", end);
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
    const at = this.read(row);
    if (event.key === "Delete" || event.key === "Backspace") {
      event.preventDefault();
      this.remove(row);
      return;
    }
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
    this.say(this.fill(this.words.moved, this.read(row)));
    this.save();
  }

  // What changed is sent a moment later; the buttons below send it too.
  save() {
    // Somebody else saved meanwhile: sending again would change nothing, and the sentence stays.
    if (this.stale) return;
    clearTimeout(this.timer);
    this.status.textContent = this.words.saving;
    this.timer = setTimeout(() => {
      // One after the other: each sends the revision that the one before got.
      const turn = Promise.resolve(this.sending).then(() => this.send()).then(() => {
        if (this.sending === turn) this.sending = null;
      });
      this.sending = turn;
    }, PATIENCE);
  }

  async send() {
    if (this.stale) return;
    let text = this.words.failed;
    try {
      const answer = await fetch(this.form.action, {
        method: "POST", body: new FormData(this.form), headers: { "X-Paraphe-Script": "1" },
      });
      const told = await answer.json();
      text = answer.ok ? this.words.saved : told.error || text;
      this.stale = answer.status === 409;
      if (answer.ok) this.form.elements.revision.value = told.revision;
    } catch {
      // Offline, or signed out meanwhile: the sentence says what to do.
    }
    this.status.textContent = text;
    this.status.classList.toggle("field-error", this.stale);
  }

  // The buttons below wait for what is on its way: it changes the revision that they send.
  async leave(event) {
    clearTimeout(this.timer);
    if (!this.sending) return;
    event.preventDefault();
    if (this.leaving) return;
    this.leaving = true;
    await this.sending;
    this.leaving = false;
    this.form.requestSubmit(event.submitter);
  }
}

// What can be said of the box that is chosen.
class Props {
  constructor(editor) {
    const find = (name) => editor.form.querySelector(`[data-props-${name}]`);
    const panel = editor.form.querySelector("[data-editor-props]");
    const [title, label, required, copy, remove] = ["title", "label", "required", "copy", "remove"].map(find);
    const line = find("required-line");
    const change = (values) => {
      if (!editor.chosen) return;
      editor.remember();
      editor.write(editor.chosen, { ...editor.read(editor.chosen), ...values });
      editor.draw(editor.chosen);
      editor.save();
    };
    editor.form.addEventListener("paraphe:chosen", () => {
      panel.hidden = !editor.chosen;
      if (!editor.chosen) return;
      const at = editor.read(editor.chosen);
      title.textContent = `${editor.kinds.get(at.kind).dataset.word} · ${editor.people.get(at.recipient)?.dataset.name ?? ""}`;
      label.value = at.label;
      required.checked = at.required;
      const signed = at.kind === "signature" || at.kind === "initials";
      line.hidden = signed;
      label.closest("label").hidden = signed;
      copy.hidden = at.kind === "signature" || editor.pages.length < 2;
    });
    label.addEventListener("change", () => change({ label: label.value }));
    required.addEventListener("change", () => change({ required: required.checked }));
    remove.addEventListener("click", () => editor.remove(editor.chosen));
    copy.addEventListener("click", () => {
      const at = editor.read(editor.chosen);
      const there = (page) =>
        editor.all.some((row) => {
          const other = editor.read(row);
          return other.page === page && other.kind === at.kind && other.recipient === at.recipient && Math.abs(other.x - at.x) < 1 && Math.abs(other.y - at.y) < 1;
        });
      editor.remember();
      const added = editor.pages.map((_, index) => index + 1).filter((page) => !there(page));
      for (const page of added) editor.add({ ...at, page });
      editor.say(editor.words.copied.replace("{n}", editor.pages.length));
      editor.save();
    });
    // Keys in these fields are for them, and sending the form is for the buttons below.
    panel.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && event.target === label) {
        event.preventDefault();
        label.blur();
      }
    });
  }
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
