// The one-time code: digits only, how long it is valid, when another one may be asked for. The remaining seconds come
// from the server, because the clock of the visitor may be wrong.
const PACE = 1000;

function minutes(seconds) {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

export function enhanceCode(box) {
  const input = box.querySelector("input.code-field");
  const state = box.querySelector("[data-code-state]");
  const resend = [...document.querySelectorAll("[data-resend]")];
  const began = performance.now();
  const left = (name) => {
    if (!(name in box.dataset)) return null;
    return Math.max(0, Math.ceil(Number(box.dataset[name]) - (performance.now() - began) / PACE));
  };

  input.addEventListener("input", () => {
    const digits = input.value.replace(/\D/g, "").slice(0, 6);
    if (digits !== input.value) input.value = digits;
  });
  for (const button of resend) button.dataset.label = button.textContent.trim();

  function tell() {
    const valid = left("expiresIn");
    const wait = left("resendIn") ?? 0;
    if (valid !== null) {
      if (valid === 0) state.setAttribute("aria-live", "polite");
      box.classList.toggle("is-over", valid === 0);
      const words = valid ? box.dataset.left.replace("{t}", minutes(valid)) : box.dataset.expired;
      if (state.textContent !== words) state.textContent = words;
    }
    for (const button of resend) {
      button.disabled = wait > 0;
      const suffix = wait > 0 ? ` (${box.dataset.wait.replace("{s}", wait)})` : "";
      button.textContent = button.dataset.label + suffix;
    }
    if ((valid === null || valid === 0) && wait === 0) clearInterval(clock);
  }
  const clock = setInterval(tell, PACE);
  tell();
}
