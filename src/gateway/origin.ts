// Commands of a shop of one's own: a fan has entered, may a fan still shop, more time, done, out. Only
// with an origin key that an operator made, signed, at most a minute old, and once: the nonce is used up
// in PostgreSQL, so that a recorded command is worth nothing at any gateway process.
// Every command may be repeated as a new one; none of them gives anybody a place that the line did not.
// Read next: connector/src/origin/origin-key.ts (what is signed), http/enter-shop.ts.

import { z } from "zod";
import type { AdmissionVerifier } from "../../connector/src/admission-token.ts";
import { checkCommand, commandHeaders } from "../../connector/src/origin/origin-key.ts";
import type { Clock } from "../foundation/clock.ts";
import type { OnSaleId } from "../foundation/ids.ts";
import type { Log } from "../foundation/log.ts";
import { enterShop, noncePattern } from "../http/enter-shop.ts";
import { check, readText } from "../http/read-body.ts";
import { json, Refusal } from "../http/respond.ts";
import type { OriginKeys } from "../ports/keys.ts";
import type { Admission, LineRecords } from "../ports/line-records.ts";
import type { KnownAdmission, QueueStore } from "../ports/queue-store.ts";
import type { Epochs } from "../stores/epochs.ts";
import type { OriginReply } from "../wire/contract.ts";
import type { CheckingKeys } from "./proofs/checking-keys.ts";
import type { Line } from "./line.ts";
import type { LineHandler } from "./polls/on-line.ts";

export type OriginDeps = {
  originKeys: Pick<OriginKeys, "spend">;
  checkingKeys: CheckingKeys;
  verifier: () => AdmissionVerifier;
  records: LineRecords;
  epochs: Epochs;
  queue: QueueStore;
  clock: Clock;
  log: Log;
};

/** How far the shop's clock may be off, and how old a command may be. */
const believedMs = 60_000;
const bodyLimitBytes = 4_096;
/** In all, since entering: a shop cannot keep a place from those who wait for ever. */
const maxShopTimes = 4;

const admissionId = z.string().regex(/^[0-9A-Za-z_-]{1,64}$/, "is no admission id");
const epoch = z.number().int().min(0);
const commandBody = z.discriminatedUnion("command", [
  z.object({
    command: z.literal("enter"),
    admissionToken: z.string().min(1).max(1_024),
    nonce: z.string().regex(noncePattern, "16 to 64 of 0-9 A-Z a-z _ -"),
  }),
  z.object({ command: z.literal("look"), admissionId, epoch }),
  z.object({
    command: z.literal("extend"),
    admissionId,
    epoch,
    forMs: z.number().int().min(1_000).max(86_400_000).optional(),
  }),
  z.object({ command: z.literal("done"), admissionId }),
  z.object({ command: z.literal("revoke"), admissionId }),
]);
type CommandBody = z.output<typeof commandBody>;

export function originCommands(deps: OriginDeps): LineHandler {
  return async (line, call) => {
    const text = await readText(call.request, bodyLimitBytes);
    const keyId = await signerOf(deps, line.onSaleId, call.request.headers, text);
    const command = check(commandBody, parsed(text));
    const reply = await obey(deps, line, command);
    if (command.command !== "look") {
      const { onSaleId } = line;
      deps.log.info({ onSaleId, keyId, command: command.command, reply: reply.kind }, "origin");
    }
    return json(reply);
  };
}

/** Throws the refusal, with a reason that tells the shop's engineer what to look at. */
async function signerOf(
  { originKeys, checkingKeys, clock }: OriginDeps,
  onSale: OnSaleId,
  headers: Headers,
  body: string,
): Promise<string> {
  const refuse = (reason: string): never => {
    throw new Refusal("origin-key-refused", { facts: { reason } });
  };
  const keyId = headers.get(commandHeaders.keyId) ?? "";
  const timestamp = Number(headers.get(commandHeaders.timestamp) ?? Number.NaN);
  const nonce = headers.get(commandHeaders.nonce) ?? "";
  if (!noncePattern.test(nonce) || !Number.isSafeInteger(timestamp)) return refuse("headers");
  if (Math.abs(clock.now() - timestamp) > believedMs) return refuse("clock");
  const key = await checkingKeys(keyId);
  if (key === undefined) return refuse("key");
  const facts = { onSale, timestamp, nonce, body };
  const signature = headers.get(commandHeaders.signature) ?? "";
  if (!(await checkCommand(key, facts, signature))) return refuse("signature");
  // Last, so that nobody without the key can use nonces up.
  if (!(await originKeys.spend(keyId, nonce))) return refuse("replayed");
  return keyId;
}

