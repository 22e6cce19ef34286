// Many files at once: a queue in the browser, a few sent at a time, each in parts that are sent again after a lost
// network. A file has a key of its own, kept by the browser, so that dropping it again goes on where it stopped.
const AT_ONCE = 3;
const MOST = 10_000;
const SHOWN = 60;
const LISTENED = 5000;
const MEGABYTE = 1_000_000;
const RETRIES = [1, 2, 4, 8, 15, 30];
const KEPT = "paraphe.uploads";
const MOST_KEPT = 200;
const megabytes = (bytes) => (bytes / MEGABYTE).toLocaleString(document.documentElement.lang, { maximumFractionDigits: 1 });
const pause = (seconds) => new Promise((resume) => setTimeout(resume, seconds * 1000));

// Which file has which key: only names of unfinished files, digested, and no longer than they are unfinished.
const keys = {
  all() {
    try {
      return JSON.parse(localStorage.getItem(KEPT)) ?? {};
    } catch {
      return {};
    }
  },
  write(all) {
    try {
      localStorage.setItem(KEPT, JSON.stringify(Object.fromEntries(Object.entries(all).slice(-MOST_KEPT))));
    } catch {
      // Private windows may have no storage: an interrupted file then begins anew.
    }
  },
  of(name) {
    const all = this.all();
    all[name] ??= crypto.randomUUID();
    this.write(all);
    return all[name];
  },
  forget(name) {
    const all = this.all();
    delete all[name];
    this.write(all);
  },
};

async function fingerprint(firm, file) {
  const digest = await crypto.subtle?.digest("SHA-256", new TextEncoder().encode(`${firm}|${mark(file)}`));
  return digest ? [...new Uint8Array(digest)].slice(0, 12).map((one) => one.toString(16).padStart(2, "0")).join("") : "";
}

const mark = (file) => `${file.name}|${file.size}|${file.lastModified}`;

class Refused extends Error {}
class SignedOut extends Error {}

