/** docs/conformance.md: which behaviour of BigQuery was seen where. Made from the tests' own names, and from what `npm run test:gcp` saw. */
import { readFileSync } from "node:fs";
import { contract } from "../contract/bigquery/cases.ts";
import { googleSql } from "../contract/googlesql.ts";
import { scenarios, secretScenario } from "../gcp/scenarios.ts";

/** What was seen on Google's own BigQuery, by a behaviour's name. */
export interface GoogleFacts {
  seen: Record<string, Sight>;
}

export interface Sight {
  /** 2026-11-21 */
  date: string;
  location: string;
  as: "expected" | "otherwise";
}

interface Behaviour {
  group: string;
  name: string;
  emulator: "yes" | "otherwise" | "in part" | "–";
  zetasql: "yes" | "–";
}

/** Runs that test/e2e has against bqemulator too, in its own words; of types, those that it holds. */
const runsOnEmulator: [RegExp, Behaviour["emulator"]][] = [
  [/^every type/, "in part"],
  [/^(?:append|merge|replace_partition) /, "yes"],
  [/^replace /, "in part"],
  [/^a rollback /, "in part"],
];

export function behaviours(): Behaviour[] {
  const wrong = wrongInEmulator();
  const cases = Object.entries(contract).flatMap(([group, all]) =>
    all.map(({ name }): Behaviour => ({ group, name, emulator: wrong.has(name) ? "otherwise" : "yes", zetasql: "–" })),
  );
  const expressions = Object.entries(googleSql).map(([group, all]): Behaviour => ({
    group: "GoogleSQL",
    name: `${group} (${all.length} expressions)`,
    emulator: "–",
    zetasql: "yes",
  }));
  const runs = [...scenarios, secretScenario].map(({ name }): Behaviour => {
    const [, emulator = "–"] = runsOnEmulator.find(([pattern]) => pattern.test(name)) ?? [];
    return { group: "runs", name, emulator, zetasql: "–" };
  });
  return [...cases, ...expressions, ...runs];
}

/** It is a list that test/e2e holds true. */
function wrongInEmulator(): Set<string> {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const [, section = ""] = readme.split("### What bqemulator 1.4.0 does otherwise");
  return new Set([...section.matchAll(/^- (.+)$/gm)].map(([, name]) => name!));
}

export function readFacts(root: URL | string): GoogleFacts {
  const file = root instanceof URL ? new URL("test/facts/google.json", root) : `${root}/test/facts/google.json`;
  return JSON.parse(readFileSync(file, "utf8")) as GoogleFacts;
}

export function conformancePage({ seen }: GoogleFacts): string {
  const all = behaviours();
  const count = all.filter(({ name }) => seen[name]).length;
  const groups = [...new Set(all.map(({ group }) => group))];
  return [
    "# What was seen where",
    "",
    `Of ${all.length} behaviours of BigQuery that the product leans on, **${count === 0 ? "none was" : `${count} were`} seen on Google's own BigQuery so far**. All were seen on our own server, which proves only that we work with what we believe BigQuery to be; so most were tried in one more place:`,
    "",
    "- **own server** (`test/servers/bigquery`): `npm test`, with Google's own Node clients in front of it; every request and reply is held against Google's description of the API. Whole runs: `npm run test:e2e`, which is `test:gcp` with it in Google's place;",
    "- **bqemulator** 1.4.0, by others: `npm run test:e2e`. *otherwise* is known to differ from BigQuery there (`test/README.md`), and is looked for;",
    "- **ZetaSQL**, Google's reference implementation of GoogleSQL: `npm run test:e2e`;",
    "- **Google**: BigQuery itself, in a real project: `npm run test:gcp`, with the day it was last seen.",
    "",
    "Each table has a column for each of the other places where any of it was tried; **–** means not tried there.",
    "",
    ...groups.flatMap((group) => [
      `## ${titleOf(group)}`,
      "",
      ...tableOf(
        all.filter((one) => one.group === group),
        seen,
      ),
      "",
    ]),
    "On bqemulator a rollback is from snapshots, whose end it forgets, and by time travel to what single statements have left, since scripts leave no trace in its past. On Google, what an editor may do, which is what a Naisjob is on its dataset, is known from the documentation only: make snapshots and give them an end by `tables.patch`, but make none with an end and delete none. Whoever runs `test:gcp` owns its dataset, so that is still to be seen.",
    "",
    "## Trying it on a real project",
    "",
    "```sh",
    "gcloud auth application-default login",
    "NAIS_ETL_GCP_PROJECT=my-project npm run test:gcp",
    "```",
    "",
    "It takes about ten minutes and costs nothing worth mentioning: all tables are tiny. It makes two datasets of its own with a random name, whose tables expire after three hours, and deletes them at the end. It prints names of behaviours and what BigQuery refused, and no data. What it saw goes into `test/facts/google.json` and into this page: commit both.",
    "",
    "- `NAIS_ETL_GCP_PROJECT`: the project; without it everything is skipped;",
    "- `NAIS_ETL_GCP_LOCATION`: of the dataset; europe-north1 by default;",
    "- `NAIS_ETL_GCP_PREFIX`: in front of the datasets' names; `nais_etl_test` by default;",
    "- `NAIS_ETL_GCP_SECRET`: `projects/P/secrets/NAME`, to try Secret Manager too.",
    "",
    "It needs `roles/bigquery.user` on the project, and `roles/secretmanager.secretAccessor` on the secret.",
    "",
  ].join("\n");
}

function titleOf(group: string): string {
  return group === "runs" ? "Whole runs" : `${group[0]!.toUpperCase()}${group.slice(1)}`;
}

/** Without the columns in which nothing was tried: on a telephone there is room for three. */
function tableOf(rows: Behaviour[], seen: GoogleFacts["seen"]): string[] {
  const columns = [
    { title: "behaviour", cell: ({ name }: Behaviour) => name },
    { title: "bqemulator", cell: ({ emulator }: Behaviour) => emulator },
    { title: "ZetaSQL", cell: ({ zetasql }: Behaviour) => zetasql },
    { title: "Google", cell: ({ name }: Behaviour) => sightOf(seen[name]) },
  ].filter(({ cell }) => rows.some((row) => cell(row) !== "–"));
  return [
    lineOf(columns.map(({ title }) => title)),
    `|${"---|".repeat(columns.length)}`,
    ...rows.map((row) => lineOf(columns.map(({ cell }) => cell(row)))),
  ];
}

function lineOf(cells: string[]): string {
  return `| ${cells.join(" | ")} |`;
}

function sightOf(sight: Sight | undefined): string {
  if (!sight) return "–";
  return `${sight.as === "expected" ? "yes" : "**otherwise**"}, ${sight.date}, ${sight.location}`;
}
