// The list of checks. To add one: a file in checks/ that exports a Check, and a row here.

import { arrows } from "./checks/arrows.ts";
import { browserReach } from "./checks/browser-reach.ts";
import { comments } from "./checks/comments.ts";
import { decisions } from "./checks/decisions.ts";
import { folders } from "./checks/folders.ts";
import { glossary } from "./checks/glossary.ts";
import { headers } from "./checks/headers.ts";
import { invariants } from "./checks/invariants.ts";
import { leaks } from "./checks/leaks.ts";
import { links } from "./checks/links.ts";
import { migrations } from "./checks/migrations.ts";
import { names } from "./checks/names.ts";
import { purity } from "./checks/purity.ts";
import { scripts } from "./checks/scripts.ts";
import { sizes } from "./checks/sizes.ts";
import { sql } from "./checks/sql.ts";
import type { Check } from "./project.ts";

export const checks: readonly Check[] = [
  arrows,
  browserReach,
  purity,
  sizes,
  folders,
  headers,
  names,
  glossary,
  comments,
  sql,
  migrations,
  scripts,
  leaks,
  links,
  decisions,
  invariants,
];
