// The processes of fans, as one: every one is given its order, and all reports are waited for.

import { join } from "node:path";
import type { Order, Report } from "./fans.ts";

export type Crew = {
  each(order: (nth: number) => Order): Promise<Report[]>;
  end(): Promise<void>;
};

export async function startCrew(count: number): Promise<Crew> {
  const waiting: { resolve: (report: Report) => void; reject: (error: Error) => void }[] = [];
  const children = Array.from({ length: count }, (_, nth) =>
    Bun.spawn([process.execPath, "--smol", join(import.meta.dir, "fans.ts")], {
      stdout: "inherit",
      stderr: "inherit",
      ipc(message: Report | { failed: string }) {
        if ("failed" in message) waiting[nth]?.reject(new Error(`fans ${nth}: ${message.failed}`));
        else waiting[nth]?.resolve(message);
      },
      onExit(_, code) {
        waiting[nth]?.reject(new Error(`fans ${nth} ended with ${code}`));
      },
    }),
  );
  return {
    each: (order) =>
      Promise.all(
        children.map((child, nth) => {
          const report = new Promise<Report>((resolve, reject) => {
            waiting[nth] = { resolve, reject };
          });
          child.send(order(nth));
          return report;
        }),
      ),
    async end() {
      for (const child of children) child.kill();
      await Promise.all(children.map((child) => child.exited));
    },
  };
}
