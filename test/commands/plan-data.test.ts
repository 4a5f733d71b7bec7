import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { makePlan } from "../../src/commands/plan.ts";
import { changedModels } from "../../src/commands/changed-models.ts";
import type { ModelChange } from "../../src/etl/plan/data-diff.ts";
import { makeRepository, type Repository } from "../support/repository.ts";

let repository: Repository;
afterAll(() => repository.remove());
afterEach(async () => {
  await repository.git("checkout", "--quiet", ".");
  await repository.git("clean", "--quiet", "--force", "-d");
});

/** Puts one text in place of another, which must be there. */
async function edit(file: string, from: string, to: string): Promise<void> {
  const text = await repository.read(file);
  expect(text.includes(from), from).toBe(true);
  await repository.write(file, text.replace(from, to));
}

/** What the diff says of each table that has changed, in short. */
async function diffOf(notesWanted: string[] = []): Promise<Record<string, object>> {
  const { data, notes, problems } = await makePlan({ target: "local" }, repository.context);
  expect(problems).toEqual([]);
  expect(notes).toEqual(notesWanted);
  return Object.fromEntries(data.map((change) => [change.model, short(change)]));
}

function short({ added, removed, changed, columns }: ModelChange): object {
  const lists = Object.entries(columns).map(([name, list]) => [`columns_${name}`, list as unknown[]] as const);
  const counts = Object.entries({ added, removed }).filter(([, rows]) => rows > 0);
  return Object.fromEntries([...counts, ...Object.entries(changed), ...lists.filter(([, list]) => list.length > 0)]);
}

