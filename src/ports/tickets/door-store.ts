// The door in PostgreSQL: gates, the phones signed in for them, and every scan, only ever added to.
// Of the scans of a ticket that come at the same instant exactly one is `let-in`, and none more until its
// holder was scanned out; a nonce makes a repeated scan the same scan. What is merged late is judged by the
// passes before it in time, not by the order of merging.

import type { GateDeviceId, GateId } from "../../foundation/after-sale-ids.ts";
import type { PerformanceId, TicketId } from "../../foundation/ids.ts";
import type { DoorView, Pass, TicketPass, Way } from "../../wire/tickets/door.ts";

export type GateDevice = {
  deviceId: GateDeviceId;
  gateId: GateId;
  gate: string;
  performanceId: PerformanceId;
  /** People may be scanned out here, to come in again. */
  reEntry: boolean;
};
export type StoredScan = {
  nonce: string;
  ticketId: TicketId;
  /** Of the phone's clock, for offline scans. */
  at: number;
  offline: boolean;
  way: Way;
};
export type ScanResult =
  | "let-in"
  | "already-in"
  | "let-out"
  | "not-in"
  | "revoked"
  | "other-performance";
export type ScanOutcome =
  | {
      kind: "scanned";
      result: ScanResult;
      seat: number;
      /** The pass before it, of an `already-in`. */
      before: Pass | undefined;
      /** The gate let in who should not have been, or this one, and another beside. */
      conflict: boolean;
    }
  | { kind: "unknown-ticket" }
  /** The nonce was another ticket's. */
  | { kind: "nonce-reused" };

export type DoorStore = {
  makeGate(gate: {
    gateId: GateId;
    performanceId: PerformanceId;
    name: string;
    reEntry?: boolean;
  }): Promise<boolean>;
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
  passes(performanceId: PerformanceId, since: number, limit: number): Promise<TicketPass[]>;
  counts(performanceId: PerformanceId): Promise<Pick<DoorView, "gates" | "tickets">>;
  conflicts(
    performanceId: PerformanceId,
    limit: number,
  ): Promise<(Omit<DoorView["conflicts"][number], "seat"> & { seat: number })[]>;
};
