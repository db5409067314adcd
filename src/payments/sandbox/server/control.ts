// POST /control/behaviour adds a rule of bad weather, GET lists, DELETE clears. Merchant's key only.

import { conducts, maxDelayMs, operations, type Weather } from "./behaviour.ts";
import { type Answer, answer, readBody, readInteger, readText, refusal } from "./requests.ts";

export async function controlBehaviour(request: Request, weather: Weather): Promise<Answer> {
  if (request.method === "GET") return answer(200, { rules: weather.list() });
  if (request.method === "DELETE") {
    weather.clear();
    return answer(200, { rules: [] });
  }
  if (request.method !== "POST") return refusal(405, "method-not-allowed", "GET, POST or DELETE");
  const body = await readBody(request);
  const operation = operations.find((known) => known === body["operation"]);
  const conduct = conducts.find((known) => known === body["conduct"]);
  if (operation === undefined || conduct === undefined)
    return refusal(
      400,
      "bad-request",
      `operation: one of ${operations.join(", ")}; conduct: one of ${conducts.join(", ")}`,
    );
  const added = weather.add({
    operation,
    conduct,
    times: body["times"] === undefined ? 1 : readInteger(body, "times", 1, 1_000_000),
    order: body["order"] === undefined ? undefined : readText(body, "order", 64),
    code: body["code"] === undefined ? undefined : readText(body, "code", 64),
    delayMs: body["delayMs"] === undefined ? 3_000 : readInteger(body, "delayMs", 0, maxDelayMs),
  });
  return added
    ? answer(200, { rules: weather.list() })
    : refusal(429, "too-many-rules", "clear some first");
}
