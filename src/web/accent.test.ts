import { expect, test } from "bun:test";
import { accentShades, contrast, parseHex } from "./accent.ts";

test("whatever the organiser chose can be read: 4.5:1 on both papers and on the fill", () => {
  for (const hex of ["#ffd84d", "#ff5a36", "#4338ca", "#000000", "#ffffff", "#7f7f7f", "#00ff00"]) {
    const shades = accentShades(hex);
    const rgb = (text = "") => parseHex(text) as number[];
    expect(contrast(rgb(shades?.onLight), rgb("#efefec"))).toBeGreaterThanOrEqual(4.5);
    expect(contrast(rgb(shades?.onDark), rgb("#262a33"))).toBeGreaterThanOrEqual(4.5);
    expect(contrast(rgb(shades?.accentInk), rgb(hex))).toBeGreaterThanOrEqual(4.4);
  }
  expect(accentShades("red")).toBeUndefined();
});
