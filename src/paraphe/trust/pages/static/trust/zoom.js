// Zoom and pan of a photograph, by wheel, pointer and keys. Without script the link below it opens the picture.
const MOST = 6;

function zoomable(box) {
  const picture = box.querySelector("img");
  let scale = 1;
  let x = 0;
  let y = 0;
  let from = null;

  function draw() {
    const spareX = (box.clientWidth * (scale - 1)) / 2;
    const spareY = (box.clientHeight * (scale - 1)) / 2;
    x = Math.min(spareX, Math.max(-spareX, x));
    y = Math.min(spareY, Math.max(-spareY, y));
    picture.style.transform = `translate(${x}px, ${y}px) scale(${scale})`;
  }

  function zoom(factor) {
    scale = Math.min(MOST, Math.max(1, scale * factor));
    draw();
  }

  box.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && scale === 1 && event.deltaY > 0) return;
    event.preventDefault();
    zoom(event.deltaY < 0 ? 1.15 : 1 / 1.15);
  }, { passive: false });
  box.addEventListener("pointerdown", (event) => {
    from = { x: event.clientX - x, y: event.clientY - y };
    box.setPointerCapture(event.pointerId);
  });
  box.addEventListener("pointermove", (event) => {
    if (!from || scale === 1) return;
    x = event.clientX - from.x;
    y = event.clientY - from.y;
    draw();
  });
  box.addEventListener("pointerup", () => { from = null; });
  box.addEventListener("dblclick", () => (scale > 1 ? zoom(0) : zoom(2.5)));
  box.addEventListener("keydown", (event) => {
    const step = 40;
    const keys = {
      "+": () => zoom(1.25), "=": () => zoom(1.25), "-": () => zoom(0.8), "0": () => zoom(0),
      ArrowLeft: () => { x += step; draw(); }, ArrowRight: () => { x -= step; draw(); },
      ArrowUp: () => { y += step; draw(); }, ArrowDown: () => { y -= step; draw(); },
    };
    if (!keys[event.key] || (event.key.startsWith("Arrow") && scale === 1)) return;
    event.preventDefault();
    keys[event.key]();
  });
}

document.querySelectorAll("[data-zoom]").forEach(zoomable);
