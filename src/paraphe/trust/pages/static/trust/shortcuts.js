// Keys of the decision form: they only move and tick what is on the page, and can be switched off (WCAG 2.1.4).
const STORED = "paraphe-officer-shortcuts";

function inField(element) {
  return element.closest("input:not([type=checkbox]), select, textarea, [contenteditable]") !== null;
}

function listen(form) {
  const box = document.querySelector("[data-shortcuts-switch]");
  const wanted = box?.querySelector("input");
  if (!box || !wanted) return;
  box.hidden = false;
  wanted.checked = localStorage.getItem(STORED) !== "off";
  wanted.addEventListener("change", () => localStorage.setItem(STORED, wanted.checked ? "on" : "off"));
  const points = [...form.querySelectorAll("input[name=checklist]")];
  document.addEventListener("keydown", (event) => {
    if (!wanted.checked || event.ctrlKey || event.altKey || event.metaKey || inField(event.target)) return;
    const key = event.key.toLowerCase();
    const point = points[Number(key) - 1];
    if (point) {
      point.checked = !point.checked;
      point.focus();
    } else if (key === "a") form.querySelector("button[value=approve]").focus();
    else if (key === "r") form.elements.retake.focus();
    else if (key === "x") form.elements.refusal.focus();
    else return;
    event.preventDefault();
  });
}

document.querySelectorAll("form[data-shortcuts]").forEach(listen);
