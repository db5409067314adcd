// Settings of the embedded server, given on its command line at each start, so that an upgrade of
// Usher changes them and nothing stale stays in the folder. Sized for one machine that also runs the
// platform; whoever needs more runs a PostgreSQL of their own. Durability is never traded away:
// fsync, full_page_writes and synchronous_commit stay on.

export const defaultSettings: Readonly<Record<string, string>> = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  max_connections: "100",
  shared_buffers: "256MB",
  effective_cache_size: "1GB",
  work_mem: "8MB",
  maintenance_work_mem: "128MB",
  fsync: "on",
  full_page_writes: "on",
  synchronous_commit: "on",
  wal_compression: "on",
  wal_buffers: "16MB",
  // Room for a sell-out between two checkpoints; recovery after kill -9 replays at most this much.
  min_wal_size: "256MB",
  max_wal_size: "2GB",
  checkpoint_timeout: "10min",
  checkpoint_completion_target: "0.9",
  // What may be kept for a replica that is gone; it is made anew then.
  max_slot_wal_keep_size: "1GB",
  random_page_cost: "1.1",
  jit: "off",
  // seat_claims is small and rewritten constantly: vacuum early and often, or its pages bloat.
  autovacuum_naptime: "15s",
  autovacuum_vacuum_scale_factor: "0.05",
  autovacuum_analyze_scale_factor: "0.05",
  // A transaction forgotten by a dead client must not hold back vacuum for the rest of the sale.
  idle_in_transaction_session_timeout: "30s",
  timezone: "UTC",
  log_timezone: "UTC",
  log_line_prefix: "",
  log_checkpoints: "off",
  log_connections: "",
  lc_messages: "C",
  // A server whose parent is gone must see a dead client soon, not after two hours of TCP keepalive.
  client_connection_check_interval: "10s",
  tcp_keepalives_idle: "30",
  tcp_keepalives_interval: "10",
};

export function settingArguments(settings: Readonly<Record<string, string>>): string[] {
  return Object.entries({ ...defaultSettings, ...settings }).flatMap(([name, value]) => [
    "-c",
    `${name}=${value}`,
  ]);
}
