// Who may stand in line, over HTTP: presale codes and the word of a shop of one's own, with and without
// JavaScript.

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { commandSecretOf } from "../../../connector/src/origin/origin-key.ts";
import { signIdentity } from "../../../connector/src/origin/identity.ts";
import {
  type GatewayUnderTest,
  gatewayUnderTest,
} from "../../../test/support/gateway-under-test.ts";
import { writePresaleCode } from "../../domain/waiting-room/presale-code.ts";
import { type EntryId, newId } from "../../foundation/ids.ts";
import type { Frontier, JoinBody, Joined } from "../../wire/contract.ts";
import { joinPlace } from "../../wire/join-place.ts";
import type { Problem } from "../../wire/problems.ts";
import { pathTo } from "../../wire/routes.ts";

type Answer = { status: number; body: Joined & Problem };

const addressOf = (gateway: GatewayUnderTest, route: "frontier" | "join" | "plain") =>
  gateway.url + pathTo(route, { onSaleId: gateway.onSale.onSaleId });

async function started(settings: Parameters<typeof gatewayUnderTest>[2]) {
  const gateway = await gatewayUnderTest(600_000, {}, settings);
  const phase = async () =>
    ((await (await fetch(addressOf(gateway, "frontier"))).json()) as Frontier).phase;
  while ((await phase()) !== "pre-queue") await Bun.sleep(20);
  return gateway;
}

const joinerAt =
  (gateway: GatewayUnderTest) =>
  (proof: Pick<JoinBody, "code" | "identity">, entryId: EntryId = newId("entry")) =>
    joinPlace({ entryId }, async (body): Promise<Answer> => {
      const init = { method: "POST", body: JSON.stringify({ ...body, ...proof }) };
      const answer = await fetch(addressOf(gateway, "join"), init);
      return { status: answer.status, body: (await answer.json()) as Answer["body"] };
    });

describe("an on-sale that asks for a presale code", () => {
  let gateway: GatewayUnderTest;
  let join: ReturnType<typeof joinerAt>;
  beforeAll(async () => {
    gateway = await started({ joinProof: "presale-code" });
    join = joinerAt(gateway);
  }, 60_000);
  afterAll(() => gateway?.close());

  const codeOf = async (number: number, places = 1, onSaleId = gateway.onSale.onSaleId) => {
    const [key] = await gateway.stores.keys.sealing("queue-token");
    return writePresaleCode(key, onSaleId, { batch: 1, number, places });
  };

  test("without a code there is not even a challenge; slips and wrong codes are told apart", async () => {
    const codes = [undefined, "", "HELLO", await codeOf(0, 1, newId("on-sale"))];
    const answers = await Promise.all(codes.map((code) => join({ code })));
    expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
      [403, "presale-code-needed"],
      [403, "presale-code-needed"],
      [422, "presale-code-mistyped"],
      [403, "presale-code-wrong"],
    ]);
    expect(answers[3]?.body.title).toContain("not a code of this sale");
  });

  test("a slip is told at the first ask, before anybody works for a challenge", async () => {
    const slip = (await codeOf(9)).replace(/.$/, (last) => (last === "0" ? "1" : "0"));
    for (const [code, status] of [
      [slip, 422],
      [await codeOf(9), 200],
    ] as const) {
      const body = JSON.stringify({ entryId: newId("entry"), code });
      const answer = await fetch(addressOf(gateway, "join"), { method: "POST", body });
      expect(answer.status).toBe(status);
    }
  });

  test("one code is one place, on every device; another code is another", async () => {
    const code = await codeOf(1);
    const first = await join({ code });
    const again = await join({ code: code.toLowerCase().replaceAll("-", " ") });
    expect(first.body).toMatchObject({ known: false });
    const { entryId, index } = first.body;
    expect(again.body).toMatchObject({ known: true, entryId, index });
    const other = await join({ code: await codeOf(2) });
    expect(other.body).toMatchObject({ known: false, index: index + 1 });
  });

  test("a code with three places gives three, and says then that it is used up", async () => {
    const code = await codeOf(3, 3);
    const all = await Promise.all(Array.from({ length: 5 }, () => join({ code })));
    const places = all.filter(({ status }) => status === 200).map(({ body }) => body.index);
    expect(new Set(places).size).toBe(3);
    const refused = all.filter(({ status }) => status !== 200);
    expect(refused.map(({ body }) => body.code)).toEqual([
      "presale-code-used",
      "presale-code-used",
    ]);
  });

  test("without JavaScript: a field, what was wrong with it, and then the place", async () => {
    const page = addressOf(gateway, "plain");
    const first = await fetch(`${page}?lang=ko`);
    const cookies = (first.headers.getSetCookie()[0] ?? "").split(";")[0] ?? "";
    const html = await first.text();
    expect(html).toContain('<label>선예매 코드<input name="code" required');
    const send = async (code: string) => {
      const body = new URLSearchParams({ action: "join", code });
      const init = {
        method: "POST",
        body,
        headers: { cookie: cookies },
        redirect: "manual",
      } as const;
      const sent = await fetch(`${page}?lang=ko`, init);
      expect(sent.status).toBe(303);
      const next = new URL(sent.headers.get("location") ?? "", gateway.url);
      const place = (sent.headers.getSetCookie()[0] ?? "").split(";")[0] ?? "";
      return (await fetch(next, { headers: { cookie: `${cookies}; ${place}` } })).text();
    };
    const slip = await send("ABC");
    expect(slip).toContain('role="alert">코드를 다시 확인해 주세요.');
    expect(slip).not.toContain("ABC");
    expect(await send(await codeOf(4))).not.toContain('name="code"');
  });

  test("[Y2] a network that guesses waits, with whatever code; its guesses were all refused", async () => {
    const stranger = newId("on-sale");
    const wrong = await Promise.all(
      Array.from({ length: 120 }, (_, nth) => codeOf(nth, 1, stranger)),
    );
    const answers: Answer[] = [];
    for (const code of wrong) answers.push(await join({ code }));
    expect(answers.every(({ status }) => status === 403 || status === 429)).toBe(true);
    const last = await join({ code: await codeOf(5) });
    expect(last.body.code).toBe("rate-limited");
    expect(last.body.retryAfterMs).toBeLessThanOrEqual(60_000);
  });
});

