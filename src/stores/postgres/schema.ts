// The tables that typed queries reach, as Kysely sees them. The hot tables (seat_claims, orders,
// admissions …) are reached by named statements only. The truth is migrations/*.sql; the tests of
// each store run every query against it.

import type { ColumnType, Generated, JSONColumnType } from "kysely";
import type { Phase } from "../../domain/waiting-room/frontier.ts";
import type { VenuePlan } from "../../domain/seating/venue-plan.ts";
import type { OnSaleId, OperatorId, PerformanceId } from "../../foundation/ids.ts";
import type { OnSaleSettings, Operator } from "../../ports/catalog.ts";
import type { Words } from "../../wire/contract.ts";

/** Parsed when read; written as the text of a JSON document. */
type Json<T extends object> = JSONColumnType<T, string, string>;
/** Written by the database's clock or sequence, read as a number. */
type Made = ColumnType<number, never, never>;

export type Schema = {
  venue_plans: {
    hash: string;
    name: Json<Words>;
    seat_count: number;
    plan: Json<VenuePlan>;
    created_at: Made;
  };
  performances: {
    performance_id: PerformanceId;
    name: Json<Words>;
    venue: Json<Words>;
    plan_hash: string;
    seat_count: number;
    starts_at: number;
    time_zone: string;
    epoch: Generated<number>;
    created_at: Made;
  };
  on_sales: {
    on_sale_id: OnSaleId;
    performance_id: PerformanceId;
    pre_queue_at: number;
    opens_at: number;
    closes_at: number;
    phase: Generated<Phase>;
    paused: Generated<boolean>;
    commitment: string;
    seed: string;
    currency: string;
    prices: Json<Record<string, number>>;
    settings: Json<OnSaleSettings>;
    version: Generated<number>;
    created_at: Made;
    cohort: ColumnType<number | null, never, never>;
    leader_fence: ColumnType<number, never, never>;
  };
  operators: {
    operator_id: OperatorId;
    email: string;
    name: string;
    role: Operator["role"];
    password_hash: string;
    created_at: Made;
  };
  operator_sessions: { token_hash: string; operator_id: OperatorId; expires_at: number };
  audit: {
    id: Made;
    at: Made;
    operator_id: OperatorId | null;
    action: string;
    subject: string;
    detail: ColumnType<unknown, string, never>;
  };
  keys: {
    purpose: "queue-token" | "admission-token" | "shop-session" | "ticket";
    kid: number;
    secret: string;
    public: string | null;
    created_at: Made;
    signs_at: number;
  };
};
