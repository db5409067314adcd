// The table of commands: what `usher --help` prints and what main.ts runs. One row per command
// module; only rows whose module exists. Modules are imported when their command is run, so that
// `usher --help` and a small command never pay for the whole platform. To add one, write
// src/cli/<name>.ts with `export async function run(args: string[]): Promise<number>` and a row here
// (a command of several files is a folder).

export type CommandModule = { run(args: string[]): Promise<number> };

export type Command = {
  /** What the person types. */
  name: string;
  /** One line, no full stop. */
  summary: string;
  load(): Promise<CommandModule>;
};

export const commands: readonly Command[] = [
  {
    name: "serve",
    summary: "run the whole platform, embedded, with a demo on-sale (npm start)",
    load: () => import("./serve.ts"),
  },
  {
    name: "gateway",
    summary: "run a gateway on its own: waiting, turns, the pacer",
    load: async () => (await import("./roles/run-role.ts")).roleCommand("gateway"),
  },
  {
    name: "box-office",
    summary: "run a box office on its own: seats, orders, the desk",
    load: async () => (await import("./roles/run-role.ts")).roleCommand("box-office"),
  },
  {
    name: "worker",
    summary: "run a worker on its own: the background duties",
    load: async () => (await import("./roles/run-role.ts")).roleCommand("worker"),
  },
  {
    name: "plan",
    summary: "say how large an installation has to be, from measured figures",
    load: () => import("./plan/command.ts"),
  },
  {
    name: "simulate-pacing",
    summary: "draw how the line would move over a sale, and how true its estimates are",
    load: () => import("./simulate-pacing/command.ts"),
  },
  {
    name: "reset-operator",
    summary: "print a new password for the desk's first operator",
    load: () => import("./reset-operator.ts"),
  },
  {
    name: "cluster",
    summary: "run several of each role on Redis Cluster, to try it here (npm run cluster)",
    load: () => import("./cluster/command.ts"),
  },
  {
    name: "sandbox-provider",
    summary: "run the sandbox payment provider on its own",
    load: () => import("./sandbox-provider.ts"),
  },
  {
    name: "import",
    summary: "read a seating plan of another system and say what was found",
    load: () => import("./import.ts"),
  },
  {
    name: "rehearsal",
    summary: "play a whole on-sale with simulated fans, ending in a verdict",
    load: () => import("./rehearsal.ts"),
  },
  {
    name: "check-invariants",
    summary: "judge a database by the invariants of a sale",
    load: () => import("./check-invariants.ts"),
  },
  {
    name: "verify-draw",
    summary: "recompute an on-sale's draw from what it published, and judge it",
    load: () => import("./verify-draw/command.ts"),
  },
  {
    name: "build-pages",
    summary: "write the waiting page as files for a CDN or a file server",
    load: () => import("./build-pages.ts"),
  },
];
