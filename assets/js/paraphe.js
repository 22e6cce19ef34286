// Every page works without these scripts; each module makes one component nicer where it finds it.
import { enhanceBatchUpload } from "./batch.js";
import { enhanceCode } from "./code.js";
import { enhanceDialogs } from "./dialog.js";
import { enhanceFields } from "./fields.js";
import { guardForms } from "./forms.js";
import { enhanceInk } from "./ink.js";
import { enhanceMenu } from "./menu.js";
import { enhanceOrder } from "./order.js";
import { enhancePages } from "./pages.js";
import { enhancePasskey } from "./passkey.js";
import { enhancePlacer } from "./placer.js";
import { enhanceQueue } from "./queue.js";
import { enhanceScroll } from "./scroll.js";
import { enhanceTheme } from "./theme.js";
import { enhanceTicks } from "./ticks.js";
import { enhanceUpload } from "./upload.js";

const COMPONENTS = [
  ["[data-theme-switch]", enhanceTheme],
  ["details.menu", enhanceMenu],
  [".table-responsive", enhanceScroll],
  ["[data-pages-viewer]", enhancePages],
  ["[data-box-placer]", enhancePlacer],
  ["[data-field-editor]", enhanceFields],
  ["[data-order]", enhanceOrder],
  ["[data-code-input]", enhanceCode],
  ["form[data-passkey]", enhancePasskey],
  ["form[data-ticks]", enhanceTicks],
  ["[data-upload]", enhanceUpload],
  ["form[data-queue]", enhanceQueue],
  ["[data-ink]", enhanceInk],
  ["form[data-batch-upload]", enhanceBatchUpload],
];
const done = new WeakSet();

function enhance(root) {
  for (const [selector, start] of COMPONENTS) {
    const found = [...root.querySelectorAll(selector)];
    if (root.matches?.(selector)) found.unshift(root);
    for (const element of found) {
      if (done.has(element)) continue;
      done.add(element);
      start(element);
    }
  }
}

enhance(document);
enhanceDialogs(document);
guardForms(document);
// Parts that arrive later: polled by htmx, or put in place after an upload.
document.addEventListener("htmx:load", (event) => enhance(event.detail.elt));
document.addEventListener("paraphe:replaced", () => enhance(document));
