// A fan's whole life, from the door to the ticket or home again.

import { type Fan, pause } from "./fan.ts";
import { shop } from "./shopping.ts";
import { waitForTurn } from "./waiting.ts";

export async function live(fan: Fan, arrivesAt: number): Promise<void> {
  await pause(fan, arrivesAt - Date.now());
  if (fan.town.stop.aborted) return;
  fan.at = "waiting";
  const queueToken = await waitForTurn(fan);
  if (queueToken !== undefined && (await shop(fan))) fan.at = "bought";
  else fan.at = "gone";
}
