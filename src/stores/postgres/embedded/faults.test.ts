import { expect, test } from "bun:test";
import { isFault } from "../../../foundation/fault.ts";
import { chooseAccount } from "./account.ts";
import { notStarted, recognise } from "./faults.ts";

const saying = (text: string) => ({
  text,
  dataDir: "/srv/usher",
  cluster: "/srv/usher/cluster",
  account: "postgres",
});

const cases: [said: string, code: string, named: string][] = [
  [
    "postgres: error while loading shared libraries: libstdc++.so.6: cannot open shared object file: No such file or directory",
    "postgres-library-missing",
    "apt-get install libstdc++6",
  ],
  [
    "initdb: error while loading shared libraries: libicuuc.so.60: cannot open shared object file",
    "postgres-library-missing",
    "npm ci",
  ],
  [
    "initdb: error: could not look up effective user ID 4711: user does not exist",
    "postgres-no-account",
    "4711",
  ],
  ["usher-postgres: 3: /opt/bin/postgres: not found", "postgres-library-missing", "libc6"],
  [
    'PANIC:  could not write to file "pg_wal/xlogtemp.1": No space left on device',
    "postgres-disk-full",
    "/srv/usher",
  ],
  [
    'FATAL:  data directory "/srv/usher/cluster" has wrong ownership',
    "postgres-permission",
    "chown",
  ],
  ['FATAL:  could not open file "x": Permission denied', "postgres-permission", "postgres"],
  ["FATAL:  database files are incompatible with server", "postgres-data-damaged", "backup"],
  ["PANIC:  could not locate a valid checkpoint record at 0/1", "postgres-data-damaged", "backup"],
];

for (const [said, code, named] of cases) {
  test(`recognises: ${said.slice(0, 70)}`, () => {
    const fault = recognise(saying(said));
    expect(fault?.code).toBe(code);
    expect(fault?.message).toContain(named);
    expect(fault?.message).toContain("mend:");
  });
}

test("what is not recognised is told in the server's own words", () => {
  expect(recognise(saying("FATAL:  the moon is full"))).toBeUndefined();
  expect(notStarted(saying("FATAL:  the moon is full")).message).toContain("the moon is full");
});

const passwd =
  "root:x:0:0::/root:/bin/sh\npostgres:x:101:104::/:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\nana:x:1000:1000::/:/bin/sh\n";

test("root hands over to the cluster's owner, then postgres, then nobody; others keep their own", () => {
  const choose = (uid: number, clusterOwner?: number, users = passwd) =>
    chooseAccount({ uid, passwd: users, clusterOwner }).ids?.uid;
  expect(choose(0, 1000)).toBe(1000);
  expect(choose(0)).toBe(101);
  expect(choose(0, undefined, passwd.replace(/postgres.*\n/, ""))).toBe(65534);
  expect(choose(1000)).toBeUndefined();
});

test("root without any account to hand over to is told how to make one", () => {
  try {
    chooseAccount({ uid: 0, passwd: "root:x:0:0::/:/bin/sh\n", clusterOwner: undefined });
    expect.unreachable();
  } catch (error) {
    expect(isFault(error, "postgres-no-account")).toBe(true);
  }
});
