// The first start: a desk that nobody can sign in to is no desk, and one with a known password is
// worse. So the first operator gets a password made here, told once to whoever started the server.
// Keeps: where any operator exists nothing is made and nothing is told.

import { randomInt } from "node:crypto";
import { isFault } from "../../foundation/fault.ts";
import type { Operators } from "../../ports/catalog.ts";

export type FirstOperator = { email: string; password: string };

const firstEmail = "desk@usher.local";

/** No 0/o, 1/l/i: it is read off a terminal and typed. */
const letters = "abcdefghjkmnpqrstuvwxyz23456789";
const groups = 4;
const groupLength = 5;

/** @returns what to print, or undefined where an operator exists already. */
export async function ensureFirstOperator(
  operators: Operators,
  email = firstEmail,
): Promise<FirstOperator | undefined> {
  if ((await operators.count()) > 0) return undefined;
  const password = makePassword();
  try {
    await operators.create({ email, name: "Desk", role: "owner", password });
  } catch (error) {
    // Two processes started at once; the other one prints it.
    if (isFault(error, "operator-exists")) return undefined;
    throw error;
  }
  await operators.audit({
    operatorId: undefined,
    action: "operator.first",
    subject: "desk",
    detail: { role: "owner" },
  });
  return { email, password };
}

/** For whoever lost the password and can start the server: a new one, told once. */
export async function resetFirstOperator(operators: Operators): Promise<FirstOperator> {
  const password = makePassword();
  if (!(await operators.setPassword(firstEmail, password))) {
    await operators.create({ email: firstEmail, name: "Desk", role: "owner", password });
  }
  const change = { operatorId: undefined, action: "operator.reset", subject: "desk", detail: {} };
  await operators.audit(change);
  return { email: firstEmail, password };
}

/** 20 of 31 letters: 99 bits. */
function makePassword(): string {
  const group = () =>
    Array.from({ length: groupLength }, () => letters[randomInt(letters.length)]).join("");
  return Array.from({ length: groups }, group).join("-");
}
