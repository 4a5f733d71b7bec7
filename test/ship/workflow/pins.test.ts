import { expect, test } from "vitest";
import { isPinned, noRelease, ownAction, pins } from "../../../src/ship/workflow/pins.ts";

const gitHead = "a1b2".repeat(10);

test.each([
  ["git+https://github.com/someone/nais-etl.git"],
  ["https://github.com/someone/nais-etl"],
  ["git@github.com:someone/nais-etl.git"],
  ["github:someone/nais-etl"],
])("a released copy of %s names its own commit", (url) => {
  const action = ownAction({ version: "1.2.3", repository: { url }, gitHead });

  expect(action).toBe(`someone/nais-etl@${gitHead} # v1.2.3`);
  expect(isPinned(action)).toBe(true);
});

test.each([
  [{}],
  [{ gitHead }],
  [{ repository: "github:someone/nais-etl" }],
  [{ repository: "https://example.org/someone/nais-etl", gitHead }],
])("a copy that says only %j names none, and where to put it", (facts) => {
  expect(ownAction({ version: "0.1.0", ...facts })).toContain(`${noRelease} # put the owner here`);
});

test.each(Object.entries(pins))("%s is named by a commit, with its version", (_, action) => {
  expect(isPinned(action)).toBe(true);
  expect(action).toMatch(/ # v\d+\.\d+\.\d+$/);
});

test.each([
  "someone/nais-etl@v1",
  "someone/nais-etl",
  `nais-etl@${gitHead}`,
  `someone/nais-etl@${gitHead}0`,
  "./action",
])("%s is not named by a commit", (action) => expect(isPinned(action)).toBe(false));
