import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { startJob } from "../action/drive.ts";
import { readSource } from "../support/syntax.ts";
import { leaksIn, person, plainSecret, secret } from "./marks.ts";
import { environment, filesOf, places, type Place } from "./places.ts";
import { setStage } from "./stage.ts";

// A secret's value and the name in a column that is marked `sensitive` are planted wherever one can stand. Nothing that
// any command says or leaves behind, on success or on failure, may show them: not in part, and not encoded.

describe("what is planted is shown nowhere:", () => {
  test.concurrent.each(places.map((place): [string, Place] => [place.name, place]))("%s", async (_name, place) => {
    const server = await place.start?.();
    const stage = await setStage(filesOf(place), { ...environment, ...place.env, ...server?.env });
    try {
      for (const [i, [args, ...exitCodes]] of place.calls.entries()) {
        const { exitCode, output } = await stage.call(args, { NAIS_ETL_LOG: i % 2 === 0 ? "text" : "json" });
        expect({ args, leaks: leaksIn(output), output }).toMatchObject({ leaks: [] });
        expect(exitCodes, `nais-etl ${args.join(" ")}\n${output}`).toContain(exitCode);
      }
      expect(await stage.left(place.published)).toEqual([]);
      expect(leaksIn((await server?.kept?.()) ?? "")).toEqual([]);
    } finally {
      await Promise.all([server?.stop(), stage.remove()]);
    }
  });
});

describe("nor in the Action's log, annotations, outputs and summary:", () => {
  const team = { team: "team", schedule: { cron: "30 7 * * *", timeZone: "Europe/Oslo" } };
  const given = { people: "data/people.csv" };
  const test1 = (expect: object) => ({ "tests/m.yaml": stringify([{ name: "a test", model: "m", given, expect }]) });
  const cases: [string, Place["files"], Record<string, unknown>][] = [
    ["all is well", test1({ count: 3 }), team],
    ["a test fails", test1({ rows: [{ id: 1, name: person, note: `x${secret}` }] }), team],
    ["a model cannot be read", { "models/m.sql": `SELECT '${plainSecret}' FRM people` }, team],
    ["the file is wrong", {}, { ...team, notify: { slack: { webhook: [plainSecret] } } }],
  ];

  test.each(cases)("%s", async (_what, files, pipeline) => {
    const job = await startJob(filesOf({ name: "", calls: [], files, pipeline }));
    try {
      const { log, outputs, summary, exported, annotations } = await job.drive({ env: environment });
      expect(summary).toContain("nais-etl");
      for (const said of [log, summary, exported, JSON.stringify([outputs, annotations])])
        expect({ leaks: leaksIn(said), said }).toMatchObject({ leaks: [] });
    } finally {
      await job.remove();
    }
  });
});

test("every command loads a pipeline in the way that masks its secrets", () => {
  const commands = readSource().filter(({ path }) => path.startsWith("commands/"));
  const loading = commands.filter(({ imports }) =>
    imports.some(({ target, loads }) => loads && target === "spec/load.ts"),
  );
  expect(loading.map(({ path }) => path)).toEqual(["commands/load-pipeline.ts"]);
});

describe("the tests would see it:", () => {
  test.each([
    ["as it is", secret],
    ["a person", `O'${person}`],
    ["cut off", `x${plainSecret.slice(0, 9)}…`],
    ["in JSON", JSON.stringify(secret)],
    ["in a URL", encodeURIComponent(secret)],
    ["in base64", Buffer.from(`user:${secret}`).toString("base64")],
    ["in base64 for URLs", Buffer.from(plainSecret).toString("base64url")],
    ["in hexadecimal", Buffer.from(person).toString("hex")],
    ["in small letters", plainSecret.toLowerCase()],
  ])("%s", (_how, text) => {
    expect(leaksIn(`before ${text} behind`)).not.toEqual([]);
  });
});
