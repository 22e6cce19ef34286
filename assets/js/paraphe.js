// Every page works without these scripts; each module makes one component nicer where it finds it.
import { enhanceCode } from "./code.js";
import { enhanceDialogs } from "./dialog.js";
import { enhanceWith } from "./enhancing.js";
import { guardForms } from "./forms.js";
import { enhanceInk } from "./ink.js";
import { enhanceMenu } from "./menu.js";
import { enhancePages } from "./pages.js";
import { enhancePasskey } from "./passkey.js";
import { enhancePlacer } from "./placer.js";
import { enhanceScroll } from "./scroll.js";
import { enhanceTheme } from "./theme.js";
import { enhanceTicks } from "./ticks.js";
import { enhanceUpload } from "./upload.js";

enhanceWith([
  ["[data-theme-switch]", enhanceTheme],
  ["details.menu", enhanceMenu],
  [".table-responsive", enhanceScroll],
  ["[data-pages-viewer]", enhancePages],
  ["[data-box-placer]", enhancePlacer],
  ["[data-code-input]", enhanceCode],
  ["form[data-passkey]", enhancePasskey],
  ["form[data-ticks]", enhanceTicks],
  ["[data-upload]", enhanceUpload],
  ["[data-ink]", enhanceInk],
]);
enhanceDialogs(document);
guardForms(document);
