// Fields that the document brought: a dashed place on the page, chosen by hand or by keyboard for who is to fill it.
const TINY = 17;

export class Brought {
  constructor(editor) {
    this.editor = editor;
    this.all = new Map([...editor.form.querySelectorAll("[data-brought]")].map((one) => [one.dataset.name, one]));
    for (const [name, button] of this.all) {
      const at = this.at(name);
      const { width, height } = editor.size(at.page);
      const percent = (part, whole) => `${(100 * part) / whole}%`;
      Object.assign(button.style, {
        left: percent(at.x, width), top: percent(at.y, height), width: percent(at.w, width), height: percent(at.h, height),
      });
      button.classList.toggle("is-tiny", Math.min(at.w / 2, at.h) < TINY);
      button.addEventListener("click", () => this.take(name));
    }
  }

  at(name) {
    const { page, x, y, w, h } = this.all.get(name).dataset;
    return { page: Number(page), x: Number(x), y: Number(y), w: Number(w), h: Number(h) };
  }

  has(name) {
    return this.all.has(name);
  }

  // What is taken has a box; what is free shows its place.
  show() {
    const taken = new Set(this.editor.all.map((row) => this.editor.read(row).existing));
    for (const [name, button] of this.all) button.hidden = taken.has(name);
  }

  take(name) {
    const { editor } = this;
    const { dataset } = this.all.get(name);
    const fitting = dataset.fitting.split(" ");
    const kind = fitting.includes(editor.armed) ? editor.armed : fitting[0];
    const label = kind === "signature" || kind === "initials" ? "" : dataset.label;
    editor.remember();
    const row = editor.add({
      ...this.at(name), kind, recipient: editor.recipient, required: kind !== "checkbox", label, existing: name,
    });
    editor.arm(null);
    editor.marks();
    editor.boxes.get(row).focus({ preventScroll: true });
    editor.saving.soon();
  }
}
