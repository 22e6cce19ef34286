// A file: dropped or chosen, weighed before it is sent, shown, and sent with its progress.
import { octets } from "./octets.js";

const REPLACED = { replaced: true };

export function enhanceUpload(root) {
  const input = root.querySelector('input[type="file"]');
  const zone = root.querySelector("[data-drop-zone]");
  const preview = root.querySelector("[data-drop-preview]");
  const chosen = root.querySelector("[data-drop-chosen]");
  const error = root.querySelector("[data-upload-error]");
  const limit = Number(root.dataset.maxBytes) || Infinity;
  zone.classList.add("is-enhanced");

  function complain(words) {
    error.textContent = words;
    error.hidden = !words;
    root.classList.toggle("is-invalid", Boolean(words));
  }

  function show() {
    const [file] = input.files;
    if (preview.src) URL.revokeObjectURL(preview.src);
    preview.removeAttribute("src");
    preview.hidden = true;
    const total = [...input.files].reduce((sum, one) => sum + one.size, 0);
    const words = input.files.length > 1 ? root.dataset.chosenMany : root.dataset.chosen;
    chosen.textContent = file
      ? words.replace("{name}", file.name).replace("{n}", input.files.length).replace("{size}", octets(total))
      : "";
    complain("");
    if (!file) return;
    if (file.size > limit) {
      complain(root.dataset.tooLarge.replace("{size}", octets(file.size)).replace("{max}", octets(limit)));
    }
    if (file.type.startsWith("image/")) {
      preview.src = URL.createObjectURL(file);
      preview.hidden = false;
      preview.addEventListener("error", () => (preview.hidden = true), { once: true });
    }
  }

  input.addEventListener("change", show);
  for (const name of ["dragenter", "dragover"]) zone.addEventListener(name, () => zone.classList.add("is-over"));
  for (const name of ["dragleave", "drop"]) zone.addEventListener(name, () => zone.classList.remove("is-over"));
  input.form?.addEventListener("submit", (event) => {
    if (event.defaultPrevented || !input.files.length) return;
    event.preventDefault();
    if (input.files[0].size > limit) {
      input.focus();
      return;
    }
    send(root, input.form, event.submitter, complain);
  });
}

function send(root, form, submitter, complain) {
  if (form.dataset.sending) return;
  form.dataset.sending = "yes";
  const line = root.querySelector("[data-upload-progress]");
  const bar = line.querySelector("progress");
  const state = line.querySelector("[data-upload-state]");
  const request = new XMLHttpRequest();
  line.hidden = false;
  submitter?.setAttribute("aria-busy", "true");
  request.upload.addEventListener("progress", (event) => {
    if (!event.lengthComputable) return;
    bar.value = Math.round((100 * event.loaded) / event.total);
    state.textContent = bar.value === 100 ? root.dataset.checking : `${root.dataset.sending.replace("{p}", bar.value)} %`;
  });
  const end = () => {
    delete form.dataset.sending;
    line.hidden = true;
    submitter?.removeAttribute("aria-busy");
  };
  request.addEventListener("error", () => {
    end();
    complain(root.dataset.failed);
  });
  request.addEventListener("load", () => {
    end();
    replace(request.responseText, request.responseURL);
  });
  request.open("POST", form.action);
  request.send(new FormData(form, submitter));
}

// Puts the answered page in place, rather than asking for it a second time: its messages are shown once only.
function replace(html, address) {
  const answer = new DOMParser().parseFromString(html, "text/html");
  if (address !== location.href) {
    history.replaceState(REPLACED, "");
    history.pushState(REPLACED, "", address);
  }
  document.title = answer.title;
  const known = new Set([...document.querySelectorAll('link[rel="stylesheet"]')].map((link) => link.href));
  for (const link of answer.querySelectorAll('head link[rel="stylesheet"]')) {
    if (!known.has(link.href)) document.head.append(document.importNode(link, true));
  }
  document.body.replaceWith(document.adoptNode(answer.body));
  globalThis.htmx?.process(document.body);
  document.dispatchEvent(new CustomEvent("paraphe:replaced"));
  scrollTo(0, 0);
  document.getElementById("main")?.focus({ preventScroll: true });
}
// Going back to or from a page put in place loads it anew. (A link within a page is a "popstate" too, without our mark.)
addEventListener("popstate", (event) => {
  if (event.state?.replaced) location.reload();
});
