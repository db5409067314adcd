// The door in PostgreSQL: gates, the phones signed in for them, and every scan, only ever added to.
// Exactly one scan of a ticket is `let-in`, whatever comes at the same instant; a nonce makes a
// repeated scan the same scan.

import type { GateDeviceId, GateId } from "../../foundation/after-sale-ids.ts";
import type { PerformanceId, TicketId } from "../../foundation/ids.ts";
import type { DoorView, LetIn } from "../../wire/tickets/door.ts";

export type GateDevice = {
  deviceId: GateDeviceId;
  gateId: GateId;
  gate: string;
  performanceId: PerformanceId;
};
export type StoredScan = {
  nonce: string;
  ticketId: TicketId;
  /** Of the phone's clock, for offline scans. */
  at: number;
  offline: boolean;
};
export type ScanResult = "let-in" | "already-in" | "revoked" | "other-performance";
export type ScanOutcome =
  | {
      kind: "scanned";
      result: ScanResult;
      letIn: boolean;
      seat: number;
      first: { gate: string; at: number } | undefined;
    }
  | { kind: "unknown-ticket" }
  /** The nonce was another ticket's. */
  | { kind: "nonce-reused" };

export type DoorStore = {
  makeGate(gate: { gateId: GateId; performanceId: PerformanceId; name: string }): Promise<boolean>;
  gate(gateId: GateId): Promise<{ performanceId: PerformanceId } | undefined>;
  makeDevice(device: {
    deviceId: GateDeviceId;
    gateId: GateId;
    codeHash: string;
    codeMs: number;
  }): Promise<{ until: number }>;
  /** A code is good once. */
  signIn(codeHash: string, tokenHash: string): Promise<GateDevice | undefined>;
  device(tokenHash: string): Promise<GateDevice | undefined>;
  revokeDevice(deviceId: GateDeviceId): Promise<boolean>;
  /** The code that ends so, of this performance. */
  codeByEnd(performanceId: PerformanceId, end: string): Promise<string | undefined>;
  scan(device: GateDevice, scan: StoredScan): Promise<ScanOutcome>;
  /** In order, and never one that a slower transaction could still slip in before. */
  letIn(performanceId: PerformanceId, since: number, limit: number): Promise<LetIn[]>;
  counts(performanceId: PerformanceId): Promise<Pick<DoorView, "gates" | "tickets">>;
  conflicts(
    performanceId: PerformanceId,
    limit: number,
  ): Promise<(Omit<DoorView["conflicts"][number], "seat"> & { seat: number })[]>;
};
