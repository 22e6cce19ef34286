// Files for a batch: dropped, whole folders too, sent in small parts side by side. Without it the form sends them at once.
const TOGETHER = 3;
const MOST_FILES = 20;
const MOST_BYTES = 8_000_000;
const TRIES = 4;
const SHOWN = 30;
const TOLD_EVERY = 4000;
const LITTER = /(^|\/)(\.|__MACOSX\/|Thumbs\.db$|desktop\.ini$)/i;

const number = (value) => value.toLocaleString(document.documentElement.lang);

export function enhanceBatchUpload(form) {
  const zone = form.querySelector("[data-drop]");
  const inputs = [...form.querySelectorAll('input[type="file"]')];
  const queue = makeQueue(form);

  form.querySelector("[data-plain]").hidden = true;
  zone.classList.add("is-enhanced");
  const folder = form.querySelector("[data-folder-input]");
  if ("webkitdirectory" in folder) {
    folder.webkitdirectory = true;
    form.querySelector("[data-folder]").hidden = false;
  }
  for (const input of inputs) {
    input.addEventListener("change", () => {
      queue.add([...input.files].map((file) => ({ file, path: file.webkitRelativePath || file.name })));
      input.value = "";
    });
  }
  zone.addEventListener("dragover", (event) => {
    event.preventDefault();
    zone.classList.add("is-over");
  });
  zone.addEventListener("dragleave", () => zone.classList.remove("is-over"));
  zone.addEventListener("drop", async (event) => {
    event.preventDefault();
    zone.classList.remove("is-over");
    queue.add(await dropped(event.dataTransfer));
  });
}

// Everything that was dropped, folders walked to their end.
async function dropped(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.length) return [...transfer.files].map((file) => ({ file, path: file.name }));
  const found = [];
  await Promise.all(entries.map((entry) => walk(entry, found)));
  return found;
}

async function walk(entry, found) {
  const path = entry.fullPath.replace(/^\//, "");
  if (entry.isFile) {
    found.push({ file: await new Promise((good, bad) => entry.file(good, bad)), path });
    return;
  }
  const reader = entry.createReader();
  for (;;) {
    // A reader gives a hundred entries at a time.
    const part = await new Promise((good, bad) => reader.readEntries(good, bad));
    if (!part.length) return;
    for (const one of part) await walk(one, found);
  }
}

function makeQueue(form) {
  const line = form.querySelector("[data-queue-state]");
  const bar = line.querySelector("progress");
  const words = line.querySelector("[data-queue-words]");
  const problems = form.querySelector("[data-queue-problems]");
  const waiting = [];
  let [all, done, running, told, leftOut, lost] = [0, 0, 0, 0, [], []];

  const leave = (event) => event.preventDefault();

  function add(files) {
    const good = files.filter((one) => !LITTER.test(one.path));
    if (!good.length) return;
    if (!running && !waiting.length) [all, done, leftOut, lost] = [0, 0, [], []];
    all += good.length;
    waiting.push(...good);
    line.hidden = false;
    addEventListener("beforeunload", leave);
    show();
    while (running < TOGETHER && waiting.length) work();
  }

  async function work() {
    running += 1;
    while (waiting.length) {
      const group = take(waiting);
      const answer = await send(form, group);
      if (answer === null) lost.push(...group);
      else leftOut.push(...answer.left_out);
      if (answer?.problem) {
        leftOut.push(["", answer.problem]);
        done += waiting.length;
        waiting.length = 0;
      }
      done += group.length;
      show();
    }
    running -= 1;
    if (!running) end();
  }

  function show() {
    bar.max = all;
    bar.value = done;
    words.textContent = form.dataset.sending.replace("{done}", number(done)).replace("{all}", number(all));
    // What is below follows, not more often than it is worth.
    if (done && Date.now() - told > TOLD_EVERY) tell();
  }

  function end() {
    removeEventListener("beforeunload", leave);
    words.textContent = form.dataset.done.replace("{done}", number(done - leftOut.length - lost.length));
    problems.replaceChildren();
    if (leftOut.length) problems.append(listed(form.dataset.leftOut, leftOut.map((one) => one.filter(Boolean).join(" : "))));
    if (lost.length) {
      const again = document.createElement("button");
      again.type = "button";
      again.className = "btn btn-secondary";
      again.textContent = form.dataset.retry;
      const files = lost;
      again.addEventListener("click", () => {
        problems.replaceChildren();
        add(files);
      });
      problems.append(listed(form.dataset.failed, files.map((one) => one.path)), again);
    }
    tell();
  }

  function tell() {
    told = Date.now();
    document.body.dispatchEvent(new Event("batch-changed"));
  }

  function listed(title, lines) {
    const part = document.createElement("div");
    part.className = "mt-3";
    part.setAttribute("role", "status");
    const head = document.createElement("p");
    head.className = "mb-1 fw-semibold";
    head.textContent = title;
    const list = document.createElement("ul");
    list.className = "mb-0";
    for (const text of lines.slice(0, SHOWN)) list.append(item(text));
    if (lines.length > SHOWN) list.append(item(form.dataset.more.replace("{n}", lines.length - SHOWN)));
    part.append(head, list);
    return part;
  }

  return { add };
}

function item(text) {
  const line = document.createElement("li");
  line.className = "text-break";
  line.textContent = text;
  return line;
}

// The next files that go together: a ZIP goes alone.
function take(waiting) {
  const group = [];
  let size = 0;
  while (waiting.length && group.length < MOST_FILES) {
    const [next] = waiting;
    const alone = /\.zip$/i.test(next.path);
    if (group.length && (alone || size + next.file.size > MOST_BYTES)) break;
    group.push(waiting.shift());
    size += next.file.size;
    if (alone) break;
  }
  return group;
}

// What the server answered; null where it could not be reached. The same file again is there already: it is safe.
async function send(form, group) {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const body = new FormData();
    body.append("csrfmiddlewaretoken", form.querySelector('[name="csrfmiddlewaretoken"]').value);
    for (const { file, path } of group) {
      body.append("file", file);
      body.append("path", path);
    }
    try {
      const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
      if (answer.ok || answer.status === 409) return await answer.json();
      if (answer.status < 500 && answer.status !== 429) return null;
    } catch {
      // The connection is away, or the file cannot be read any more.
    }
    await new Promise((go) => setTimeout(go, 500 * 2 ** attempt));
  }
  return null;
}
