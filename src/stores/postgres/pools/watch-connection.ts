// One connection that asks one server one question, again and again, for the watch of the replicas. It is
// kept open on purpose: a server that dies or restarts ends it, and that is how we hear of it at once.
// Every wait is bounded; a question that got no answer in time counts as a server that is away.

import pg from "pg";

export type WatchConnection = {
  /** Rejects when the server is away or says nothing in time; connects anew at the next call. */
  ask<Row extends pg.QueryResultRow>(sql: string): Promise<Row | undefined>;
  close(): Promise<void>;
};

type Link = { client: pg.Client; ready: Promise<unknown> };

/** Longer than a busy server needs, and shorter than a fan waits. */
const patienceMs = 1_500;

export function openWatchConnection(connectionString: string, onLost: () => void): WatchConnection {
  let current: Link | undefined;

  const connect = (): Link => {
    const client = new pg.Client({
      connectionString,
      application_name: "usher-watch",
      connectionTimeoutMillis: patienceMs,
      query_timeout: patienceMs,
      keepAlive: true,
    });
    const link = { client, ready: client.connect() };
    const lost = () => {
      if (current !== link) return;
      current = undefined;
      onLost();
    };
    client.on("error", lost);
    client.on("end", lost);
    return link;
  };

  const leave = (link: Link) => {
    if (current === link) current = undefined;
    return link.ready.then(() => link.client.end()).catch(() => {});
  };

  return {
    async ask<Row extends pg.QueryResultRow>(sql: string) {
      const link = (current ??= connect());
      try {
        await link.ready;
        return (await link.client.query<Row>(sql)).rows[0];
      } catch (error) {
        void leave(link);
        throw error;
      }
    },
    async close() {
      if (current !== undefined) await leave(current);
    },
  };
}
