// The thread that reads a plan: files in, outcome out, once. See import-plan.ts.

import { importVenue } from "../../../domain/seating/import/detect.ts";
import type { SourceFile } from "../../../domain/seating/import/outcome.ts";

declare const self: Worker;

self.onmessage = ({ data: files }: MessageEvent<readonly SourceFile[]>) => {
  self.postMessage(importVenue(files));
};
