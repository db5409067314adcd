// What lies in the data folder, and who may read it. The folder itself is ours (0700); only
// `cluster` belongs to the account PostgreSQL runs as.
//
//   cluster/      PostgreSQL's own data directory
//   password      of the database role `usher`, 0600
//   owner.lock    held (by the kernel, see lock.ts) by the one process that may start the cluster
//   owner.json    who that is, for the message to a second one
//   being-made/   a cluster while initdb works on it; renamed to `cluster` when it is whole

import { join } from "node:path";

/** The major version of the binaries in package.json; a cluster of another one is never touched. */
export const postgresMajor = "18";
export const roleName = "usher";
export const databaseName = "usher";

export type Layout = {
  dataDir: string;
  cluster: string;
  password: string;
  lock: string;
  owner: string;
  beingMade: string;
};

export function layoutOf(dataDir: string): Layout {
  return {
    dataDir,
    cluster: join(dataDir, "cluster"),
    password: join(dataDir, "password"),
    lock: join(dataDir, "owner.lock"),
    owner: join(dataDir, "owner.json"),
    beingMade: join(dataDir, "being-made"),
  };
}
