// Drawing a signature, initials or a mention with the mouse, a finger or a pen. What is drawn goes into hidden fields: as
// strokes ("x,y x,y;x,y …") where there is one for them, as a PNG where there is one for that.
const INK = "#14213d";
const NEAR = 3;
const MOST_POINTS = 5000;
const MOST_STROKES = 250;

export function enhanceInk(root) {
  const paper = root.querySelector("[data-ink-paper]");
  const picture = root.querySelector("[data-ink-value]");
  const lines = root.querySelector("[data-ink-strokes]");
  const pen = paper.getContext("2d");
  let strokes = [];
  let drawing = false;

  function wipe() {
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, paper.width, paper.height);
    strokes = [];
    written = false;
  }

  function keep() {
    const drawn = strokes.length > 0 && !written;
    if (lines) lines.value = drawn ? strokes.map((stroke) => stroke.map((at) => at.join(",")).join(" ")).join(";") : "";
    if (picture) picture.value = written || (drawn && !lines) ? paper.toDataURL("image/png") : "";
  }

  function place(event) {
    const box = paper.getBoundingClientRect();
    const part = (at, start, length, whole) => Math.min(Math.max(Math.round(((at - start) * whole) / length), 0), whole);
    return [part(event.clientX, box.left, box.width, paper.width), part(event.clientY, box.top, box.height, paper.height)];
  }

  function line(from, to) {
    pen.strokeStyle = INK;
    pen.lineWidth = 5;
    pen.lineCap = pen.lineJoin = "round";
    pen.beginPath();
    pen.moveTo(...from);
    pen.lineTo(...to);
    pen.stroke();
  }

  function go(at) {
    const stroke = strokes.at(-1);
    const last = stroke.at(-1);
    if (Math.hypot(at[0] - last[0], at[1] - last[1]) < NEAR || strokes.flat().length > MOST_POINTS) return;
    line(last, at);
    stroke.push(at);
  }

  paper.addEventListener("pointerdown", (event) => {
    if (!event.isPrimary || strokes.length > MOST_STROKES) return;
    event.preventDefault();
    paper.setPointerCapture(event.pointerId);
    if (written) wipe();
    drawing = true;
    const at = place(event);
    strokes.push([at]);
    line(at, at);
  });
  paper.addEventListener("pointermove", (event) => {
    if (drawing) for (const part of event.getCoalescedEvents?.() ?? [event]) go(place(part));
  });
  for (const name of ["pointerup", "pointercancel"]) {
    paper.addEventListener(name, () => {
      if (drawing) keep();
      drawing = false;
    });
  }

  // Who would rather not draw has the name written in the type of titles.
  let written = false;
  const write = root.querySelector("[data-ink-write]");
  write?.addEventListener("click", () => {
    wipe();
    const words = write.dataset.inkWrite;
    let size = 150;
    pen.fillStyle = INK;
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    do {
      pen.font = `italic ${size}px Spectral, serif`;
      size -= 5;
    } while (size > 30 && pen.measureText(words).width > paper.width - 60);
    pen.fillText(words, paper.width / 2, paper.height / 2);
    written = true;
    keep();
  });

  // What was drawn before comes back when the page does, as large as the paper allows.
  function restore() {
    const kept = lines.value.split(";").map((stroke) => stroke.split(" ").map((at) => at.split(",").map(Number)));
    if (kept.flat(2).some((one) => !Number.isFinite(one))) return;
    const [xs, ys] = [0, 1].map((side) => kept.flat().map((at) => at[side]));
    const scale = Math.min((paper.width * 0.9) / Math.max(...xs, 1), (paper.height * 0.9) / Math.max(...ys, 1));
    strokes = kept.map((stroke) => stroke.map(([x, y]) => [Math.round(x * scale) + 8, Math.round(y * scale) + 8]));
    for (const stroke of strokes) stroke.forEach((at, index) => line(stroke[Math.max(index - 1, 0)], at));
    if (root.matches("details")) root.open = true;
  }

  root.querySelector("[data-ink-clear]").addEventListener("click", () => {
    wipe();
    keep();
  });
  wipe();
  if (lines?.value) restore();
  root.hidden = false;
}
