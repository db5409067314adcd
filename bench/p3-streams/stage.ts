// What the fans of P3 meet: Redis, PostgreSQL, an on-sale in its pre-queue, and gateways as processes
// of their own (`usher gateway`), each on a port of its own. All of it goes with this process.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startRedisServer } from "../../scripts/services/redis-server.ts";
import { startRoleProcess } from "../../src/cli/cluster/role-process.ts";
import { demoArena } from "../../src/domain/seating/demo-arena.ts";
import type { Frontier } from "../../src/domain/waiting-room/frontier.ts";
import { newId, type OnSaleId } from "../../src/foundation/ids.ts";
import type { OnSale } from "../../src/ports/catalog.ts";
import { openRecords, type PostgresStores } from "../../src/stores/open.ts";
import { startEmbeddedPostgres } from "../../src/stores/postgres/embedded.ts";
import { pathTo } from "../../src/wire/routes.ts";

export type Stage = {
  onSaleId: OnSaleId;
  ports: number[];
  pids: number[];
  openNow(): Promise<void>;
  pause(): Promise<void>;
  /** Waits for the public document that has this text. */
  frontierWith(text: string): Promise<Frontier>;
  /** As the public document has it now. */
  joined(): Promise<number>;
  /** Lets every gateway come to rest, so that what is counted is held and not on its way. */
  rest(): Promise<void>;
  later(close: () => Promise<void>): void;
  close(): Promise<void>;
};

/** Of a process: gateways need few, and there are many gateways. */
const poolSize = 2;
const startsAtOnce = 4;
const restMs = 4_000;
/** Ten thousand fans count as near at this rate: it is a minute's worth. */
const ratePerSec = 170;

export async function openStage(options: {
  gateways: number;
  say: (line: string) => void;
}): Promise<Stage> {
  const { gateways, say } = options;
  const folder = mkdtempSync(join(tmpdir(), "usher-p3-"));
  const endings: (() => Promise<unknown>)[] = [
    async () => rmSync(folder, { recursive: true, force: true }),
  ];
  const close = async () => {
    for (const end of endings.reverse()) await end().catch(() => undefined);
  };
  try {
    const redis = await startRedisServer({ folder, settings: { maxmemory: "4gb" } });
    endings.push(() => redis.stop());
    const connections = gateways * poolSize + 50;
    const postgres = await startEmbeddedPostgres({
      dataDir: join(folder, "postgres"),
      log: () => {},
      settings: { max_connections: String(connections) },
    });
    endings.push(() => postgres.stop());
    const records = await openRecords(postgres.connectionString, { poolSize: 4 });
    endings.push(() => records.close());
    const onSale = await createOnSale(records);

    say("gateways start");
    const roles: Awaited<ReturnType<typeof startRoleProcess>>[] = [];
    endings.push(() => Promise.all(roles.map((role) => role.stop())));
    const environment = {
      USHER_DATABASE: postgres.connectionString,
      USHER_REDIS: redis.url,
      USHER_GATEWAY_ORIGIN: "http://127.0.0.1",
      USHER_NETWORK_JOINS: "0",
      USHER_ENTRY_ASKS: "65535",
      USHER_NETWORK_STREAMS: "0",
      USHER_POOL_SIZE: String(poolSize),
      USHER_DRAIN_SECONDS: "0",
      USHER_LOG_LEVEL: "warn",
    };
    let next = 0;
    const lane = async () => {
      while (next < gateways) {
        const nth = ++next;
        roles.push(
          await startRoleProcess({
            role: "gateway",
            name: `gateway ${nth}`,
            // On every address of the loopback: one has too few ports for so many fans.
            args: ["--host", "0.0.0.0", "--port", "0", "--log-level", "info"],
            environment,
            logFile: join(folder, `gateway-${nth}.log`),
            say,
          }),
        );
        if (roles.length % 10 === 0) say(`${roles.length} gateways run`);
      }
    };
    await Promise.all(Array.from({ length: startsAtOnce }, lane));

    const { onSaleId } = onSale;
    const ports = roles.map((role) => role.port());
    const frontier = async (): Promise<string> => {
      const path = pathTo("frontier", { onSaleId });
      return (await fetch(`http://127.0.0.1:${ports[0]}${path}`)).text();
    };
    const frontierWith = async (text: string): Promise<Frontier> => {
      for (;;) {
        const document = await frontier();
        if (document.includes(text)) return JSON.parse(document) as Frontier;
        await Bun.sleep(100);
      }
    };
    await frontierWith('"phase":"pre-queue"');
    return {
      onSaleId,
      ports,
      pids: roles.map((role) => role.pid()),
      openNow: () => change(records, onSaleId, { opensAt: Date.now() }),
      pause: () => change(records, onSaleId, { paused: true }),
      frontierWith,
      joined: async () => (JSON.parse(await frontier()) as Frontier).joined,
      rest: () => Bun.sleep(restMs),
      later: (end) => void endings.push(end),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function change(
  { catalog }: PostgresStores,
  onSaleId: OnSaleId,
  what: Partial<Pick<OnSale, "opensAt" | "paused">>,
): Promise<void> {
  for (;;) {
    const onSale = await catalog.onSale(onSaleId);
    if (onSale === undefined) throw new Error("the on-sale is gone");
    if ((await catalog.update(onSaleId, onSale.version, what)).kind === "updated") return;
  }
}

async function createOnSale({ catalog }: PostgresStores): Promise<OnSale> {
  const { hash } = await catalog.savePlan(demoArena());
  const now = Date.now();
  const { performanceId } = await catalog.createPerformance({
    performanceId: newId("performance"),
    name: { ko: "백만 명이 기다리는 밤", en: "A million wait" },
    venue: { ko: "시험장", en: "Trial hall" },
    planHash: hash,
    startsAt: now + 30 * 86_400_000,
    timeZone: "Asia/Seoul",
  });
  return catalog.createOnSale({
    onSaleId: newId("on-sale"),
    performanceId,
    preQueueAt: now - 1_000,
    opensAt: now + 86_400_000,
    closesAt: now + 2 * 86_400_000,
    currency: "KRW",
    prices: { vip: 187_000, r: 154_000, s: 132_000, a: 99_000 },
    settings: {
      ratePerSec,
      // So few get in that the streams stay; the rest of the line goes on hearing.
      maxCapacity: 100,
      claimWindowMs: 60_000,
      admissionTokenMs: 300_000,
      shopMs: 600_000,
      holdMs: 300_000,
      maxHoldMs: 900_000,
      seatsPerHold: 4,
      seatsPerFan: 4,
      joinWork: 0,
      accent: "#3355ff",
      showSeatsLeft: true,
    },
  });
}
