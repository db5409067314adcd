// What a machine must allow before a million sockets are tried on it, and what it says of its memory.
// Each thing that is missing comes with what to change.

import { readFileSync } from "node:fs";

export type Plan = {
  streams: number;
  /** Streams of one gateway process, and of one process of fans. */
  perProcess: number;
  processes: number;
  /** What stands in the way, in words; empty: go. */
  obstacles: string[];
};

const keptForOthers = 1_000;
/** Measured: both ends of a stream and everything that it costs either process. */
const bytesPerStream = 14 * 1024;
/** A gateway and a process of fans before their first stream. */
const bytesPerPair = 100 * 1024 * 1024;
const kernelPagesPerStream = 0.3;

export function planFor(streams: number, wished: number | undefined): Plan {
  const files = openFiles();
  const perProcess = Math.min(
    wished ?? Number.POSITIVE_INFINITY,
    files - keptForOthers,
    portsPerGateway(),
  );
  const processes = Math.ceil(streams / perProcess);
  const obstacles: string[] = [];
  if (perProcess < 100) obstacles.push(`only ${files} open files a process: ulimit -n 20000`);
  const needs = streams * bytesPerStream + processes * bytesPerPair;
  const has = memoryOf("MemAvailable");
  if (needs > has) {
    obstacles.push(
      `about ${inGiB(needs)} GiB of memory are needed and ${inGiB(has)} are free: fewer streams, or a larger machine`,
    );
  }
  const tcpPages = Number(
    read("/proc/sys/net/ipv4/tcp_mem").trim().split(/\s+/)[2] ?? Number.POSITIVE_INFINITY,
  );
  if (streams * kernelPagesPerStream > tcpPages) {
    obstacles.push(
      `the kernel keeps at most ${tcpPages} pages for TCP: sysctl -w net.ipv4.tcp_mem="1000000 2000000 4000000"`,
    );
  }
  const fileMax = Number(read("/proc/sys/fs/file-max"));
  if (streams * 2.1 > fileMax) {
    obstacles.push(
      `the kernel opens at most ${fileMax} files: sysctl -w fs.file-max=${Math.ceil(streams * 2.2)}`,
    );
  }
  return { streams, perProcess, processes, obstacles };
}

function openFiles(): number {
  return Number(/^Max open files\s+(\d+)/m.exec(read("/proc/self/limits"))?.[1] ?? 1_024);
}

/** Fans reach each gateway at these in turn, see `portsPerGateway`. */
export const addresses = ["127.0.0.1", "127.0.0.2"] as const;

/**
 * Every gateway has a port of its own, so that so many connections lead to each from one address. Linux
 * gives out every second port of its range first; after those each connection is a search through all
 * of them: 18,000 connections took 32 s to one address and 3 s to two. So half of the range counts, once
 * an address.
 */
function portsPerGateway(): number {
  const [low = 32_768, high = 60_999] = read("/proc/sys/net/ipv4/ip_local_port_range")
    .trim()
    .split(/\s+/)
    .map(Number);
  return addresses.length * (Math.floor((high - low) / 2) - 500);
}

/** Bytes. */
export function memoryOf(what: "MemAvailable" | "MemTotal"): number {
  return Number(new RegExp(`^${what}:\\s+(\\d+)`, "m").exec(read("/proc/meminfo"))?.[1]) * 1024;
}

/** TCP sockets of the whole machine, both ends of a loopback connection counted. */
export function socketsInUse(): number {
  return Number(/^TCP: inuse (\d+)/m.exec(read("/proc/net/sockstat"))?.[1] ?? 0);
}

/** Memory of a process that is its own, in bytes; shared pages are counted by share. */
export function ownMemory(pid: number): number {
  return Number(/^Pss:\s+(\d+)/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1]) * 1024;
}

/** Seconds of processor time that a process has had. */
export function processorTime(pid: number): number {
  const fields = read(`/proc/${pid}/stat`).split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

const read = (path: string): string => {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
};
export const inGiB = (bytes: number): string => (bytes / 2 ** 30).toFixed(1);
