// For the one page on which boxes are placed.
import { enhanceWith } from "./enhancing.js";
import { enhanceFields } from "./fields.js";

enhanceWith([["[data-field-editor]", enhanceFields]]);
