// For the pages on which documents are brought and collections prepared; a client on a telephone never loads it.
import { enhanceBatchUpload } from "./batch.js";
import { enhanceWith } from "./enhancing.js";
import { enhanceOrder } from "./order.js";
import { enhanceQueue } from "./queue.js";

enhanceWith([
  ["[data-order]", enhanceOrder],
  ["form[data-queue]", enhanceQueue],
  ["form[data-batch-upload]", enhanceBatchUpload],
]);
