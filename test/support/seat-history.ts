// What the history of the seats says about S2, S11 and S12: a list of broken promises, empty when all
// is well. Reads seat_history only, which a trigger writes, so no store can embellish it.

import pg from "pg";

type HistoryRow = {
  performance_id: string;
  seat: number;
  at: string;
  was: string | null;
  state: string;
  fence: string;
  owner: string | null;
  deadline: string | null;
};

export async function brokenSeatPromises(connectionString: string): Promise<string[]> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    const { rows } = await client.query<HistoryRow>(
      "select * from seat_history order by performance_id, seat, id",
    );
    if (rows.length === 0) return ["the history is empty: nothing was checked"];
    return rows.flatMap((row, at) => {
      const before = rows[at - 1];
      const isFirst = before?.seat !== row.seat || before.performance_id !== row.performance_id;
      return isFirst ? checkFirst(row) : checkNext(before, row);
    });
  } finally {
    await client.end();
  }
}

function checkFirst(row: HistoryRow): string[] {
  return row.was === null ? [] : [`seat ${row.seat}: its first row says it was ${row.was}`];
}

function checkNext(before: HistoryRow, row: HistoryRow): string[] {
  const broken: string[] = [];
  if (row.was !== before.state) {
    broken.push(`seat ${row.seat}: was ${row.was}, but the row before says ${before.state}`);
  }
  if (Number(row.fence) <= Number(before.fence)) {
    broken.push(`S11 seat ${row.seat}: fence ${row.fence} after ${before.fence}`);
  }
  const changesHands = row.owner !== null && before.owner !== null && row.owner !== before.owner;
  const lapsed = before.state === "held" && Number(before.deadline) <= Number(row.at);
  if (changesHands && before.state !== "free" && !lapsed) {
    broken.push(`S2 seat ${row.seat}: ${before.state} by ${before.owner}, then by ${row.owner}`);
  }
  return broken;
}
