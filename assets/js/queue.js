// Many files at once: a queue in the browser, a few sent at a time, each in parts that are sent again after a lost
// network. A file has a key of its own, kept by the browser, so that dropping it again goes on where it stopped.
import { octets } from "./octets.js";

const AT_ONCE = 3;
const MOST = 10_000;
// Small files go several in one request: what a request costs by itself is then paid once for all of them.
const SMALL = 500_000;
const TOGETHER = 20;
const TOGETHER_BYTES = 2_500_000;
// Lines of files that move, wait or are here; those that were refused are all named, up to MOST_NAMED.
const SHOWN = 40;
const MOST_NAMED = 1000;
const LISTENED = 5000;
const RETRIES = [1, 2, 4, 8, 15, 30];
const KEPT = "paraphe.uploads";
const MOST_KEPT = 200;
const number = (value) => value.toLocaleString(document.documentElement.lang);
// A folder brings what systems hide in it.
const LITTER = /(^|\/)(\.|__MACOSX\/|Thumbs\.db$|desktop\.ini$)/i;
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

async function fingerprint(firm, item) {
  const digest = await crypto.subtle?.digest("SHA-256", new TextEncoder().encode(`${firm}|${mark(item)}`));
  return digest ? [...new Uint8Array(digest)].slice(0, 12).map((one) => one.toString(16).padStart(2, "0")).join("") : "";
}

// With its folder: "service 1/bulletin.pdf" and "service 2/bulletin.pdf" are two files, also of one size and one day.
const mark = ({ path, size, at }) => `${path}|${size}|${at}`;

class Refused extends Error {}
class SignedOut extends Error {}

