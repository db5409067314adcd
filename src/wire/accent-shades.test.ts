import { expect, test } from "bun:test";
import { accentShades, checkAccent, contrast, parseHex } from "./accent-shades.ts";

test("white or dark ink, whichever can be read", () => {
  expect(checkAccent("#4338ca")).toMatchObject({ kind: "readable", ink: "#ffffff" });
  expect(checkAccent("#ffd400")).toMatchObject({ kind: "readable", ink: "#14161b" });
});

test("a colour between both inks is refused, and the nearest that passes is named", () => {
  const check = checkAccent("#7a7a7a");
  expect(check).toMatchObject({ kind: "unreadable", needed: 4.5 });
  if (check.kind !== "unreadable") return;
  expect(check.contrast).toBeLessThan(4.5);
  expect(checkAccent(check.nearest).kind).toBe("readable");
});

test("the derived shades are readable on their papers", () => {
  for (const hex of ["#ffd400", "#000000", "#ffffff", "#3355ff"]) {
    const shades = accentShades(hex);
    expect(contrast(parseHex(shades?.onLight ?? "")!, [255, 255, 255])).toBeGreaterThan(4.5);
    expect(contrast(parseHex(shades?.onDark ?? "")!, [14, 16, 20])).toBeGreaterThan(4.5);
  }
});

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

test("what is no colour is said to be none", () => {
  for (const text of ["red", "#fff", "#12345g", ""])
    expect(checkAccent(text).kind).toBe("not-a-colour");
});
