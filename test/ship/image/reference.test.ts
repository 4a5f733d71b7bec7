import { describe, expect, test } from "vitest";
import { garImage, ghcrImage, versionTag } from "../../../src/ship/image/address.ts";
import { formatReference, parseReference, suggestRepository, suggestTag } from "../../../src/ship/image/reference.ts";

const hex = "0a".repeat(32);
const refusal = (text: string) => {
  try {
    parseReference(text);
  } catch (error) {
    return error as { message: string; hint: string };
  }
  throw new Error(`${text} was taken`);
};

describe("a reference", () => {
  test.each([
    ["node", "docker.io", "library/node", undefined, undefined],
    ["node:24-slim", "docker.io", "library/node", "24-slim", undefined],
    ["owner/name:v1.0", "docker.io", "owner/name", "v1.0", undefined],
    ["ghcr.io/owner/name", "ghcr.io", "owner/name", undefined, undefined],
    ["localhost/a", "localhost", "a", undefined, undefined],
    [`a/${"b".repeat(253)}`, "docker.io", `a/${"b".repeat(253)}`, undefined, undefined],
    ["127.0.0.1:5000/a/b:1", "127.0.0.1:5000", "a/b", "1", undefined],
    ["[::1]:5000/a", "[::1]:5000", "a", undefined, undefined],
    [`a@sha256:${hex}`, "docker.io", "library/a", undefined, `sha256:${hex}`],
    [`x.no/a__b.c-d--e:T@sha256:${hex}`, "x.no", "a__b.c-d--e", "T", `sha256:${hex}`],
  ])("%s", (text, registry, repository, tag, digest) => {
    expect(parseReference(text)).toEqual({ registry, repository, tag, digest });
  });

  test("is written as it is read", () => {
    const text = `ghcr.io/owner/name:v1@sha256:${hex}`;
    expect(formatReference(parseReference(text))).toBe(text);
  });

  test.each([
    ["smedina1304/runPodsPython:v1.0", "has capitals", "Write `smedina1304/run-pods-python:v1.0`."],
    ["ghcr.io/NAVIKT/Team_A/x", "`NAVIKT` has capitals", "Write `ghcr.io/navikt/team_a/x`."],
    ["https://ghcr.io/a/b", "", ""],
    ["ghcr.io//b:1", "a part of its path is empty", "Write `ghcr.io/b:1`."],
    ["a/-b", "`-b` may hold a-z and 0-9", "Write `a/b`."],
    ["a/b..c", "`b..c` may hold", "Write `a/b.c`."],
    ["a/b:", "its tag is empty", "Write `:1`."],
    ["a/b:feature/x", "", ""],
    ["a/b:-1", "the tag `-1`", "Write `:1`."],
    [`a/b:${"x".repeat(129)}`, "has 129 characters", ""],
    ["a/b@sha256:abc", "`@sha256:abc` is not a digest", "64 of 0-9 and a-f"],
    [`a/${"b".repeat(254)}`, "more than 255", ""],
    ["0a".repeat(32), "looks like the digest", "`@sha256:`"],
    ["", "a part of its path is empty", "Write `image`."],
  ])("%j is refused, with one that is none", (text, message, hint) => {
    const error = refusal(text);
    expect(error.message).toContain(message);
    expect(error.hint).toContain(hint);
  });
});

describe("a name that is one", () => {
  test.each([
    ["runPodsPython", "run-pods-python"],
    ["NAVIKT/Ærlig Talt", "navikt/aerlig-talt"],
    ["_a_", "a"],
    ["a___b", "a_b"],
    ["a.-b", "a-b"],
    ["€", "image"],
  ])("of %s: %s", (text, expected) => {
    expect(suggestRepository(text)).toBe(expected);
    expect(parseReference(expected).repository).toMatch(new RegExp(`${expected}$`));
  });

  test.each([
    ["feature/x", "feature-x"],
    ["..", "1"],
    ["-a b", "a-b"],
  ])("of the tag %s: %s", (text, expected) => {
    expect(suggestTag(text)).toBe(expected);
  });
});

describe("where nobody says otherwise", () => {
  test("an image for nais lies in the team's registry", () => {
    const place = { project: "nais-management-233d", team: "my-team", name: "My-Repo" };
    expect(garImage(place)).toEqual({
      registry: "europe-north1-docker.pkg.dev",
      repository: "nais-management-233d/my-team/my-repo",
    });
    expect(garImage({ ...place, suffix: "-job" }).repository).toBe("nais-management-233d/my-team/my-repo-job");
  });

  test("one of GitHub in that of its owner", () => {
    expect(ghcrImage({ owner: "navikt", name: "Orders" })).toEqual({
      registry: "ghcr.io",
      repository: "navikt/orders",
    });
  });

  test("the tag is the minute in UTC and the commit", () => {
    const revision = "1A2B3C4D5E6F".toLowerCase();
    expect(versionTag({ now: new Date("2026-11-05T07:30:59+01:00"), revision })).toBe("2026.11.05-06.30-1a2b3c4");
    expect(() => versionTag({ now: new Date(), revision: "main" })).toThrow("`main` is not a commit");
  });
});