async function obey(deps: OriginDeps, line: Line, command: CommandBody): Promise<OriginReply> {
  if (command.command === "enter") return await enter(deps, line, command);
  const now = deps.clock.now();
  const ended: OriginReply = { kind: "ended", now };
  const admission = await deps.records.admission(command.admissionId);
  if (admission === undefined || admission.onSaleId !== line.onSaleId) return ended;
  switch (command.command) {
    case "done":
    case "revoke":
      await deps.records.end(line.onSaleId, admission.entryId);
      await deps.epochs.queue(line.onSaleId, (scope) => deps.queue.leave(scope, admission.entryId));
      return ended;
    case "look":
      return (await shopsNow(deps, admission, command.epoch))
        ? activeUntil(admission, admission.deadline, now)
        : ended;
    case "extend":
      if (!(await shopsNow(deps, admission, command.epoch))) return ended;
      return await extend(deps, line, admission, command.forMs);
  }
}

async function enter(
  deps: OriginDeps,
  line: Line,
  command: Extract<CommandBody, { command: "enter" }>,
): Promise<OriginReply> {
  const now = deps.clock.now();
  const { onSaleId, onSale } = line;
  const bringIn = bringerIn(deps, onSaleId);
  const shopMs = onSale.settings.shopMs;
  const entering = await enterShop({ ...deps, bringIn, now, shopMs }, onSaleId, command);
  switch (entering.kind) {
    case "entered": {
      const { entryId: entry, claims, deadline: shopUntil } = entering;
      return { kind: "active", entry, admissionId: claims.admissionId, shopUntil, now };
    }
    case "replayed":
      return { kind: "used", now };
    case "refused":
    case "ended":
    case "unknown":
      return { kind: "ended", now };
  }
}

async function extend(
  deps: OriginDeps,
  { onSaleId, onSale }: Line,
  admission: Admission,
  forMs: number | undefined,
): Promise<OriginReply> {
  const now = deps.clock.now();
  const { shopMs } = onSale.settings;
  const bound = (admission.enteredAt ?? admission.claimedAt) + maxShopTimes * shopMs;
  const wanted = Math.min(now + Math.min(forMs ?? shopMs, shopMs), bound);
  const deadline = Math.max(admission.deadline, wanted);
  await deps.records.extend(onSaleId, admission.entryId, deadline);
  const place = await bringerIn(deps, onSaleId)({ ...admission, deadline });
  return place.kind === "active"
    ? activeUntil(admission, place.deadline, now)
    : { kind: "ended", now };
}

/** By the durable row, which outlives a wiped hot store. */
async function shopsNow(
  { records, clock }: OriginDeps,
  { onSaleId, endedAt, deadline }: Admission,
  epochShown: number,
): Promise<boolean> {
  const { admissionEpoch } = await records.checkpoint(onSaleId);
  return endedAt === undefined && deadline > clock.now() && epochShown >= admissionEpoch;
}

function bringerIn({ epochs, queue }: OriginDeps, onSaleId: OnSaleId) {
  return (admission: KnownAdmission) =>
    epochs.queue(onSaleId, (scope) => queue.admit(scope, admission));
}

function activeUntil(
  { entryId: entry, admissionId: id }: Admission,
  shopUntil: number,
  now: number,
): OriginReply {
  return { kind: "active", entry, admissionId: id, shopUntil, now };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal("bad-request", { errors: [{ where: "body", what: "not JSON" }] });
  }
}