describe("of 1,708 rows of unemployment", () => {
  beforeAll(async () => void (repository = await makeRepository({ example: "unemployment" })));

  test("nothing is told where nothing is changed", async () => {
    expect(await diffOf(["main is this very commit, and nothing is uncommitted"])).toEqual({});
  });

  test("without samples, models are told that have another text", async () => {
    await edit("models/stg_unemployment.sql", "FROM unemployment", "FROM unemployment WHERE series <> 'Other'");
    await repository.write("models/stg_ny_æ.sql", "SELECT 1 AS n");
    await repository.git("rm", "--quiet", "models/unemployment_by_industry.sql");
    const file = `${repository.context.cwd}/pipeline.yaml`;
    expect(await changedModels({ file, commit: "HEAD" }, repository.context)).toEqual([
      "models/stg_ny_æ.sql is new",
      "models/stg_unemployment.sql changed",
      "models/unemployment_by_industry.sql is gone",
    ]);
    await repository.git("reset", "--quiet", "--hard");
  });

  test("1: a stricter condition takes rows away", async () => {
    await edit("models/stg_unemployment.sql", "FROM unemployment", "FROM unemployment WHERE series <> 'Other'");
    expect(await diffOf()).toMatchObject({
      stg_unemployment: { removed: 122 },
      unemployment_by_month: { unemployed: 122, industries: 122 },
      unemployment_by_industry: { removed: 11 },
    });
  });

  test("2: a join that doubles rows adds them", async () => {
    await edit("models/stg_unemployment.sql", "FROM unemployment", "FROM unemployment, range(2)");
    const found = await diffOf();
    expect(found["stg_unemployment"]).toEqual({ added: 1708 });
    expect(found["unemployment_by_industry"]).toMatchObject({ months: 154, person_months: 154 });
  });

  test("3: another aggregate changes the values of its column alone", async () => {
    await edit("models/unemployment_by_industry.sql", "max(rate)", "min(rate)");
    expect(await diffOf()).toEqual({ unemployment_by_industry: { max_rate: 153 } });
  });

  test("4: another rounding is a change of some rows", async () => {
    await edit("models/unemployment_by_industry.sql", "round(avg(rate), 2)", "round(avg(rate), 1)");
    const { unemployment_by_industry: found } = await diffOf();
    expect(found).toEqual({ mean_rate: expect.any(Number) as number });
    expect(Object.values(found!)[0]).toBeLessThan(154);
  });

  test("5: another order in a tie changes who stands for both", async () => {
    await edit("models/unemployment_by_month.sql", "rate DESC, industry", "rate DESC, industry DESC");
    expect(Object.keys((await diffOf())["unemployment_by_month"]!)).toEqual(["hardest_hit"]);
  });

  test("6: a new column is told, and changes no row", async () => {
    await edit(
      "models/unemployment_by_month.sql",
      "max(rate) AS hardest_hit_rate",
      "max(rate) AS hardest_hit_rate,\n  min(rate) AS least_rate",
    );
    await edit(
      "pipeline.yaml",
      "      hardest_hit_rate: ",
      "      least_rate: { type: FLOAT64 }\n      hardest_hit_rate: ",
    );
    expect(await diffOf()).toEqual({
      unemployment_by_month: { columns_added: [{ name: "least_rate", type: "FLOAT64" }] },
    });
  });

  test("7: a column that is gone is told", async () => {
    await edit("models/unemployment_by_industry.sql", ",\n  max(rate) AS max_rate", "");
    await edit(
      "pipeline.yaml",
      "      max_rate:      { type: FLOAT64, description: Highest monthly unemployment rate in per cent, checks: [not_null] }\n",
      "",
    );
    expect(await diffOf()).toEqual({
      unemployment_by_industry: { columns_removed: [{ name: "max_rate", type: "FLOAT64" }] },
    });
  });

  test("8: a column of another type is told, and its values are the same where they mean the same", async () => {
    await edit("pipeline.yaml", "months:        { type: INT64", "months:        { type: FLOAT64");
    expect(await diffOf()).toEqual({
      unemployment_by_industry: { columns_retyped: [{ name: "months", was: "INT64", type: "FLOAT64" }] },
    });
  });

  test("9: another value for some rows only", async () => {
    await edit(
      "models/stg_unemployment.sql",
      "  rate\n",
      "  CASE WHEN series = 'Finance' AND year = 2001 THEN rate + 100 ELSE rate END AS rate\n",
    );
    expect(await diffOf()).toEqual({
      unemployment_by_month: { hardest_hit: 12, hardest_hit_rate: 12 },
      unemployment_by_industry: { mean_rate: 1, max_rate: 1 },
      stg_unemployment: { rate: 12 },
    });
  });

  test("10: a NULL where a value was", async () => {
    await edit("models/unemployment_by_industry.sql", "sum(unemployed)", "nullif(sum(unemployed), 1)");
    await edit("models/unemployment_by_month.sql", "count(*) AS industries", "nullif(count(*), 14) AS industries");
    expect(await diffOf()).toMatchObject({ unemployment_by_month: { industries: 122 } });
  });

  test("a refactoring is no change: renamed CTEs, another order of joins and columns' lines, views that become tables", async () => {
    await repository.write(
      "models/unemployment_by_industry.sql",
      `WITH renamed AS (SELECT industry AS i, month AS m, * FROM stg_unemployment),
      years AS (SELECT DISTINCT year(month) AS y FROM stg_unemployment)
      SELECT renamed.i AS industry, years.y AS year, count(*) AS months, sum(unemployed) AS person_months,
        round(avg(rate), 2) AS mean_rate, max(rate) AS max_rate
      FROM years JOIN renamed ON year(renamed.m) = years.y
      GROUP BY ALL ORDER BY mean_rate DESC`,
    );
    await edit(
      "pipeline.yaml",
      "description: One row for each industry and month\n",
      "description: Other words\n    materialize: table\n",
    );
    expect(await diffOf()).toEqual({});
  });

  test("nor are a model that is split, sums in another order, a name in other letters and a comment", async () => {
    await repository.write("models/rates.sql", "SELECT industry, month, rate AS r FROM stg_unemployment ORDER BY rate");
    await repository.write(
      "models/unemployment_by_month.sql",
      `-- Another comment.
      SELECT Month AS month, count(*) AS industries, sum(unemployed) AS unemployed,
        first(industry ORDER BY rate DESC, industry) AS hardest_hit, sum(r) - sum(r) + max(r) AS hardest_hit_rate
      FROM rates JOIN stg_unemployment USING (industry, month) GROUP BY 1`,
    );
    const plan = await makePlan({ target: "local" }, repository.context);
    expect(plan.problems).toEqual([]);
    expect(plan.data).toEqual([]);
    expect(plan.models_added).toEqual(["rates"]);
  });
});