export function enhanceQueue(form) {
  const input = form.querySelector('input[type="file"]');
  const zone = form.querySelector("[data-drop-zone]");
  const panel = form.querySelector("[data-queue-panel]");
  const words = form.dataset;
  const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
  const limit = Number(words.maxBytes) || Infinity;
  // What waits, what is on its way, what is here and what was refused: in the order in which it came there.
  const queue = { waiting: [], sending: new Set(), done: [], refused: [] };
  const known = new Set();
  let coming = 0;
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
  async function take(found) {
    const files = found.filter(({ path }) => !LITTER.test(path));
    if (files.length + coming + queue.waiting.length > MOST) {
      complain(words.tooMany.replace("{n}", number(files.length)).replace("{max}", number(MOST)));
      return;
    }
    if (!files.length) {
      complain(words.nothing);
      return;
    }
    panel.hidden = false;
    coming += files.length;
    for (const [index, { file, path }] of files.entries()) {
      // A browser asks the disk for the size and the day of each file, each time: once, and not for thousands at a time.
      const item = { file, path, size: file.size, at: file.lastModified, sent: 0, reason: "" };
      coming -= 1;
      if (!known.has(mark(item))) {
        known.add(mark(item));
        queue.waiting.push(item);
      }
      if (index % TOGETHER === TOGETHER - 1) {
        work();
        await pause(0);
      }
    }
    work();
  }

  input.addEventListener("change", () => {
    take([...input.files].map((file) => ({ file, path: file.webkitRelativePath || file.name })));
    input.value = "";
    input.removeAttribute("webkitdirectory");
  });
  folder.addEventListener("click", () => {
    input.setAttribute("webkitdirectory", "");
    input.click();
  });
  // Beside the frame is as good: a browser would leave the page and show the file.
  const brings = (event) => event.dataTransfer?.types.includes("Files");
  for (const name of ["dragenter", "dragover"]) {
    document.addEventListener(name, (event) => {
      if (!brings(event) || !form.isConnected) return;
      event.preventDefault();
      zone.classList.add("is-over");
    });
  }
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) zone.classList.remove("is-over");
  });
  document.addEventListener("drop", async (event) => {
    zone.classList.remove("is-over");
    if (!brings(event) || !form.isConnected) return;
    event.preventDefault();
    take(await dropped(event.dataTransfer));
  });
  addEventListener("beforeunload", (event) => {
    if (running || coming) event.preventDefault();
  });

  // --- sending them ------------------------------------------------------------------------------------------------
  function work() {
    while (!stopped && running < AT_ONCE && queue.waiting.length) {
      const group = next();
      for (const item of group) queue.sending.add(item);
      running += 1;
      (group.length > 1 ? sendTogether(group) : settle(group[0], send(group[0]))).finally(() => {
        running -= 1;
        work();
      });
    }
    show();
    if (!running && !coming) finish();
  }

  // The files that go next: one, or small ones together.
  function next() {
    const group = [queue.waiting.shift()];
    let { size } = group[0];
    while (group[0].size <= SMALL && group.length < TOGETHER && queue.waiting.length) {
      if (queue.waiting[0].size > SMALL || size + queue.waiting[0].size > TOGETHER_BYTES) break;
      size += queue.waiting[0].size;
      group.push(queue.waiting.shift());
    }
    return group;
  }

  async function settle(item, sent) {
    try {
      const answer = await sent;
      if (answer.state === "refused") throw new Refused(answer.reason);
      const { known, document, sign } = answer;
      Object.assign(item, { known, document, sign, reason: answer.notes.join(" ") });
      queue.done.push(item);
    } catch (error) {
      refuse(item, error);
    }
    queue.sending.delete(item);
    show();
  }

  function refuse(item, error) {
    stopped ||= error instanceof SignedOut;
    item.reason = error instanceof SignedOut ? words.signedOut : error instanceof Refused ? error.message : words.unreadable;
    // Dropped again, it is tried again.
    known.delete(mark(item));
    queue.refused.push(item);
  }

  // Raises Refused for what can be seen here already.
  async function check({ file, size }) {
    if (size === 0) throw new Refused(words.empty);
    if (size > limit) {
      throw new Refused(words.tooLarge.replace("{size}", octets(size)).replace("{max}", octets(limit)));
    }
    const head = new TextDecoder("latin1").decode(await file.slice(0, 1024).arrayBuffer());
    if (!head.includes("%PDF-")) throw new Refused(words.notAPdf);
  }

  async function sendTogether(group) {
    const good = [];
    for (const item of group) {
      try {
        await check(item);
        good.push(item);
      } catch (error) {
        await settle(item, Promise.reject(error));
      }
    }
    if (!good.length) return;
    const body = new FormData();
    for (const item of good) {
      item.key ??= crypto.randomUUID();
      body.append("key", item.key);
      body.append("file", item.file);
    }
    let results;
    try {
      ({ results } = await ask(good, "POST", words.together, body));
    } catch (error) {
      // Where it is not said of all of them, each says it for itself: one that was moved meanwhile costs only itself.
      const alone = !(error instanceof Refused || error instanceof SignedOut);
      for (const item of good) await settle(item, alone ? send(item) : Promise.reject(error));
      return;
    }
    await Promise.all(good.map((item, index) => settle(item, goOn(item, results[index]))));
  }

  async function send(item) {
    await check(item);
    const { file } = item;
    const name = await fingerprint(words.firm, item);
    const key = name ? keys.of(name) : crypto.randomUUID();
    const answer = await ask([item], "POST", words.begin, file.slice(0, 1_000_000), {
      "Upload-Key": key,
      "Upload-Length": item.size,
      "Upload-Name": encodeURIComponent(file.name),
    });
    const end = await goOn(item, answer);
    if (name) keys.forget(name);
    return end;
  }

  // Sends what is missing of a file, or waits for its check, until it is here or refused.
  async function goOn(item, answer) {
    while (answer.state === "receiving" || answer.state === "checking") {
      if (answer.state === "checking") {
        await pause(1);
        answer = await ask([item], "GET", answer.address);
        continue;
      }
      const part = item.file.slice(answer.offset, answer.offset + answer.part);
      const next = await ask([item], "PATCH", answer.address, part, { "Upload-Offset": answer.offset });
      answer = { ...answer, ...next };
    }
    return answer;
  }

  // Asks until there is an answer: a lost network, a busy or restarted site are waited for.
  async function ask(group, method, address, body, headers = {}) {
    const tell = (reason) => {
      for (const item of group) item.reason = reason;
      show();
    };
    for (let tries = 0; ; tries += 1) {
      const wait = RETRIES[Math.min(tries, RETRIES.length - 1)];
      let answer;
      try {
        answer = await once(group, method, address, body, headers);
      } catch {
        // Raises what the browser says of a file that is not what was dropped any more.
        for (const { file } of group) await file.slice(0, 1).arrayBuffer();
        tell(words.retrying);
        await Promise.race([pause(wait), new Promise((go) => addEventListener("online", go, { once: true }))]);
        if (method === "PATCH") return ask(group, "GET", address);
        continue;
      }
      tell("");
      const { status, data } = answer;
      if (status === 0 || status === 401 || (status >= 200 && status < 300 && !data)) throw new SignedOut();
      if (status >= 200 && status < 300) return data;
      if (status === 409) return { state: "receiving", offset: data.offset };
      if (status === 429 || status >= 500) {
        tell(data?.reason ?? words.retrying);
        if (status === 507) throw new Refused(data.reason);
        await pause(status === 429 ? Math.random() * 2 + 1 : wait);
        if (method === "PATCH") return ask(group, "GET", address);
        continue;
      }
      // Something in between takes less at once than the site does.
      if (status === 413 && group.length > 1) throw new Error("too large together");
      throw new Refused(data?.reason ?? words.unreadable);
    }
  }

  function once(group, method, address, body, headers) {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      const before = Number(headers["Upload-Offset"] ?? 0);
      request.open(method, address);
      request.setRequestHeader("X-CSRFToken", token);
      if (body && !(body instanceof FormData)) request.setRequestHeader("Content-Type", "application/octet-stream");
      for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, String(value));
      request.upload.addEventListener("progress", ({ loaded, total }) => {
        // Of several files in one request each has its share.
        for (const item of group) item.sent = group.length > 1 ? (item.size * loaded) / total : before + loaded;
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
    const idle = !running && !coming;
    if (!idle && now - last < 150) {
      show.later ??= setTimeout(() => {
        show.later = undefined;
        show();
      }, 160);
      return;
    }
    last = now;
    const [done, refused] = [queue.done.length, queue.refused.length];
    const total = done + refused + queue.sending.size + queue.waiting.length + coming;
    const parts = [words.summary.replace("{done}", number(done)).replace("{total}", number(total))];
    if (refused) parts.push(refused === 1 ? words.refusedOne : words.refusedMany.replace("{n}", number(refused)));
    if (idle && !queue.waiting.length) parts.push(words.finished);
    const line = form.querySelector("[data-queue-summary]");
    const text = parts.join(" · ");
    if (line.textContent !== text) line.textContent = text;
    // Who listens hears how far it is every few seconds, and the end.
    if (idle || now - told > LISTENED) {
      told = now;
      form.querySelector("[data-queue-live]").textContent = text;
    }
    const moving = [...queue.sending].reduce((sum, item) => sum + Math.min(1, item.sent / (item.size || 1)), 0);
    form.querySelector("[data-queue-bar]").value = total ? Math.round((100 * (done + refused + moving)) / total) : 0;
    list();
  }

  // What moves, then everything that was refused; of thousands that wait or are here only some lines, and a number.
  function list() {
    const named = queue.refused.slice(0, MOST_NAMED);
    const waiting = queue.waiting.slice(0, SHOWN);
    const done = queue.done.slice(0, SHOWN - waiting.length);
    form.querySelector("[data-queue-list]").replaceChildren(
      ...[...queue.sending].map((item) => line(item, "sending")),
      ...named.map((item) => written(item, "refused")),
      ...waiting.map((item) => written(item, "waiting")),
      ...done.map((item) => written(item, "done")),
    );
    const more = form.querySelector("[data-queue-more]");
    const unnamed = queue.refused.length - named.length;
    const hidden = queue.waiting.length - waiting.length + coming;
    const others = hidden ? 0 : queue.done.length - done.length;
    const parts = [
      unnamed ? words.moreRefused.replace("{n}", number(unnamed)) : "",
      hidden ? words.more.replace("{n}", number(hidden)) : "",
      others ? words.moreDone.replace("{n}", number(others)) : "",
    ];
    more.textContent = parts.filter(Boolean).join(" · ");
    more.hidden = !more.textContent;
  }

  // A line that does not change any more is made once.
  function written(item, kind) {
    if (item.row?.kind !== kind) item.row = { kind, line: line(item, kind) };
    return item.row.line;
  }

  function line(item, kind) {
    const row = document.createElement("li");
    row.className = `queue-file is-${kind}`;
    const name = document.createElement("span");
    name.className = "queue-name";
    name.textContent = item.path;
    const state = document.createElement("span");
    state.className = "queue-state";
    const percent = Math.min(100, Math.round((100 * item.sent) / (item.size || 1)));
    if (kind === "sending") state.textContent = item.reason || (percent >= 100 ? words.checking : `${percent} %`);
    else if (kind === "waiting") state.textContent = words.waiting;
    else if (kind === "done") state.textContent = item.known ? words.known : words.done;
    else state.textContent = item.reason;
    row.append(name, state);
    if (kind === "done" && item.reason) {
      const note = document.createElement("span");
      note.className = "queue-note";
      note.textContent = item.reason;
      row.append(note);
    }
    if (kind === "done" && item.document) {
      const link = document.createElement("a");
      link.href = item.document;
      link.textContent = words.open;
      link.setAttribute("aria-label", `${words.open} ${item.path}`);
      row.append(link);
    }
    return row;
  }

  function finish() {
    const { done, refused } = queue;
    if (done.length === 1 && !refused.length) {
      location.assign("maySign" in words ? done[0].sign : done[0].document);
      return;
    }
    if (done.length && document.getElementById("documents-list")) {
      globalThis.htmx?.ajax("GET", words.list, { target: "#documents-list", select: "#documents-list", swap: "outerHTML" });
    }
  }
}

// Everything that was dropped, folders opened one after the other, each file with its path.
async function dropped(transfer) {
  const items = [...transfer.items].filter((item) => item.kind === "file");
  // A folder has no type. The others are not asked for: of thousands each costs a look at the disk, while nothing moves.
  const typed = items.filter((item) => item.type).map((item) => item.getAsFile());
  const waiting = items.filter((item) => !item.type).map((item) => item.webkitGetAsEntry?.() ?? item.getAsFile());
  const found = typed.filter(Boolean).map((file) => ({ file, path: file.name }));
  while (waiting.length && found.length <= MOST) {
    const entry = waiting.shift();
    if (!entry) continue;
    if (entry instanceof File) {
      found.push({ file: entry, path: entry.name });
      continue;
    }
    if (entry.isFile) {
      const file = await new Promise((take, give) => entry.file(take, give)).catch(() => null);
      if (file) found.push({ file, path: entry.fullPath.replace(/^\//, "") });
      continue;
    }
    const reader = entry.createReader();
    for (;;) {
      // A reader gives a hundred at a time.
      const some = await new Promise((take) => reader.readEntries(take, () => take([])));
      if (!some.length) break;
      waiting.push(...some);
    }
  }
  return found;
}
