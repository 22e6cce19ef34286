// What can be said and done of the box that is chosen.
export function enhanceChosen(editor) {
  const { form } = editor;
  const find = (name) => form.querySelector(`[data-props-${name}]`);
  const panel = form.querySelector("[data-editor-props]");
  const [title, label, required, recipient, pages, documents, double, remove] = [
    "title", "label", "required", "recipient", "pages", "documents", "double", "remove",
  ].map(find);

  function change(values) {
    if (!editor.chosen) return;
    editor.remember();
    editor.write(editor.chosen, { ...editor.read(editor.chosen), ...values });
    editor.draw(editor.chosen);
    editor.marks();
    editor.saving.soon();
    show();
  }

  function show() {
    panel.hidden = !editor.chosen;
    if (!editor.chosen) return;
    const at = editor.read(editor.chosen);
    title.textContent = `${editor.word(editor.chosen)} · ${editor.people.get(at.recipient)?.dataset.name ?? ""}`;
    label.value = at.label;
    required.checked = at.required;
    recipient.value = at.recipient;
    const signed = at.kind === "signature" || at.kind === "initials";
    find("required-line").hidden = signed;
    label.closest("label").hidden = signed;
    pages.hidden = Boolean(at.existing) || editor.pages.length < 2;
    double.hidden = documents.hidden = Boolean(at.existing);
    if (!documents.dataset.address) documents.hidden = true;
  }

  function there(at, page) {
    const same = (other) =>
      other.page === page && other.kind === at.kind && other.recipient === at.recipient &&
      Math.abs(other.x - at.x) < 1 && Math.abs(other.y - at.y) < 1;
    return editor.all.some((row) => same(editor.read(row)));
  }

  form.addEventListener("paraphe:chosen", show);
  label.addEventListener("change", () => change({ label: label.value }));
  required.addEventListener("change", () => change({ required: required.checked }));
  recipient.addEventListener("change", () => change({ recipient: recipient.value }));
  remove.addEventListener("click", () => editor.remove(editor.chosen));
  double.addEventListener("click", () => editor.double(editor.chosen));
  pages.addEventListener("click", () => {
    const at = editor.read(editor.chosen);
    const added = editor.pages.map((_, index) => index + 1).filter((page) => !there(at, page));
    editor.remember();
    for (const page of added) editor.add({ ...at, page });
    editor.marks();
    editor.say(editor.words.copied.replace("{n}", editor.pages.length));
    editor.saving.soon();
  });
  documents.addEventListener("click", () => everywhere(editor, documents.dataset.address));
  // Keys in these fields are for them, and sending the form is for the buttons below.
  panel.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target === label) {
      event.preventDefault();
      label.blur();
    }
  });
}

// The same place in every other document: they are not on this page, so the site puts it there.
async function everywhere(editor, address) {
  const { form, words, chosen } = editor;
  const sent = new URLSearchParams();
  for (const name of ["csrfmiddlewaretoken", "document"]) sent.append(name, form.elements[name].value);
  for (const input of chosen.querySelectorAll("[name]")) sent.append(input.name, input.value);
  let text = words.failed;
  try {
    const answer = await fetch(address, { method: "POST", body: sent, headers: { "X-Paraphe-Script": "1" } });
    const told = await answer.json();
    text = answer.ok ? words.everywhere.replace("{n}", told.count) : told.error;
    for (const [id, count] of Object.entries(told.kept ?? {})) {
      const tab = document.querySelector(`[data-tab="${id}"] .filter-count`);
      if (tab && id !== form.elements.document.value) tab.textContent = count;
    }
  } catch {
    // Offline, or signed out meanwhile: the sentence says so.
  }
  editor.say(text);
  editor.status.textContent = text;
}