describe("an on-sale that asks for the shop's word", () => {
  const keyId = "0123456789abcdefABCDEF";
  const secret = new Uint8Array(32).fill(5);
  const key = `usher_ok_${keyId}_${Buffer.from(secret).toString("base64url")}`;
  const shopUrl = "https://tickets.example.org/";
  let gateway: GatewayUnderTest;
  let join: ReturnType<typeof joinerAt>;
  beforeAll(async () => {
    gateway = await started({ joinProof: "shop-identity", shopUrl });
    await gateway.stores.originKeys.add({
      keyId,
      name: "shop",
      commandSecret: await commandSecretOf(secret),
    });
    join = joinerAt(gateway);
  }, 60_000);
  afterAll(() => gateway?.close());

  const word = (accountId: string, change: Partial<Parameters<typeof signIdentity>[1]> = {}) =>
    signIdentity(key, { onSale: gateway.onSale.onSaleId, accountId, ...change });

  test("nobody stands in line without it, and is told where to get it", async () => {
    const { status, body } = await join({});
    expect([status, body.code]).toEqual([403, "identity-needed"]);
    expect(body.facts).toEqual({ shopUrl });
  });

  test("the same account has the same place on every device; another has another", async () => {
    const first = await join({ identity: await word("fan-1") });
    expect(first.body).toMatchObject({ known: false });
    const { entryId, index } = first.body;
    const phone = await join({ identity: await word("fan-1") });
    expect(phone.body).toMatchObject({ known: true, entryId, index });
    const other = await join({ identity: await word("fan-2") });
    expect(other.body).toMatchObject({ known: false, index: index + 1 });
    // A word that was used up for a place is no key to another entry's one: there is only the one place.
    expect((await join({ identity: await word("fan-1") }, newId("entry"))).body.index).toBe(index);
  });

  test("an old word, another on-sale's, another key's and a changed one are refused", async () => {
    const good = await word("fan-3");
    const [head = "", account = "", until = "", seal = ""] = good.split(".");
    const strangers = key.replace(keyId, "0123456789abcdefABCDEG");
    const onSale = gateway.onSale.onSaleId;
    const words = [
      await word("fan-3", { now: Date.now() - 3_600_000 }),
      await word("fan-3", { now: Date.now() + 7_200_000 }),
      await word("fan-3", { onSale: newId("on-sale") }),
      await signIdentity(strangers, { onSale, accountId: "fan-3" }),
      [head, account, Number(until) + 1, seal].join("."),
      [head, (await word("fan-4")).split(".")[1], until, seal].join("."),
      "fan-3",
    ];
    for (const identity of words) {
      const { status, body } = await join({ identity });
      expect([status, body.code]).toEqual([403, "identity-refused"]);
    }
    expect((await join({ identity: good })).status).toBe(200);
  });

  test("without JavaScript the word comes in the plain page's address, and does not stay there", async () => {
    const page = addressOf(gateway, "plain");
    const came = await fetch(`${page}?usher-identity=${await word("fan-9")}`, {
      redirect: "manual",
    });
    expect(came.status).toBe(303);
    expect(came.headers.get("location")).not.toContain("usher-identity");
    const identity = (came.headers.getSetCookie()[0] ?? "").split(";")[0] ?? "";
    const shown = await fetch(page, { headers: { cookie: identity } });
    const challenge = (shown.headers.getSetCookie()[0] ?? "").split(";")[0] ?? "";
    const cookie = `${identity}; ${challenge}`;
    const body = new URLSearchParams({ action: "join" });
    const init = { method: "POST", body, headers: { cookie }, redirect: "manual" } as const;
    const joined = await fetch(page, init);
    expect(joined.headers.getSetCookie()[0]).toContain("usher-queue-");
    expect((await join({ identity: await word("fan-9") })).body.known).toBe(true);
  });

  test("a key that was revoked vouches for nobody", async () => {
    const good = await word("fan-5");
    await gateway.stores.originKeys.revoke(keyId);
    // The gateway looks every five seconds.
    const until = Date.now() + 15_000;
    let status = 200;
    while (status === 200 && Date.now() < until) {
      ({ status } = await join({ identity: good }));
      if (status === 200) await Bun.sleep(200);
    }
    expect(status).toBe(403);
  }, 30_000);
});
