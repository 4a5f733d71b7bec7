import { afterEach, beforeEach, expect, test } from "vitest";
import { createProgram } from "../../src/cli/program.ts";
import type { Why } from "../../src/etl/why/why.ts";
import { realContext } from "../run/context.ts";
import { makeLab, type Lab } from "../run/lab.ts";

// Nothing has failed, and yet readers do not see what they should.

let lab: Lab;

beforeEach(async () => {
  lab = await makeLab();
});

afterEach(() => lab.remove());

const env = (image: string) => ({ env: { NAIS_APP_IMAGE: `gar/p:${image}`, NAIS_ETL_REVISION: image } });
const rowsOf = (rows: number) => `SELECT range AS id FROM range(${rows})`;

async function typed(command: string): Promise<string> {
  const lines: string[] = [];
  const { path: folder } = lab.folder;
  const context = realContext({ folder, tmpdir: `${folder}/tmp`, env: {}, write: (line) => void lines.push(line) });
  expect(await createProgram(context).run(command.split(" "))).toBe(0);
  return lines.join("").trimEnd();
}

async function why(...asked: string[]): Promise<Why> {
  return JSON.parse(await typed(["why", "--json", ...asked].join(" "))) as Why;
}

test("a green run with far fewer rows is told first, with what changed and the rollback; then what comes after that", async () => {
  await lab.write(rowsOf(15), { keep: 3 });
  expect(await lab.run({}, env("good"))).toMatchObject({ code: 0 });
  await lab.write(rowsOf(7), { keep: 3 });
  expect(await lab.run({}, env("bad"))).toMatchObject({ code: 0 });
  const bad = await why();
  const id = bad.run!.run_id;
  expect(bad).toMatchObject({
    cause: { kind: "unusual", what: "nothing failed, but `t` got 7 rows, and usually gets 15" },
    since: { run_id: id, runs: 1 },
    changes: expect.arrayContaining([
      { kind: "rows", what: "rows of output t", before: "15", after: "7" },
      { kind: "code", what: "revision", before: "good", after: "bad" },
      { kind: "image", what: "image", before: "gar/p:good", after: "gar/p:bad" },
    ]) as object[],
    readers: [{ rows: 7, run_id: id }],
    mend: { only_if: "these numbers are wrong", command: `nais-etl rollback t --to ${bad.last_good!.run_id}` },
  });
  const { command } = bad.mend!;
  expect((await typed("why")).split("\n\n").at(-1)).toBe(
    `If these numbers are wrong:\n  ${command}\nAfterwards: Mend what made them, and deploy: the next run publishes the same\nagain.`,
  );
  await typed(`${command.slice("nais-etl ".length)} --yes`);

  const after = await why();
  expect(after).toMatchObject({
    cause: { kind: "rolled-back" },
    readers: [{ rows: 15, run_id: bad.last_good!.run_id, brought_back_at: expect.any(String) as string }],
    mend: {
      only_if: "what made them (gar/p:bad) is still deployed",
      command: "nais-etl deploy --image gar/p:good --revision good --wait run",
      afterwards: expect.stringContaining("the next run publishes the same again") as string,
    },
  });
  expect(after.changes).toContainEqual({ kind: "image", what: "image", before: "gar/p:good", after: "gar/p:bad" });

  const taken = await why(id);
  expect(taken.cause).toEqual({
    kind: "taken-back",
    what: expect.stringMatching(
      /^what it had published to `t` was taken back at \S+ \S+ UTC, by run rollback-/,
    ) as string,
  });
  expect(taken.mend?.command).toBe(after.mend?.command);

  await lab.run({}, env("bad"));
  expect(await why()).toMatchObject({ cause: { kind: "unusual" }, since: { runs: 1 }, readers: [{ rows: 7 }] });
  await lab.write(rowsOf(15), { keep: 3 });
  await lab.run({}, env("good"));
  const last = await why();
  expect(last.cause.kind).toBe("good");
  expect(last).not.toHaveProperty("mend");
  const mended = await typed(`why ${id}`);
  expect(mended).toContain("was taken back");
  expect(mended).toContain("Nothing is to be mended.");
});

test("readers of appended intervals are told the newest, and those that are missing, with what fills them", async () => {
  const days = { interval: "day" };
  await lab.write("SELECT $interval_start AS day, 1 AS id", { write: "append", partition: "day" }, days);
  for (const interval of ["2022-01-12", "2022-01-13", "2022-01-17", "2022-01-18"])
    expect(await lab.run({ interval })).toMatchObject({ code: 0 });
  const found = await why();
  expect(found).toMatchObject({
    cause: {
      kind: "gap",
      what: "this run came to its end, and readers have nothing of 3 days before: 2022-01-14, 2022-01-15, 2022-01-16",
    },
    readers: [{ run_id: "2022-01-18", intervals: 4, missing: ["2022-01-14", "2022-01-15", "2022-01-16"] }],
    mend: { command: "nais-etl backfill --from 2022-01-14 --to 2022-01-16" },
  });
  expect(await typed("why")).toMatch(/To fill them:\n {2}nais-etl backfill --from 2022-01-14 --to 2022-01-16$/);
  await typed(found.mend!.command.slice("nais-etl ".length));
  expect(await why()).toMatchObject({
    cause: { kind: "good" },
    readers: [{ run_id: "2022-01-18", intervals: 7, rows: 1 }],
  });
});

test("an old failure is explained, and nothing is to be mended of what has run since", async () => {
  await lab.write("SELECT error('no') AS id");
  expect(await lab.run()).toMatchObject({ code: 1 });
  const failed = (await why()).run!.run_id;
  await lab.write(rowsOf(3));
  expect(await lab.run()).toMatchObject({ code: 0 });
  const newer = (await why()).run!.run_id;
  const found = await why(failed);
  expect(found).toMatchObject({ cause: { kind: "failed" }, mended_by: { run_id: newer } });
  expect(found).not.toHaveProperty("mend");
  expect(await typed(`why ${failed}`)).toContain(`Mended since: run ${newer} of `);
});
