// The plain page's style: the design tokens and its own few rules, read once, with the hash that lets
// exactly this style pass the Content-Security-Policy.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

export const plainStyle = ["tokens.css", "plain.css"]
  .map((file) => readFileSync(join(import.meta.dir, file), "utf8"))
  .join("")
  .replace(/\/\*[^]*?\*\//g, "")
  .replace(/\s+/g, " ");

/** For the page's Content-Security-Policy: `style-src ${plainStyleSource}`. */
export const plainStyleSource = `'sha256-${createHash("sha256").update(plainStyle).digest("base64")}'`;
