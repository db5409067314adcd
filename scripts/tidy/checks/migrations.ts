// Migrations are numbered from 1 without a gap, and no number twice: two branches that each add the next
// one are found when they meet, not when an installation is started.

import type { Check, Finding, Project } from "../project.ts";

const folder = "src/stores/postgres/migrations/";

function find(project: Project): Finding[] {
  const files = [...project]
    .map(([path]) => path)
    .filter((path) => path.startsWith(folder) && path.endsWith(".sql"))
    .sort();
  return files.flatMap((file, at) => {
    const wanted = String(at + 1).padStart(4, "0");
    const number = file.slice(folder.length).split("-")[0];
    return number === wanted ? [] : [{ file, says: `its number should be ${wanted}` }];
  });
}

export const migrations: Check = {
  name: "migrations",
  find,
  bad: [
    { [`${folder}0001-a.sql`]: "", [`${folder}0003-c.sql`]: "" },
    { [`${folder}0001-a.sql`]: "", [`${folder}0001-b.sql`]: "" },
  ],
  good: { [`${folder}0001-a.sql`]: "", [`${folder}0002-b.sql`]: "" },
};
