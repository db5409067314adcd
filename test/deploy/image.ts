// Carries out deploy/container/Dockerfile in a folder: what .dockerignore lets in is copied, RUN runs in the
// stage's working folder, COPY --from copies between stages. What needs a container engine (the base images,
// the account, the file system's rights) is not carried out; the test says what stays unproven.
// `npm ci` is carried out from node_modules by the lockfile, so that the test needs no network;
// USHER_REAL_NPM=1 runs it as it stands.

import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { DockerfileParser, type ModifiableInstruction } from "dockerfile-ast";

export const project = join(import.meta.dir, "../..");
const file = join(project, "deploy/container/Dockerfile");

export type Step = { keyword: string; args: string[]; text: string; flags: Record<string, string> };
export type Stage = { name: string; from: string; steps: Step[] };

export function readStages(text = readFileSync(file, "utf8")): Stage[] {
  const stages: Stage[] = [];
  for (const instruction of DockerfileParser.parse(text).getInstructions()) {
    const keyword = instruction.getKeyword();
    const args = instruction.getArguments().map((argument) => argument.getValue());
    const flags = Object.fromEntries(
      "getFlags" in instruction
        ? (instruction as ModifiableInstruction)
            .getFlags()
            .map((flag) => [flag.getName(), flag.getValue() ?? ""])
        : [],
    );
    const step = { keyword, args, flags, text: instruction.getRawArgumentsContent() ?? "" };
    if (keyword === "FROM")
      stages.push({ name: args[2] ?? "last", from: args[0] ?? "", steps: [] });
    else stages.at(-1)?.steps.push(step);
  }
  return stages;
}

type Rule = { isLet: boolean; glob: Bun.Glob };

/** The build context: paths of files that the ignore file lets in; of two rules the later counts. */
export function readContext(ignore = readFileSync(`${file}.dockerignore`, "utf8")): string[] {
  const rules = ignore
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line): Rule => {
      const isLet = line.startsWith("!");
      return { isLet, glob: new Bun.Glob(isLet ? line.slice(1) : line) };
    });
  const isIn = (path: string) => {
    const parts = path.split("/");
    const prefixes = parts.map((_, at) => parts.slice(0, at + 1).join("/"));
    const matching = rules.filter(({ glob }) => prefixes.some((prefix) => glob.match(prefix)));
    return matching.at(-1)?.isLet ?? true;
  };
  return filesUnder(project)
    .map((path) => relative(project, path))
    .filter(isIn);
}

const heavy = ["node_modules", ".git", "var"];
function filesUnder(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return heavy.includes(entry.name) ? [] : filesUnder(path);
    return entry.isFile() ? [path] : [];
  });
}

export type Image = {
  /** Where the last stage's /app is. */
  app: string;
  environment: Record<string, string>;
};

export function buildImage(folder: string): Image {
  const context = join(folder, "context");
  for (const path of readContext()) copy(join(project, path), join(context, path));
  const environment: Record<string, string> = {};
  let app = "";
  for (const stage of readStages()) {
    const root = join(folder, stage.name);
    let work = root;
    for (const step of stage.steps) {
      if (step.keyword === "WORKDIR") {
        work = join(root, step.args[0] ?? "");
        mkdirSync(work, { recursive: true });
      } else if (step.keyword === "COPY") {
        const { from } = step.flags;
        carryOutCopy(step, from === undefined ? context : join(folder, from), work);
      } else if (step.keyword === "RUN") carryOutRun(step, work);
      else if (step.keyword === "ENV") {
        for (const word of step.args) {
          const [name = "", value = ""] = word.split("=");
          environment[name] = value.replace("/app/", `${work}/`);
        }
      }
    }
    app = work;
  }
  return { app, environment };
}

function carryOutCopy({ args }: Step, source: string, work: string): void {
  const target = join(work, args.at(-1) ?? "");
  for (const path of args.slice(0, -1)) {
    const from = join(source, path);
    if (!existsSync(from)) throw new Error(`COPY ${path}: not in the build context`);
    const isInto = (args.at(-1) ?? "").endsWith("/") && statSync(from).isFile();
    copy(from, isInto ? join(target, path.slice(path.lastIndexOf("/") + 1)) : target);
  }
}

function carryOutRun({ text }: Step, work: string): void {
  if (text.startsWith("npm ci ") && !process.env["USHER_REAL_NPM"]) {
    if (!text.includes("--omit=dev")) throw new Error("the image would have what tests need");
    copyProductionPackages(work);
    return;
  }
  const { exitCode, stderr } = Bun.spawnSync(["sh", "-ec", text.replace(/\\\n/g, " ")], {
    cwd: work,
    stderr: "pipe",
  });
  if (exitCode !== 0) throw new Error(`RUN ${text.slice(0, 60)}: ${stderr.toString()}`);
}

type Lock = { packages: Record<string, { dev?: boolean; devOptional?: boolean; link?: boolean }> };

function copyProductionPackages(work: string): void {
  const lock = JSON.parse(readFileSync(join(work, "package-lock.json"), "utf8")) as Lock;
  for (const [path, { dev, devOptional, link }] of Object.entries(lock.packages)) {
    const from = join(project, path);
    if (path === "" || dev || devOptional || link || !existsSync(from)) continue;
    // Of a package its own files alone: what is nested in it has a row of its own.
    cpSync(from, join(work, path), {
      recursive: true,
      filter: (each) => each === from || relative(from, each).split("/")[0] !== "node_modules",
    });
  }
}

function copy(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  cpSync(from, to, { recursive: true });
}
