// What the fans of a peak ask, as text that is ready to be sent, and what of the answers counts as done.
// A hold of seats that somebody has is answered by "taken", which is the right answer, and a join is done
// with its number: two requests, the second with the challenge that was the first answer.

import type { OnSaleId } from "../../src/foundation/ids.ts";
import { pathTo } from "../../src/wire/routes.ts";
import type { Connections } from "./connections.ts";
import type { Outcome } from "./tally.ts";

export const kinds = ["status", "join", "hold", "order"] as const;
export type Kind = (typeof kinds)[number];

export type Cast = {
  onSaleId: OnSaleId;
  /** Queue tokens of those who wait. */
  bearers: readonly string[];
  /** Cookies of those who are in the shop, each with a free seat of its own to take. */
  buyers: readonly { cookie: string; seat: number }[];
  /** Cookies of those who ask for seats that somebody has. */
  late: readonly string[];
  takenSeats: readonly number[];
  paymentMethod: string;
};
type Done = (outcome: Outcome) => void;
export type Ask = (since: number, done: Done) => void;

/** Of three holds one takes a seat: as many as orders follow. */
const holdsPerBuyer = 3;
const holdsAheadAtOnce = 32;

export function requestsOf(
  cast: Cast,
  { gateway, shop }: { gateway: Connections; shop: Connections },
): Record<Kind, Ask> & { holdAhead(count: number): Promise<void> } {
  const { onSaleId, late } = cast;
  const buyers = [...cast.buyers];
  const run = Date.now().toString(36);
  const get = (path: string, header: string) =>
    `GET ${path} HTTP/1.1\r\nHost: h\r\n${header}\r\n\r\n`;
  const post = (path: string, body: string, headers = "") =>
    `POST ${path} HTTP/1.1\r\nHost: h\r\n${headers}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
  const keyed = (cookie: string, nth: number) =>
    `Content-Type: application/json\r\nCookie: ${cookie}\r\nIdempotency-Key: ${run}-${nth}-key\r\n`;

  const statusPath = pathTo("status", { onSaleId });
  const polls = cast.bearers.map((token) => get(statusPath, `Authorization: Bearer ${token}`));
  const [joinPath, holdsPath] = [pathTo("join", { onSaleId }), pathTo("holds", { onSaleId })];
  const ordersPath = pathTo("orders", { onSaleId });
  const [taken, buyer] = [
    JSON.stringify({ seats: cast.takenSeats }),
    { name: "김서연", email: "fan@example.test", locale: "ko" },
  ];
  const held: { cookie: string; holdId: string }[] = [];
  const next = { poll: 0, join: 0, hold: 0, late: 0, key: 0 };

  const holdOwn = (since: number, done: Done) => {
    const one = buyers.shift();
    if (one === undefined) {
      done("idle");
      return;
    }
    const { cookie, seat } = one;
    const request = () => post(holdsPath, `{"seats":[${seat}]}`, keyed(cookie, next.key++));
    shop.ask(request, since, (status, answer) => {
      const holdId = /"holdId":"([^"]+)"/.exec(answer)?.[1];
      if (status === 201 && holdId !== undefined) held.push({ cookie, holdId });
      else if (isUndone(status)) buyers.push(one);
      done(outcomeOf(status, status === 201));
    });
  };

  return {
    async holdAhead(count) {
      let left = count;
      const lane = async () => {
        while (left-- > 0) {
          const outcome = await new Promise<Outcome>((done) => holdOwn(performance.now(), done));
          if (outcome !== "done") throw new Error(`a hold ahead of the run: ${outcome}`);
        }
      };
      await Promise.all(Array.from({ length: holdsAheadAtOnce }, lane));
    },
    status(since, done) {
      const request = polls[next.poll++ % polls.length] as string;
      gateway.ask(request, since, (status) => done(outcomeOf(status, status === 200)));
    },
    join(since, done) {
      const nth = next.join++;
      const entryId = () => `qe_${run}j${nth}`.padEnd(25, "0");
      const request = () => post(joinPath, `{"entryId":"${entryId()}"}`);
      gateway.ask(request, since, (status, answer) => {
        const challenge = /"challenge":"([^"]+)"/.exec(answer)?.[1];
        if (challenge === undefined) return done(outcomeOf(status, false));
        const body = `{"entryId":"${entryId()}","challenge":"${challenge}"}`;
        const answered = (second: number, place: string) =>
          done(outcomeOf(second, place.includes('"queueToken"')));
        return { request: post(joinPath, body), answered };
      });
    },
    hold(since, done) {
      if (next.hold++ % holdsPerBuyer === 0) {
        holdOwn(since, done);
        return;
      }
      const cookie = late[next.late++ % late.length] as string;
      const request = () => post(holdsPath, taken, keyed(cookie, next.key++));
      shop.ask(request, since, (status, answer) =>
        done(outcomeOf(status, status === 409 && answer.includes('"seats-taken"'))),
      );
    },
    order(since, done) {
      const own = held.shift();
      if (own === undefined) {
        done("idle");
        return;
      }
      const { cookie, holdId } = own;
      const request = () => {
        const body = JSON.stringify({ holdId, buyer, paymentMethod: cast.paymentMethod });
        return post(ordersPath, body, keyed(cookie, next.key++));
      };
      shop.ask(request, since, (status) => {
        if (isUndone(status)) held.push(own);
        done(outcomeOf(status, status === 202));
      });
    },
  };
}

/** Refused at the door or never sent: the same fan may ask it again. */
const isUndone = (status: number) => status === 503 || status === 429 || status === -1;

function outcomeOf(status: number, isDone: boolean): Outcome {
  if (isDone) return "done";
  if (status === -1) return "unsent";
  return status === 503 || status === 429 ? "refused" : "failed";
}
