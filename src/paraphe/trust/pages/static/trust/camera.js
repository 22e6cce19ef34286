// The camera page: a live picture, a frame to fill, and a word of advice before the photograph is taken.
// Everything is computed here, nothing leaves the browser until the person uses the photograph. Without camera or
// script the choice of a file below does the same.
const ANALYSED = 320;
const EVERY_MS = 300;
// Measured on drawn cards at this size; only advice hangs on them, the server has its own thresholds.
const DARK = 95;
const BURNT_PART = 0.012;
const SHARP = 90;
const EDGE = 26;
const SIDES_SEEN = 0.45;

function greyOf(pixels) {
  const grey = new Float32Array(pixels.width * pixels.height);
  for (let i = 0, p = 0; i < grey.length; i += 1, p += 4) {
    grey[i] = 0.3 * pixels.data[p] + 0.59 * pixels.data[p + 1] + 0.11 * pixels.data[p + 2];
  }
  return grey;
}

function lightOf(pixels, grey) {
  const levels = Float32Array.from(grey).sort();
  let burnt = 0;
  for (let p = 0; p < pixels.data.length; p += 4) {
    if (Math.min(pixels.data[p], pixels.data[p + 1], pixels.data[p + 2]) >= 248) burnt += 1;
  }
  return { bright: levels[Math.floor(levels.length * 0.95)], burnt: burnt / grey.length };
}

function sharpnessOf(grey, width, height) {
  let sum = 0;
  let squares = 0;
  let count = 0;
  for (let y = Math.floor(height * 0.2); y < height * 0.8; y += 1) {
    for (let x = Math.floor(width * 0.15); x < width * 0.85; x += 1) {
      const i = y * width + x;
      const value = grey[i - 1] + grey[i + 1] + grey[i - width] + grey[i + width] - 4 * grey[i];
      sum += value;
      squares += value * value;
      count += 1;
    }
  }
  return squares / count - (sum / count) ** 2;
}

// Of each side of the frame, along how much of it an edge lies within a tenth of the way to either hand.
function sidesOf(grey, width, height, margin) {
  const reach = Math.round(margin * 0.9);
  const along = (length, at) => {
    let seen = 0;
    let tried = 0;
    for (let step = 0.1; step <= 0.9; step += 0.025) {
      const place = Math.round(step * length);
      let strongest = 0;
      for (let off = -reach; off < reach; off += 1) {
        strongest = Math.max(strongest, Math.abs(at(place, off + 2) - at(place, off - 2)));
      }
      tried += 1;
      if (strongest >= EDGE) seen += 1;
    }
    return seen / tried;
  };
  const value = (x, y) => grey[Math.min(height - 1, Math.max(0, y)) * width + Math.min(width - 1, Math.max(0, x))];
  return [
    along(width, (place, off) => value(place, margin + off)),
    along(width, (place, off) => value(place, height - margin + off)),
    along(height, (place, off) => value(margin + off, place)),
    along(height, (place, off) => value(width - margin + off, place)),
  ];
}

// Which advice the picture in and around the frame calls for.
export function adviceFor(pixels, margin) {
  const { width, height } = pixels;
  const grey = greyOf(pixels);
  const light = lightOf(pixels, grey);
  if (light.bright < DARK) return "dark";
  if (sidesOf(grey, width, height, margin).some((part) => part < SIDES_SEEN)) return "place";
  if (light.burnt > BURNT_PART) return "glare";
  return sharpnessOf(grey, width, height) < SHARP ? "still" : "good";
}

// The part of the video under the frame, with a tenth around it, drawn small.
function framed(video, ratio, canvas) {
  const wide = Math.min(video.videoWidth * 0.86, video.videoHeight * 0.86 * ratio);
  const high = wide / ratio;
  const around = 1.2;
  canvas.width = ANALYSED;
  canvas.height = Math.round(ANALYSED / ratio);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const left = (video.videoWidth - wide * around) / 2;
  const top = (video.videoHeight - high * around) / 2;
  context.drawImage(video, left, top, wide * around, high * around, 0, 0, canvas.width, canvas.height);
  return context.getImageData(0, 0, canvas.width, canvas.height);
}

function camera(root) {
  const part = (name) => root.querySelector(`[data-camera-${name}]`);
  const [open, view, taken, hint, video, picture] = ["open", "view", "taken", "hint", "video", "picture"].map(part);
  const input = document.querySelector('input[type="file"]');
  const canvas = document.createElement("canvas");
  let stream = null;
  let timer = 0;
  let photograph = null;
  let said = "";

  function say(name) {
    if (name !== said) hint.textContent = root.dataset[name];
    said = name;
    view.dataset.advice = name;
  }

  function close() {
    clearInterval(timer);
    stream?.getTracks().forEach((track) => track.stop());
    stream = null;
    view.hidden = true;
    open.hidden = false;
  }

  async function start() {
    taken.hidden = true;
    try {
      stream = await navigator.mediaDevices.getUserMedia({
        audio: false,
        video: { facingMode: { ideal: "environment" }, width: { ideal: 3840 }, height: { ideal: 2160 } },
      });
    } catch {
      part("refused").hidden = false;
      input.focus();
      return;
    }
    part("refused").hidden = true;
    open.hidden = true;
    view.hidden = false;
    video.srcObject = stream;
    await video.play();
    say("place");
    timer = setInterval(() => {
      if (video.videoWidth) say(adviceFor(framed(video, Number(root.dataset.ratio), canvas), Math.round(ANALYSED / 12)));
    }, EVERY_MS);
    part("shutter").focus();
  }

  function shoot() {
    const whole = document.createElement("canvas");
    whole.width = video.videoWidth;
    whole.height = video.videoHeight;
    whole.getContext("2d").drawImage(video, 0, 0);
    whole.toBlob((blob) => {
      photograph = new File([blob], root.dataset.name, { type: "image/jpeg" });
      if (picture.src) URL.revokeObjectURL(picture.src);
      picture.src = URL.createObjectURL(photograph);
      close();
      open.hidden = true;
      taken.hidden = false;
      part("use").focus();
    }, "image/jpeg", 0.92);
  }

  function use() {
    const files = new DataTransfer();
    files.items.add(photograph);
    input.files = files.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
    input.form.requestSubmit();
  }

  open.addEventListener("click", start);
  part("shutter").addEventListener("click", shoot);
  part("cancel").addEventListener("click", () => {
    close();
    open.focus();
  });
  part("again").addEventListener("click", start);
  part("use").addEventListener("click", use);
  window.addEventListener("pagehide", close);
  root.hidden = false;
}

if (navigator.mediaDevices?.getUserMedia) document.querySelectorAll("[data-camera]").forEach(camera);
