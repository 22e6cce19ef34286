// Sends what changed a moment later, one request after the other. The page names itself and counts what it sends: a
// request whose answer was lost is known as its own, so that it never meets itself as somebody else.
const PATIENCE = 700;
const TIMEOUT = 20_000;
const PAUSES = [2_000, 5_000, 15_000];

export class Saving {
  constructor(form, status) {
    this.form = form;
    this.status = status;
    this.words = form.dataset;
    this.sending = null;
    this.leaving = false;
    this.stale = false;
    this.lost = 0;
    const { elements } = form;
    elements.writer.value = writer();
    elements.turn.value = "0";
    form.addEventListener("submit", (event) => this.leave(event));
    addEventListener("online", () => this.lost && this.soon(0));
  }

  soon(wait = PATIENCE) {
    // Somebody else saved meanwhile: sending again would change nothing, and the sentence stays.
    if (this.stale) return;
    clearTimeout(this.timer);
    if (!this.lost) this.status.textContent = this.words.saving;
    this.timer = setTimeout(() => this.now(), wait);
  }

  now() {
    const turn = Promise.resolve(this.sending)
      .then(() => this.send())
      .then(() => {
        if (this.sending === turn) this.sending = null;
      });
    this.sending = turn;
    return turn;
  }

  async send() {
    if (this.stale) return;
    const { elements } = this.form;
    elements.turn.value = String(Number(elements.turn.value) + 1);
    let answer, told;
    try {
      answer = await fetch(this.form.action, {
        method: "POST",
        body: new URLSearchParams(new FormData(this.form)),
        headers: { "X-Paraphe-Script": "1" },
        signal: AbortSignal.timeout(TIMEOUT),
      });
      told = await answer.json();
    } catch {
      // Offline, or signed out meanwhile: said, and tried again.
      this.tell(this.words.failed, true);
      this.timer = setTimeout(() => this.now(), PAUSES[Math.min(this.lost, PAUSES.length - 1)]);
      this.lost += 1;
      return;
    }
    this.lost = 0;
    this.stale = answer.status === 409;
    if (answer.ok) elements.state.value = told.state;
    this.tell(answer.ok ? this.words.saved : told.error || this.words.failed, !answer.ok);
    if (this.stale) this.status.append(" ", this.again());
  }

  tell(text, wrong) {
    this.status.textContent = text;
    this.status.classList.toggle("field-error", wrong);
  }

  again() {
    const link = document.createElement("a");
    link.href = location.href;
    link.textContent = this.words.again;
    return link;
  }

  // The buttons below wait for what is on its way: it changes what they send.
  async leave(event) {
    clearTimeout(this.timer);
    if (!this.sending) {
      this.count();
      return;
    }
    event.preventDefault();
    if (this.leaving) return;
    this.leaving = true;
    await this.sending;
    clearTimeout(this.timer);
    this.leaving = false;
    this.form.requestSubmit(event.submitter);
  }

  count() {
    const { turn } = this.form.elements;
    turn.value = String(Number(turn.value) + 1);
  }
}

// Not a secret, only unlikely to be another's; pages without TLS have no randomUUID.
function writer() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((one) => one.toString(16).padStart(2, "0")).join("");
}
