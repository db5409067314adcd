// The one function that runs scripts: by SHA, with the source where a node has never seen it, and
// never longer than the caller's deadline. Whatever goes wrong on the way is a fault: `hot-store-away`
// (retryable: the same call may be repeated, every script is safe to repeat), `hot-store-full`, or
// `hot-store-busy` when this process already waits for too many calls.
//
// The deadline is ours because the client waits out a failover by itself (connection.ts).

import { Fault } from "../../foundation/fault.ts";
import type { RedisClient } from "./connection.ts";
import { type KeysOf } from "./keys.ts";
import { Reply, type Script } from "./script.ts";

export type Argument = string | number;
export type ScriptCall<Key extends string> = {
  keys: KeysOf<Key>;
  args: readonly Argument[];
  /** Strings of the reply stay bytes. */
  isBinary?: boolean;
};
export type Run = <Key extends string>(
  script: Script<Key>,
  call: ScriptCall<Key>,
) => Promise<Reply>;

/** Calls of one process in flight: beyond it they would only wait past their deadlines. */
const mostInFlight = 20_000;

export function scriptRunner(client: RedisClient, { deadlineMs }: { deadlineMs: number }): Run {
  let inFlight = 0;
  return async (script, { keys, args, isBinary = false }) => {
    if (inFlight >= mostInFlight) {
      throw new Fault("hot-store-busy", `${inFlight} calls wait for Redis already`, {
        retryable: true,
      });
    }
    inFlight++;
    const names = script.keys.map(keys);
    const rest = [names.length, ...names, ...args];
    const call = (command: "evalsha" | "eval", body: string) =>
      isBinary
        ? client.callBuffer(command, [body, ...rest])
        : client.call(command, [body, ...rest]);
    const work = call("evalsha", script.sha).catch((error: unknown) => {
      if (!isNoScript(error)) throw error;
      return call("eval", script.source);
    });
    try {
      return new Reply(await withDeadline(work, deadlineMs));
    } catch (error) {
      throw faultFrom(error, script.name);
    } finally {
      inFlight--;
    }
  };
}

const isNoScript = (error: unknown) =>
  error instanceof Error && error.message.startsWith("NOSCRIPT");

class DeadlinePassed extends Error {}

export async function withDeadline<Value>(work: Promise<Value>, ms: number): Promise<Value> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new DeadlinePassed(`no answer within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** A script that is wrong stays an error as it is: that is a bug, not the world. */
function faultFrom(error: unknown, what: string): unknown {
  const said = error instanceof Error ? error.message : String(error);
  if (error instanceof Fault) return error;
  if (said.startsWith("OOM ")) {
    const says = `Redis is full (${what}). mend: raise maxmemory, or add a shard and move on-sales`;
    return new Fault("hot-store-full", says, { retryable: true, cause: error });
  }
  const isScriptBug =
    /^(ERR|WRONGTYPE)\b/.test(said) && /script|wrong kind|user_script/i.test(said);
  if (isScriptBug) return error;
  return new Fault("hot-store-away", `Redis did not answer (${what}): ${said}`, {
    retryable: true,
    cause: error,
  });
}
