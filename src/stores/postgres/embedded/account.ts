// Which account PostgreSQL runs as. It refuses to run as root, so root hands it to the owner of the
// existing cluster, else to the system's `postgres` user, else to `nobody`. No account is created:
// starting a program must not change the machine's user list. An ordinary user keeps its own.

import { readFileSync, statSync } from "node:fs";
import { Fault } from "../../../foundation/fault.ts";

export type Account = {
  /** Undefined: run as whoever we are. */
  ids: { uid: number; gid: number } | undefined;
  name: string;
};

export type AccountQuestion = {
  /** Our own user id; 0 is root. */
  uid: number;
  /** /etc/passwd, as text. */
  passwd: string;
  clusterOwner: number | undefined;
};

export function chooseAccount({ uid, passwd, clusterOwner }: AccountQuestion): Account {
  const users = parsePasswd(passwd);
  if (uid !== 0) {
    return { ids: undefined, name: users.find((user) => user.uid === uid)?.name ?? `user ${uid}` };
  }
  const owner = clusterOwner === 0 ? undefined : users.find((user) => user.uid === clusterOwner);
  const chosen =
    owner ??
    users.find((user) => user.name === "postgres") ??
    users.find((user) => user.name === "nobody");
  if (chosen === undefined || chosen.uid === 0) {
    throw new Fault(
      "postgres-no-account",
      [
        "PostgreSQL refuses to run as root, and this machine has no user `postgres` or `nobody` to run it as.",
        "  mend: run Usher as an ordinary user, or add one: useradd --system postgres",
      ].join("\n"),
    );
  }
  return { ids: { uid: chosen.uid, gid: chosen.gid }, name: chosen.name };
}

export function accountFor(cluster: string): Account {
  return chooseAccount({
    uid: process.getuid?.() ?? -1,
    passwd: readFileSync("/etc/passwd", "utf8"),
    clusterOwner: statSync(cluster, { throwIfNoEntry: false })?.uid,
  });
}

/** Whether that account may walk to the folder and read it, judged by the permission bits alone. */
export function mayReach(account: Account, path: string): boolean {
  const ids = account.ids;
  if (ids === undefined) return true;
  const parts = path.split("/").filter((part) => part !== "");
  for (let depth = 0; depth <= parts.length; depth++) {
    const at = statSync(`/${parts.slice(0, depth).join("/")}`, { throwIfNoEntry: false });
    if (at === undefined) return false;
    const shift = at.uid === ids.uid ? 6 : at.gid === ids.gid ? 3 : 0;
    const wanted = depth === parts.length ? 0o5 : 0o1;
    if (((at.mode >> shift) & wanted) !== wanted) return false;
  }
  return true;
}

function parsePasswd(passwd: string): { name: string; uid: number; gid: number }[] {
  return passwd.split("\n").flatMap((line) => {
    const [name, , uid, gid] = line.split(":");
    if (name === undefined || uid === undefined || gid === undefined) return [];
    return [{ name, uid: Number(uid), gid: Number(gid) }];
  });
}
