import { expect, test } from "vitest";
import { style } from "../../../src/etl/report/style.ts";

/** Text, and what it stands on. */
const pairs = [
  ["ink", "page"],
  ["ink", "card"],
  ["ink", "soft"],
  ["ink", "failed-soft"],
  ["ink", "warned-soft"],
  ["quiet", "page"],
  ["quiet", "card"],
  ["quiet", "soft"],
  ["quiet", "failed-soft"],
  ["quiet", "warned-soft"],
  ["accent", "card"],
  ["accent", "soft"],
  ["done", "card"],
  ["done", "page"],
  ["done", "soft"],
  ["done", "done-soft"],
  ["failed", "card"],
  ["failed", "page"],
  ["failed", "failed-soft"],
  ["warned", "card"],
  ["warned", "warned-soft"],
  ["skipped", "card"],
] as const;

const themes = [...style.matchAll(/:root\{([^}]*--warned:[^}]*)\}/g)].map(([, body = ""]) =>
  Object.fromEntries([...body.matchAll(/--([a-z-]+):(#[0-9a-f]+)/g)].map(([, name, value]) => [name!, value!])),
);

test("there are a light and a dark theme, with the same colours", () => {
  expect(themes).toHaveLength(2);
  expect(Object.keys(themes[1]!)).toEqual(Object.keys(themes[0]!));
});

test.each(pairs)("%s on %s has a contrast of 4.5 to 1 in both themes", (text, ground) => {
  for (const theme of themes) expect(contrast(theme[text]!, theme[ground]!)).toBeGreaterThanOrEqual(4.5);
});

/** As WCAG 2.2 has it: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio */
function contrast(one: string, other: string): number {
  const [light, dark] = [luminance(one), luminance(other)].toSorted((a, b) => b - a) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

function luminance(colour: string): number {
  const whole = colour.length === 4 ? colour.replaceAll(/[0-9a-f]/g, "$&$&") : colour;
  const digits = whole.slice(1).match(/../g)!;
  const [red, green, blue] = digits.map((pair) => {
    const share = Number.parseInt(pair, 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
