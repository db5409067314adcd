// One load of the peak at any size, for looking at; writes nothing. Read next: p8.ts.
//
//   bun bench/p8-peak/p8-peak.ts [--rate 10000] [--seconds 10] [--mix status=94,join=4,hold=1.5,order=0.5]
//     [--gateway-connections 256] [--shop-connections 64] [--good-ms 1000] [--give-up-ms 5000]
//     [--holds-ahead 150] [--warm-sec 4]

import { parseArgs } from "node:util";
import { openInstallation } from "../support/installation.ts";
import { mixOfPeak, playPeak } from "./peak.ts";
import { peakLoad, usualLoad } from "./p8.ts";

const { values } = parseArgs({
  options: {
    rate: { type: "string", default: "10000" },
    seconds: { type: "string", default: "10" },
    mix: { type: "string" },
    "gateway-connections": { type: "string", default: String(usualLoad.connections.gateway) },
    "shop-connections": { type: "string", default: String(usualLoad.connections.shop) },
    "holds-ahead": { type: "string" },
    "good-ms": { type: "string", default: String(usualLoad.goodMs) },
    "warm-sec": { type: "string", default: String(usualLoad.warmSec) },
    "give-up-ms": { type: "string", default: String(usualLoad.giveUpMs) },
  },
});
const mix = values.mix
  ? Object.fromEntries(
      values.mix.split(",").map((part) => [part.split("=")[0], Number(part.split("=")[1]) / 100]),
    )
  : mixOfPeak;
const installation = await openInstallation();
try {
  const connections = {
    gateway: Number(values["gateway-connections"]),
    shop: Number(values["shop-connections"]),
  };
  const { holdsAhead, ...load } = peakLoad(Number(values.rate), Number(values.seconds));
  const asked = {
    ...load,
    mix,
    connections,
    holdsAhead: Number(values["holds-ahead"] ?? holdsAhead),
    warmSec: Number(values["warm-sec"]),
    goodMs: Number(values["good-ms"]),
    giveUpMs: Number(values["give-up-ms"]),
  };
  await playPeak(installation, asked, (line) => console.log(line));
} finally {
  await installation.close();
}
process.exit(0);
