// The processes of fans, as one: every one is given its order, and all reports are waited for. They start
// a few at a time: all at once they would take the machine from the servers that are asked meanwhile.

import { join } from "node:path";
import type { Order, Report } from "./fans.ts";

export type Crew = {
  each(order: (nth: number) => Order): Promise<Report[]>;
  end(): Promise<void>;
};

type Message = Report | { failed: string } | { ready: true };
type Member = { send(order: Order): Promise<Report>; end(): Promise<unknown> };

const startsAtOnce = 4;

export async function startCrew(count: number): Promise<Crew> {
  const members: Member[] = [];
  const end = async () => {
    await Promise.all(members.map((member) => member.end()));
  };
  let next = 0;
  const lane = async () => {
    while (next < count) members.push(await startMember(next++));
  };
  await Promise.all(Array.from({ length: Math.min(startsAtOnce, count) }, lane)).catch(
    async (error: unknown) => {
      await end();
      throw error;
    },
  );
  return {
    each: (order) => Promise.all(members.map((member, nth) => member.send(order(nth)))),
    end,
  };
}

async function startMember(nth: number): Promise<Member> {
  const ready = Promise.withResolvers<void>();
  let waiting: PromiseWithResolvers<Report> | undefined;
  const fail = (why: string) => {
    const error = new Error(`fans ${nth}${why}`);
    ready.reject(error);
    waiting?.reject(error);
  };
  const child = Bun.spawn([process.execPath, "--smol", join(import.meta.dir, "fans.ts")], {
    stdout: "inherit",
    stderr: "inherit",
    ipc(message: Message) {
      if ("ready" in message) ready.resolve();
      else if ("failed" in message) fail(`: ${message.failed}`);
      else waiting?.resolve(message);
    },
    onExit: (_, code) => fail(` ended with ${code}`),
  });
  await ready.promise;
  return {
    send(order) {
      waiting = Promise.withResolvers<Report>();
      child.send(order);
      return waiting.promise;
    },
    async end() {
      child.kill();
      await child.exited;
    },
  };
}