export function enhanceQueue(form) {
  const input = form.querySelector('input[type="file"]');
  const zone = form.querySelector("[data-drop-zone]");
  const panel = form.querySelector("[data-queue-panel]");
  const words = form.dataset;
  const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
  const limit = Number(words.maxBytes) || Infinity;
  const items = [];
  const known = new Set();
  let running = 0;
  let stopped = false;
  let last = 0;
  let told = 0;

  zone.classList.add("is-enhanced");
  form.querySelector("[data-queue-submit]").hidden = true;
  const folder = form.querySelector("[data-queue-folder]");
  folder.hidden = !("webkitdirectory" in input);

  function complain(reason) {
    form.querySelector("[data-queue-summary]").textContent = reason;
    panel.hidden = false;
  }

  // --- taking files ------------------------------------------------------------------------------------------------
  function take(files) {
    if (files.length + items.filter((item) => item.state === "waiting").length > MOST) {
      complain(words.tooMany.replace("{n}", files.length).replace("{max}", MOST));
      return;
    }
    for (const file of files) {
      // A folder brings what systems hide in it.
      if (file.name.startsWith(".") || file.name === "Thumbs.db" || file.name === "desktop.ini") continue;
      if (known.has(mark(file))) continue;
      known.add(mark(file));
      items.push({ file, state: "waiting", sent: 0, reason: "" });
    }
    panel.hidden = items.length === 0;
    work();
  }

  input.addEventListener("change", () => {
    take([...input.files]);
    input.value = "";
    input.removeAttribute("webkitdirectory");
  });
  folder.addEventListener("click", () => {
    input.setAttribute("webkitdirectory", "");
    input.click();
  });
  for (const name of ["dragenter", "dragover"]) {
    zone.addEventListener(name, (event) => {
      event.preventDefault();
      zone.classList.add("is-over");
    });
  }
  zone.addEventListener("dragleave", () => zone.classList.remove("is-over"));
  zone.addEventListener("drop", async (event) => {
    event.preventDefault();
    zone.classList.remove("is-over");
    take(await dropped(event.dataTransfer));
  });
  addEventListener("beforeunload", (event) => {
    if (running) event.preventDefault();
  });

  // --- sending them ------------------------------------------------------------------------------------------------
  function work() {
    while (!stopped && running < AT_ONCE) {
      const item = items.find((one) => one.state === "waiting");
      if (!item) break;
      running += 1;
      item.state = "sending";
      send(item)
        .catch((error) => {
          if (error instanceof SignedOut) {
            stopped = true;
            item.state = "refused";
            item.reason = words.signedOut;
            return;
          }
          item.state = "refused";
          // Dropped again, it is tried again.
          known.delete(mark(item.file));
          item.reason = error instanceof Refused ? error.message : words.unreadable;
        })
        .finally(() => {
          running -= 1;
          show();
          work();
        });
    }
    show();
    if (!running && items.every((item) => item.state !== "waiting")) finish();
  }

  async function send(item) {
    const { file } = item;
    if (file.size === 0) throw new Refused(words.empty);
    if (file.size > limit) {
      throw new Refused(words.tooLarge.replace("{size}", megabytes(file.size)).replace("{max}", megabytes(limit)));
    }
    const head = new TextDecoder("latin1").decode(await file.slice(0, 1024).arrayBuffer());
    if (!head.includes("%PDF-")) throw new Refused(words.notAPdf);
    const name = await fingerprint(words.firm, file);
    const key = name ? keys.of(name) : crypto.randomUUID();
    let answer = await ask(item, "POST", words.begin, file.slice(0, 1_000_000), {
      "Upload-Key": key,
      "Upload-Length": file.size,
      "Upload-Name": encodeURIComponent(file.name),
    });
    while (answer.state === "receiving" || answer.state === "checking") {
      if (answer.state === "checking") {
        await pause(1);
        answer = await ask(item, "GET", answer.address);
        continue;
      }
      const part = file.slice(answer.offset, answer.offset + answer.part);
      const next = await ask(item, "PATCH", answer.address, part, { "Upload-Offset": answer.offset });
      answer = { ...answer, ...next };
    }
    if (name) keys.forget(name);
    if (answer.state === "refused") throw new Refused(answer.reason);
    Object.assign(item, { state: "done", known: answer.known, reason: answer.notes.join(" "), document: answer.document, sign: answer.sign });
  }

  // Asks until there is an answer: a lost network, a busy or restarted site are waited for.
  async function ask(item, method, address, body, headers = {}) {
    for (let tries = 0; ; tries += 1) {
      const wait = RETRIES[Math.min(tries, RETRIES.length - 1)];
      let answer;
      try {
        answer = await once(item, method, address, body, headers);
      } catch {
        item.reason = words.retrying;
        show();
        await Promise.race([pause(wait), new Promise((go) => addEventListener("online", go, { once: true }))]);
        if (method === "PATCH") return ask(item, "GET", address);
        continue;
      }
      item.reason = "";
      const { status, data } = answer;
      if (status === 0 || status === 401 || (status >= 200 && status < 300 && !data)) throw new SignedOut();
      if (status >= 200 && status < 300) return data;
      if (status === 409) return { state: "receiving", offset: data.offset };
      if (status === 429 || status >= 500) {
        item.reason = data?.reason ?? words.retrying;
        show();
        if (status === 507) throw new Refused(data.reason);
        await pause(status === 429 ? Math.random() * 2 + 1 : wait);
        if (method === "PATCH") return ask(item, "GET", address);
        continue;
      }
      throw new Refused(data?.reason ?? words.unreadable);
    }
  }

  function once(item, method, address, body, headers) {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      const before = Number(headers["Upload-Offset"] ?? 0);
      request.open(method, address);
      request.setRequestHeader("X-CSRFToken", token);
      if (body) request.setRequestHeader("Content-Type", "application/octet-stream");
      for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, String(value));
      request.upload.addEventListener("progress", (event) => {
        item.sent = before + event.loaded;
        show();
      });
      request.addEventListener("error", reject);
      request.addEventListener("load", () => {
        let data = null;
        try {
          data = JSON.parse(request.responseText);
        } catch {
          // A page, not an answer: the sign-in, or an error of something in between.
        }
        resolve({ status: request.status, data });
      });
      request.send(body ?? null);
    });
  }

  // --- showing how far it is ---------------------------------------------------------------------------------------
  function show() {
    const now = performance.now();
    const idle = !running;
    if (!idle && now - last < 150) {
      show.later ??= setTimeout(() => {
        show.later = undefined;
        show();
      }, 160);
      return;
    }
    last = now;
    const total = items.length;
    const done = items.filter((item) => item.state === "done").length;
    const refused = items.filter((item) => item.state === "refused");
    const parts = [words.summary.replace("{done}", done).replace("{total}", total)];
    if (refused.length) parts.push(refused.length === 1 ? words.refusedOne : words.refusedMany.replace("{n}", refused.length));
    if (idle) parts.push(words.finished);
    const line = form.querySelector("[data-queue-summary]");
    const text = parts.join(" · ");
    if (line.textContent !== text) line.textContent = text;
    // Who listens hears how far it is every few seconds, and the end.
    if (idle || now - told > LISTENED) {
      told = now;
      form.querySelector("[data-queue-live]").textContent = text;
    }
    const share = items.reduce((sum, item) => sum + (["done", "refused"].includes(item.state) ? 1 : item.sent / (item.file.size || 1)), 0);
    form.querySelector("[data-queue-bar]").value = total ? Math.round((100 * share) / total) : 0;
    list();
  }

  // What moves and what was refused first; of thousands that wait only the number is shown.
  function list() {
    const order = { sending: 0, refused: 1, waiting: 2, done: 3 };
    const shown = [...items].sort((one, other) => order[one.state] - order[other.state]).slice(0, SHOWN);
    const holder = form.querySelector("[data-queue-list]");
    holder.replaceChildren(...shown.map(line));
    const hidden = items.filter((item) => item.state === "waiting").length - shown.filter((item) => item.state === "waiting").length;
    const more = form.querySelector("[data-queue-more]");
    more.hidden = hidden <= 0;
    more.textContent = words.more.replace("{n}", hidden);
  }

  function line(item) {
    const row = document.createElement("li");
    row.className = `queue-file is-${item.state}`;
    const name = document.createElement("span");
    name.className = "queue-name";
    name.textContent = item.file.name;
    const state = document.createElement("span");
    state.className = "queue-state";
    const percent = Math.min(100, Math.round((100 * item.sent) / (item.file.size || 1)));
    if (item.state === "sending") state.textContent = item.reason || (percent >= 100 ? words.checking : `${percent} %`);
    else if (item.state === "waiting") state.textContent = words.waiting;
    else if (item.state === "done") state.textContent = item.known ? words.known : words.done;
    else state.textContent = item.reason;
    row.append(name, state);
    if (item.state === "done" && item.reason) {
      const note = document.createElement("span");
      note.className = "queue-note";
      note.textContent = item.reason;
      row.append(note);
    }
    if (item.state === "done" && item.document) {
      const link = document.createElement("a");
      link.href = item.document;
      link.textContent = words.open;
      link.setAttribute("aria-label", `${words.open} ${item.file.name}`);
      row.append(link);
    }
    return row;
  }

  function finish() {
    const done = items.filter((item) => item.state === "done");
    if (items.length === 1 && done.length === 1) {
      location.assign("maySign" in words ? done[0].sign : done[0].document);
      return;
    }
    if (done.length && document.getElementById("documents-list")) {
      globalThis.htmx?.ajax("GET", words.list, { target: "#documents-list", select: "#documents-list", swap: "outerHTML" });
    }
  }
}

// Everything that was dropped, folders opened one after the other.
async function dropped(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.some((entry) => entry.isDirectory)) return [...transfer.files];
  const found = [];
  const waiting = entries;
  while (waiting.length && found.length <= MOST) {
    const entry = waiting.shift();
    if (entry.isFile) {
      found.push(await new Promise((take, give) => entry.file(take, give)).catch(() => null));
      continue;
    }
    const reader = entry.createReader();
    for (;;) {
      const some = await new Promise((take) => reader.readEntries(take, () => take([])));
      if (!some.length) break;
      waiting.push(...some);
    }
  }
  return found.filter(Boolean);
}
