// The last replies by request id, so that a call whose reply was lost can be repeated without a
// second effect. Bounded in number and in time: the oldest are forgotten first.

import { limits } from "../limits.ts";

export class RecentReplies<Reply> {
  private readonly replies = new Map<string, { reply: Reply; until: number }>();

  find(key: string, now: number): Reply | undefined {
    const known = this.replies.get(key);
    return known !== undefined && known.until > now ? known.reply : undefined;
  }

  keep(key: string, reply: Reply, now: number): void {
    // An outlived one under the same key would keep its old place in the order, and go too early.
    this.replies.delete(key);
    this.replies.set(key, { reply, until: now + limits.recentReplyMs });
    for (const [oldest, { until }] of this.replies) {
      if (until > now && this.replies.size <= limits.recentReplies) return;
      this.replies.delete(oldest);
    }
  }
}
