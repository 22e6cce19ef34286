// Confirmation by <dialog>. A form with data-confirm="id" asks first; without script it is simply sent.
// A button with data-dialog-open="id" opens a dialog and receives "paraphe:confirmed" when it is confirmed.
export function enhanceDialogs(root) {
  let waiting = null;

  function open(id, confirmed) {
    const dialog = document.getElementById(id);
    if (!(dialog instanceof HTMLDialogElement)) return false;
    waiting = confirmed;
    dialog.showModal();
    return true;
  }

  // Before the guard against sending twice: a form that waits for an answer is not on its way yet.
  root.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.dataset.confirm || form.dataset.confirmed) {
      delete form.dataset.confirmed;
      return;
    }
    const { submitter } = event;
    const opened = open(form.dataset.confirm, () => {
      form.dataset.confirmed = "yes";
      form.requestSubmit(submitter);
    });
    if (opened) event.preventDefault();
  });
  root.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-dialog-open]");
    if (opener) {
      open(opener.dataset.dialogOpen, () => opener.dispatchEvent(new CustomEvent("paraphe:confirmed", { bubbles: true })));
      return;
    }
    const dialog = event.target.closest("dialog");
    if (!dialog) return;
    if (event.target.closest("[data-dialog-confirm]")) {
      const confirmed = waiting;
      dialog.close();
      confirmed?.();
    } else if (event.target.closest("[data-dialog-cancel]") || event.target === dialog) {
      dialog.close();
    }
  });
}
