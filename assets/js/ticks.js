// A list of which one ticks several: tick all at once, and see how many are ticked.
export function enhanceTicks(form) {
  const list = form.querySelector("[data-tick-list]") ?? form;
  const boxes = [...list.querySelectorAll('input[type="checkbox"]')];
  const all = form.querySelector("[data-tick-all]");
  const count = form.querySelector("[data-tick-count]");

  function show() {
    const ticked = boxes.filter((box) => box.checked).length;
    const { none, one, many } = count.dataset;
    count.textContent = ticked === 0 ? none : ticked === 1 ? one : many.replace("#", ticked);
  }

  // A field that only one of the choices needs.
  for (const part of form.querySelectorAll("[data-only-for]")) {
    const choice = form.querySelector("select");
    const follow = () => (part.hidden = !part.dataset.onlyFor.split(" ").includes(choice.value));
    choice.addEventListener("change", follow);
    follow();
  }

  all.hidden = false;
  all.addEventListener("click", () => {
    const tick = boxes.some((box) => !box.checked);
    for (const box of boxes) box.checked = tick;
    show();
  });
  form.addEventListener("change", show);
  show();
}
