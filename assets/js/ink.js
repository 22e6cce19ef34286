// Drawing a signature with the mouse, a finger or a pen. What is drawn goes into a hidden field as a PNG.
export function enhanceInk(root) {
  const paper = root.querySelector("[data-ink-paper]");
  const field = root.querySelector("[data-ink-value]");
  const pen = paper.getContext("2d");
  let drawing = false;

  function clear() {
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, paper.width, paper.height);
    field.value = "";
  }

  function place(event) {
    const box = paper.getBoundingClientRect();
    return [((event.clientX - box.left) * paper.width) / box.width, ((event.clientY - box.top) * paper.height) / box.height];
  }

  paper.addEventListener("pointerdown", (event) => {
    if (!event.isPrimary) return;
    event.preventDefault();
    paper.setPointerCapture(event.pointerId);
    drawing = true;
    pen.strokeStyle = "#14213d";
    pen.lineWidth = 5;
    pen.lineCap = pen.lineJoin = "round";
    pen.beginPath();
    pen.moveTo(...place(event));
  });
  paper.addEventListener("pointermove", (event) => {
    if (!drawing) return;
    for (const part of event.getCoalescedEvents?.() ?? [event]) pen.lineTo(...place(part));
    pen.stroke();
  });
  for (const name of ["pointerup", "pointercancel"]) {
    paper.addEventListener(name, () => {
      if (drawing) field.value = paper.toDataURL("image/png");
      drawing = false;
    });
  }
  // Who would rather not draw has the name written in the type of titles.
  const write = root.querySelector("[data-ink-write]");
  write?.addEventListener("click", () => {
    clear();
    const words = write.dataset.inkWrite;
    let size = 150;
    pen.fillStyle = "#14213d";
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    do {
      pen.font = `italic ${size}px Spectral, serif`;
      size -= 5;
    } while (size > 30 && pen.measureText(words).width > paper.width - 60);
    pen.fillText(words, paper.width / 2, paper.height / 2);
    field.value = paper.toDataURL("image/png");
  });

  root.querySelector("[data-ink-clear]").addEventListener("click", clear);
  clear();
  root.hidden = false;
}
