import { describe, expect, test } from "vitest";
import type { Case } from "../../src/etl/why/case.ts";
import type { RunRecord } from "../../src/etl/record/run-record.ts";
import { commandFor } from "../../src/etl/why/mend.ts";
import { toldRules } from "../../src/etl/why/told.ts";

/** Of a day pipeline in the cluster, asked on 20 January 2022. */
function failed(...labels: string[]): Case {
  const failing = labels.map((label) => ({ run_id: label, execution: "towns-manual-20220120063000", params: {} }));
  return {
    pipeline: { target: "prod-gcp", shownFile: "pipeline.yaml", spec: { name: "towns", interval: { every: "day" } } },
    run: { record: failing.at(-1), status: "failed" },
    failing,
    now: new Date("2022-01-20T06:30:00Z"),
  } as unknown as Case;
}

describe("what runs an interval again in the cluster", () => {
  test.each([
    [["2022-01-19"], "nais-etl trigger --wait --target prod-gcp"],
    [["2022-01-17"], "nais-etl trigger --wait --target prod-gcp --interval 2022-01-17 --with kubectl"],
    [["2022-01-17", "2022-01-19"], "nais-etl backfill --from 2022-01-17 --to 2022-01-19 --target prod-gcp"],
  ])("%j: %s", (labels, command) => {
    expect(commandFor({ by: "run" }, failed(...labels))).toBe(command);
  });

  test("a change of columns is allowed by hand", () => {
    expect(commandFor({ by: "run", allowSchemaChange: true }, failed("2022-01-19"))).toBe(
      "nais-etl run --target prod-gcp --interval 2022-01-19 --allow-schema-change",
    );
  });
});

describe("a grant that a pod lacks", () => {
  const problem = {
    severity: "error",
    message: "cannot read p.d.t: this account may not",
    hint: "Ask for roles/bigquery.dataViewer on table p.d.t, for this account. Its owner grants it.",
  };
  const told = (about: Case) =>
    toldRules.map((rule) => rule(about, { problems: [problem] } as unknown as RunRecord)).find(Boolean)?.first;

  test("is the job's, and not that of who asks", () => {
    expect(told(failed("2022-01-19"))).toBe(
      "Ask for roles/bigquery.dataViewer on table p.d.t, for the job's account. Its owner grants it. `nais-etl doctor --target prod-gcp` names that account, and prints the GRANT with all that it needs.",
    );
  });

  test("is one's own where one has run it oneself", () => {
    const about = failed("2022-01-19");
    expect(told({ ...about, run: { record: { execution: "20220120T063000Z-1a2b3c4d" } } as Case["run"] })).toBe(
      problem.hint,
    );
  });
});
