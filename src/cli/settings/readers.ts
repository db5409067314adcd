// From the text of a setting to its value. Each says in its message what it takes, and under which name
// the text was given, so that a mistyped variable of a container is found as fast as a mistyped flag.

import { Fault } from "../../foundation/fault.ts";
import type { LogLevel } from "../../foundation/log.ts";

type Reader<Value> = (text: string, name: string) => Value;

const refuse = (message: string): never => {
  throw new Fault("bad-arguments", message);
};

export const asIs: Reader<string> = (text) => text;

export const isOn: Reader<boolean> = (text, name) =>
  text === "true" || text === "1"
    ? true
    : text === "false" || text === "0"
      ? false
      : refuse(`${name} is true or false, not ${text}`);

export function wholeNumber(most: number, least = 0): Reader<number> {
  return (text, name) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    return refuse(`${name} takes a whole number from ${least} to ${most}, not ${text}`);
  };
}

export const portNumber = wholeNumber(65_535);

export const originText: Reader<string> = (text, name) => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol.startsWith("http") && url.pathname === "/" && url.search === "") {
    return url.origin;
  }
  return refuse(
    `${name} takes scheme, host and port, like https://tickets.example.org, not ${text}`,
  );
};

/** Never repeats the text: an address may hold a password. */
export function addressOf(...schemes: readonly string[]): Reader<string> {
  return (text, name) => {
    const scheme = URL.canParse(text) ? new URL(text).protocol.slice(0, -1) : "";
    if (schemes.includes(scheme)) return text;
    return refuse(`${name} takes an address that begins with ${schemes.join(":// or ")}://`);
  };
}

export function listOf<Value>(read: Reader<Value>): Reader<Value[]> {
  return (text, name) =>
    text
      .split(",")
      .map((item) => item.trim())
      .filter((item) => item !== "")
      .map((item) => read(item, name));
}

export const logLevel: Reader<LogLevel> = (text, name) =>
  text === "debug" || text === "info" || text === "warn" || text === "error"
    ? text
    : refuse(`${name} is debug, info, warn or error, not ${text}`);
