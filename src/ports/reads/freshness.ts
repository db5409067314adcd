// How fresh a read must be. Where a port's read takes a Freshness, the caller says which one it is; where
// it takes none, it is `now`.
//
//   now        asked of the primary. The default, and the only one for a read that decides a write:
//              a hold, an order, money, a phase.
//   mayLag     a replica may answer, some seconds behind. For what is only shown.
//   asOf(p)    a replica may answer once it has replayed the log up to `p`: the reader sees its own
//              writes. Without a position, nobody knows what the reader has written: `now`.

/** A place in PostgreSQL's log, as the server writes it: "16/B374D848". It only grows. */
export type LogPosition = string & { readonly brand: "log-position" };

export type Freshness =
  | { readonly kind: "now" }
  | { readonly kind: "may-lag" }
  | { readonly kind: "as-of"; readonly position: LogPosition };

export const now: Freshness = { kind: "now" };
export const mayLag: Freshness = { kind: "may-lag" };

export function asOf(position: LogPosition | undefined): Freshness {
  return position === undefined ? now : { kind: "as-of", position };
}

/** undefined for anything else: it comes back from a browser. */
export function parseLogPosition(text: string | undefined): LogPosition | undefined {
  if (text === undefined || !/^[0-9A-F]{1,8}\/[0-9A-F]{1,8}$/.test(text)) return undefined;
  return text as LogPosition;
}

/** For comparing: bytes since the log began. */
export function bytesOf(position: LogPosition): bigint {
  const [high = "0", low = "0"] = position.split("/");
  return (BigInt(`0x${high}`) << 32n) + BigInt(`0x${low}`);
}
