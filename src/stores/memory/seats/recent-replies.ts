// The last replies by request id, so that a call whose reply was lost can be repeated without a
// second effect.
//
// Two generations: when the younger is full or old enough it becomes the elder, and the former elder
// is dropped whole. So a reply is kept for `recentReplyMs` at least, unless more than half of
// `recentReplies` came since; deleting one by one would leave a map of holes to walk through.

import type { EntryId } from "../../../foundation/ids.ts";
import { limits } from "../../hot/limits.ts";

type Kept<Reply> = Map<string, { owner: EntryId; reply: Reply }>;

export class RecentReplies<Reply> {
  private young: Kept<Reply> = new Map();
  private elder: Kept<Reply> = new Map();
  private youngSince = Number.NEGATIVE_INFINITY;

  /** The owner is compared, so that nobody is told what another was answered. */
  find(requestId: string, owner: EntryId): Reply | undefined {
    const known = this.young.get(requestId) ?? this.elder.get(requestId);
    return known?.owner === owner ? known.reply : undefined;
  }

  keep(requestId: string, owner: EntryId, { reply, now }: { reply: Reply; now: number }): void {
    const full = this.young.size >= limits.recentReplies / 2;
    if (full || now - this.youngSince >= limits.recentReplyMs) {
      this.elder = this.young;
      this.young = new Map();
      this.youngSince = now;
    }
    this.young.set(requestId, { owner, reply });
  }
}
