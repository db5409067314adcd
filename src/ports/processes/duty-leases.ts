// A duty that one worker does for all: comparing the books, mending the map, sweeping. Doing it twice at
// once would be safe and only cost (each of them repairs by fence and by key), so the lease is no lock:
// it saves the work, and when its holder dies another takes it once it has lapsed.

export type DutyLeases = {
  /** Takes or renews; false: another holds it. */
  hold(duty: string, holder: string, leaseMs: number): Promise<boolean>;
  /** Gives up whatever the holder has, so that another need not wait. */
  release(holder: string): Promise<void>;
};
