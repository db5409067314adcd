import { Fault } from "../../../foundation/fault.ts";

/** More than any installation has; a list must not grow without a bound. */
export const listLimit = 1_000;

export function unknown(what: "plan" | "performance" | "on-sale", id: string): Fault {
  return new Fault(`${what}-unknown`, `there is no ${what} ${id}`, { detail: { id } });
}
