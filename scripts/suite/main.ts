// The whole suite (`npm test`), or its quick part (`npm run check`, which passes --quick): static
// checks, then the test batches (batches.ts says which run side by side), then one closing line:
// `N passed, N failed`, with `, N skipped` when there were any, and before it once more the tests that failed.
// The exit code agrees with it. Read next: steps.ts, batches.ts, report.ts, tally.ts.

import { type Batch, findBatches } from "./batches.ts";
import { provideAll } from "./provide.ts";
import { failuresOf, skipsOf, withoutPasses } from "./report.ts";
import { run } from "./run.ts";
import { runSteps } from "./steps.ts";
import { add, closingLine, type Tally, tallyOf } from "./tally.ts";

const out = (line: string) => console.log(line);
const heartbeatMs = 30_000;

type BatchResult = { tally: Tally; failures: string[] };

async function runBatch(batch: Batch): Promise<BatchResult> {
  let last = "";
  // A line now and then, so that a machine that watches for silence does not end a long batch.
  const heartbeat = setInterval(
    () => out(`     ${batch.name}: still running; ${last}`),
    heartbeatMs,
  );
  const { code, output, seconds } = await run(
    [process.execPath, "--no-install", "test", "--timeout", "60000", ...batch.files],
    {
      timeoutMs: batch.timeoutMs,
      onLine(line) {
        if (/^\((pass|fail|skip)\)/.test(line)) last = line.slice(0, 100);
      },
    },
  );
  clearInterval(heartbeat);
  const tally = tallyOf(output, code);
  const mark = tally.failed === 0 ? "ok  " : "FAIL";
  out(`${mark} ${batch.name.padEnd(22)} ${seconds.toFixed(1)} s  ${closingLine(tally)}`);
  if (tally.failed > 0) out(withoutPasses(output));
  else if (tally.skipped > 0) out(skipsOf(output));
  const named = failuresOf(output);
  // One that died or was ended has named none.
  const failures = tally.failed > 0 && named.length === 0 ? ["ended badly, see above"] : named;
  return { tally, failures: failures.map((line) => `${batch.name}: ${line}`) };
}

async function main(args: readonly string[]): Promise<number> {
  const isQuick = args.includes("--quick");
  const startedAt = performance.now();
  let total = await runSteps(out);
  const allFailures: string[] = [];
  const batches = findBatches(isQuick);
  if (batches.length === 0) {
    out("FAIL no test files were found");
    total = add(total, { passed: 0, failed: 1, skipped: 0 });
  }
  if (!isQuick) await provideAll(out);
  const runInLanes = async (waiting: Batch[], lanes: number) => {
    const runLane = async () => {
      for (let batch = waiting.shift(); batch !== undefined; batch = waiting.shift()) {
        const { tally, failures } = await runBatch(batch);
        total = add(total, tally);
        allFailures.push(...failures);
      }
    };
    await Promise.all(Array.from({ length: lanes }, runLane));
  };
  const shares = (batch: Batch) => isQuick || !batch.isAlone;
  await runInLanes(batches.filter(shares), 2);
  await runInLanes(
    batches.filter((batch) => !shares(batch)),
    1,
  );
  for (const failure of allFailures) out(failure);
  out(`in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
  out(closingLine(total));
  return total.failed === 0 ? 0 : 1;
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2));
