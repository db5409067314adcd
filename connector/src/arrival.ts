// The address by which a fan comes from the waiting room, taken apart: the admission token, where the
// fan wanted to go, and the address without either. The token is shown once and never stays in the bar.

import { plainPath } from "./decide.ts";

/** Query parameters that the connector understands; they never reach the shop. */
export const arrivalParameters = {
  admission: "usher-admission",
  back: "usher-return",
  /** The browser has been given a nonce and was sent here again. */
  hop: "usher-hop",
} as const;

export type Arrival = {
  readonly token: string | undefined;
  readonly hopped: boolean;
  /** Path and query for the address bar: where the fan wanted to go, else this one without ours. */
  readonly clean: string;
};

const ours: ReadonlySet<string> = new Set(Object.values(arrivalParameters));

export function readArrival(target: string): Arrival {
  const at = target.indexOf("?");
  if (at < 0) return { token: undefined, hopped: false, clean: target };
  const path = target.slice(0, at);
  const query = target.slice(at + 1);
  const parameters = new URLSearchParams(query);
  // What is not ours stays byte for byte: a shop may sign its own addresses.
  const rest = query.split("&").filter((part) => !ours.has(nameOf(part)));
  const here = rest.length > 0 ? `${path}?${rest.join("&")}` : path;
  const wanted = parameters.get(arrivalParameters.back);
  return {
    token: parameters.get(arrivalParameters.admission) ?? undefined,
    hopped: parameters.has(arrivalParameters.hop),
    clean: wanted !== null && isOwnPath(wanted) ? readArrival(wanted).clean : here,
  };
}

/** Only a path of this shop, and only what a header may hold: no open redirect, no header of a stranger's. */
function isOwnPath(text: string): boolean {
  return /^[\x21-\x7e]+$/.test(text) && plainPath(text) !== undefined;
}

function nameOf(part: string): string {
  return new URLSearchParams(part).keys().next().value ?? "";
}
