// The watch over what is heard: twice a second, with jitter, quiet topics are probed and seat versions
// compared. One process's probe is heard by all who listen to that topic, so they seldom all probe.
// A probe that was published and not heard in time means deafness; Redis being away does not.

import { callSeatVersion } from "./seat-version.ts";
import type { RedisClient } from "../connection.ts";
import type { Listening } from "./listening.ts";
import { probe } from "./notice-text.ts";

type Watch = {
  client: RedisClient;
  prefix: string;
  topics(): Iterable<Listening>;
  onDeaf(): Promise<void>;
};

const roundMs = 500;
/** Longer than from one tick of a line to the next: a line that is heard is never probed. */
const quietMs = 1_500;
/** Longer than Redis and this process take to answer when both are busy. */
const probeMs = 1_000;
/** Topics probed or compared in one round; the longest quiet ones first. */
const mostPerRound = 256;

/** Answers how to stop it. */
export function watchTopics(watch: Watch): () => void {
  let timer: ReturnType<typeof setTimeout>;
  let isStopped = false;
  const next = () => {
    timer = setTimeout(
      () => {
        void round(watch)
          .catch(() => undefined) // Redis is away: calls say so; the next round looks again.
          .finally(() => isStopped || next());
      },
      roundMs * (0.75 + Math.random() / 2),
    );
    timer.unref();
  };
  next();
  return () => {
    isStopped = true;
    clearTimeout(timer);
  };
}

async function round(watch: Watch): Promise<void> {
  const now = performance.now();
  const topics = [...watch.topics()].sort((a, b) => a.lastHeardAt - b.lastHeardAt);
  if (topics.some(({ probedAt }) => probedAt !== undefined && now - probedAt > probeMs)) {
    await watch.onDeaf();
    for (const topic of topics) topic.probedAt = undefined;
  }
  const looked = topics.slice(0, mostPerRound);
  await Promise.all([
    ...looked
      .filter((topic) => now - topic.lastHeardAt > quietMs)
      .map((topic) => ask(watch, topic)),
    ...looked.map((topic) => compare(watch, topic)),
  ]);
}

async function ask({ client }: Watch, topic: Listening): Promise<void> {
  const askedAt = performance.now();
  await client.spublish(topic.channel, probe);
  // The answer may have come while we waited for ours.
  if (topic.lastHeardAt < askedAt) topic.probedAt ??= askedAt;
}

/** What the store said a round ago has been told by now, or it never will be. */
async function compare({ client, prefix }: Watch, topic: Listening): Promise<void> {
  const { performanceId, storeVersion } = topic;
  if (performanceId === undefined) return;
  if (storeVersion > topic.version) topic.catchUp(storeVersion);
  topic.storeVersion = await callSeatVersion(client, prefix, performanceId);
}
