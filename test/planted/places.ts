/** Where a secret's value and a person's name can be planted. A new way in (a connector, a server) adds a place here. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { stringify } from "yaml";
import { bigQueryPlaces } from "./bigquery-places.ts";
import { httpPlaces } from "./http-places.ts";
import { person, plainSecret, secret } from "./marks.ts";

export interface Place {
  name: string;
  /** Of the pipeline's folder, besides pipeline.yaml. */
  files?: Record<string, string>;
  /** Laid over the pipeline, key by key at its top. */
  pipeline?: Record<string, unknown>;
  env?: Record<string, string>;
  /** A file that holds the rows that were asked for. */
  published?: RegExp;
  /** Command lines, each with the exit codes that show that it did what it was meant to. Every second one logs for machines. */
  calls: [args: string[], ...exitCodes: number[]][];
  /** A server that the commands talk to; its address stands in the environment. */
  start?: () => Promise<Started>;
}

export interface Started {
  env: Record<string, string>;
  /** What the server was told and what it keeps, but for the rows themselves. */
  kept?: () => Promise<string>;
  stop: () => Promise<void>;
}

const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
const sqlText = (text: string) => `'${text.replaceAll("'", "''")}'`;

/** The person in the middle of what could let the name out: quotes, line breaks, words of the engine. */
const rows = [
  [1, person, secret],
  [2, `O'${person}`, `x ${secret} y`],
  [2, `"${person}"`, `' to INT32 when casting from source column ${plainSecret}`],
];

const people = `id,name,note\n${rows.map(([id, ...texts]) => [id, ...texts.map((text) => quoted(String(text)))].join(",")).join("\n")}\n`;

const sensitive = { type: "STRING", sensitive: true };
const columns = { id: "INT64", name: sensitive, note: sensitive };

/** In every place: declared in each way that there is, and given in the environment. */
const declared = {
  WHOLE: { from: "env" },
  PLAIN: { from: "nais", secret: "team-secret", key: "PLAIN_KEY" },
  FETCHED: { from: "google-secret-manager", name: "projects/p/secrets/s", key: "K" },
};
export const environment = { WHOLE: secret, PLAIN_KEY: plainSecret, FETCHED: `prefix ${secret}` };

const output = { type: "file", path: "out/m.csv" };

/** @returns the text of pipeline.yaml */
function pipelineOf({ pipeline = {} }: Place): string {
  return stringify({
    name: "people",
    team: "team",
    sources: { people: { type: "file", path: "data/people.csv", columns } },
    outputs: { m: output },
    secrets: declared,
    ...pipeline,
  });
}

export function filesOf(place: Place): Record<string, string> {
  return {
    "data/people.csv": people,
    "models/m.sql": "FROM people",
    "pipeline.yaml": pipelineOf(place),
    ...place.files,
  };
}

/** On the laptop and in the pod. */
const runs = (exitCode: number): Place["calls"] => [
  [["run", "--verbose"], exitCode],
  [["run", "--target", "dev-gcp", "--debug"], exitCode],
];
const shows = (...exitCodes: number[]): Place["calls"] => [
  [["show", "m"], ...exitCodes],
  [["show", "m", "--json", "--debug"], ...exitCodes],
];
const model = (sql: string) => ({ "models/m.sql": sql });
const checks = (...list: unknown[]) => ({ models: { m: { checks: list } } });
const test = (parts: object) => ({ "tests/m.yaml": stringify([{ name: "a test", model: "m", ...parts }]) });
const tests: Place["calls"] = [
  [["test"], 3],
  [["test", "--json", "--debug"], 3],
];

/** One that answers each request with what is planted. */
async function startServer(answer: string) {
  const server = createServer((request, response) => {
    request.resume().on("end", () => void response.writeHead(500, { "x-said": plainSecret }).end(answer));
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const stop = () => new Promise<void>((resolve) => server.close(() => resolve()).closeAllConnections());
  return { address: `127.0.0.1:${(server.address() as AddressInfo).port}`, stop };
}

export const places: Place[] = [
  {
    name: "nothing goes wrong",
    calls: [
      ...runs(0),
      [["run", "--json"], 0],
      ...shows(0),
      [["validate"], 0],
      [["render"], 0],
      [["render", "-o", ".nais"], 0],
      [["explain"], 0],
      [["explain", "--json"], 0],
      [["schema"], 0],
      [["query", "FROM _nais_etl_runs"], 0],
      [["query", "--json", "FROM _nais_etl_runs"], 0],
      [["report"], 0],
      [["report", "--markdown"], 0],
      [["report", "--json", "--target", "dev-gcp"], 0],
      [["report", "--target", "dev-gcp"], 0],
    ],
  },
  {
    name: "rows in the local warehouse",
    pipeline: { outputs: { m: { type: "bigquery", table: "d.m" } } },
    published: /^\.nais-etl\/warehouse\.duckdb$/,
    calls: [
      [["run"], 0],
      [["query", "FROM d.m"], 0],
      [["query", "--json", "FROM d.m"], 0],
      [["query", "SUMMARIZE d.m"], 0],
      [["query", "SELECT CAST(name AS INT) FROM d.m"], 2],
      [["query", "--debug", "SELECT error(name || note) FROM d.m"], 2],
    ],
  },
  {
    name: "a parameter",
    pipeline: { params: { token: { type: "STRING", default: "x" }, n: { type: "INT64", default: 1 } } },
    files: model("SELECT $token AS t FROM people"),
    calls: [
      [["run", "--param", `token=${secret}`], 2],
      [["run", "--param", `token=${plainSecret}`, "--json"], 2],
      [["run", "--param", `n=${plainSecret}`], 2],
      [["run", "--param", `nope=${plainSecret}`, "--param", `n=${secret}`], 2],
      [["show", "m", "--param", `token=${secret}`], 2],
      [["run", "--param", `token=Bearer ${secret}`], 2],
    ],
  },
  {
    name: "a parameter in the environment",
    pipeline: { params: { token: "STRING" } },
    env: { PARAM_TOKEN: plainSecret },
    calls: [...runs(2)],
  },
  {
    name: "an interval, a limit, a name",
    pipeline: { interval: "day", outputs: { m: { ...output, write: "append" } } },
    calls: [
      [["run", "--interval", secret], 2],
      [["run", "--select", plainSecret], 2],
      [["run", "--wait-lock", plainSecret], 2],
      [["show", plainSecret], 2],
      [["show", "m", "--where", `name = ${sqlText(secret)} AND nope`], 2],
      [["query", `SELECT ${plainSecret}`], 2],
    ],
  },
  {
    name: "a file's name, by a variable that holds a secret",
    pipeline: { sources: { people: { type: "file", path: "data/${env:PLAIN_KEY}.csv", columns } } },
    files: { [`data/${plainSecret}.csv`]: people },
    calls: [...runs(2), ...shows(2), [["validate"], 2]],
  },
  {
    name: "a file's name",
    pipeline: { sources: { people: { type: "file", path: "data/many/*.csv", columns } } },
    files: { [`data/many/${plainSecret}.csv`]: people, "data/many/b.csv": "id,name\nx,y\n" },
    calls: [...runs(2), ...shows(2), [["validate"], 2]],
  },
  {
    name: "a cell of the wrong type",
    pipeline: {
      sources: {
        people: {
          type: "file",
          path: "data/people.csv",
          columns: { ...columns, name: { type: "DATE", sensitive: true } },
        },
      },
    },
    calls: [...runs(2), ...shows(2), [["validate"], 2]],
  },
  ...Object.entries({
    JSON: ["data/people.json", JSON.stringify([{ id: 1, name: person, note: { deep: [secret] } }, { id: person }])],
    NDJSON: ["data/people.ndjson", `{"id": 1, "name": "${person}"}\n{"id": "${plainSecret}", "name": ${person}}\n`],
    YAML: ["data/people.yaml", stringify([{ id: person, name: [plainSecret], note: secret }])],
    "text in another encoding": ["data/people.csv", `id,name,note\n1,${person}\u00ff\ufffd,${plainSecret},4,5\n`],
  } as Record<string, [string, string]>).map(([kind, [path, text]]): Place => ({
    name: `values of the wrong type in ${kind}`,
    pipeline: {
      sources: { people: { type: "file", path, columns: { ...columns, id: { type: "INT64", sensitive: true } } } },
    },
    files: { [path]: text },
    calls: [...runs(2), ...shows(2), [["validate"], 2]],
  })),
  {
    name: "an error of the engine about a cell",
    files: model("SELECT CAST(name AS INTEGER) AS a, CAST(note AS DATE) AS b FROM people"),
    calls: [...runs(1), ...shows(1)],
  },
  {
    name: "an error that the model itself makes of a cell",
    files: model("SELECT error('bad: ' || name || note) AS a FROM people"),
    calls: [...runs(1), ...shows(1)],
  },
  {
    name: "a text in a model",
    files: model(`SELECT CAST(${sqlText(secret)} AS INTEGER) AS a, error(${sqlText(plainSecret)}) AS b FROM people`),
    calls: [...runs(1), ...shows(1)],
  },
  {
    name: "a model that cannot be read",
    files: model(`SELECT ${sqlText(secret)} AS ${plainSecret} FRM people, "${plainSecret}"`),
    calls: [
      ...runs(2),
      ...shows(2),
      [["validate"], 2],
      [["validate", "--json"], 2],
      [["validate", "--format", "github"], 2],
    ],
  },
  {
    name: "a table and a column that are not there",
    files: model(`SELECT ${plainSecret} FROM people JOIN "${plainSecret}" USING (id)`),
    calls: [...runs(2), ...shows(2), [["validate"], 2]],
  },
  {
    name: "checks that fail",
    pipeline: {
      models: {
        m: {
          columns: {
            id: { type: "INT64", checks: ["unique", { range: { max: 1 } }] },
            name: { ...sensitive, checks: [{ accepted_values: [plainSecret] }, { matches: `^${plainSecret}$` }] },
            note: { ...sensitive, checks: [{ accepted_values: [secret], severity: "warn" }, "unique"] },
          },
          checks: [
            { sql: `SELECT * FROM m WHERE name <> ${sqlText(secret)}`, name: `is ${plainSecret}` },
            { not_null: ["id"], where: `note <> ${sqlText(secret)} AND id IS NULL` },
            { row_count: { max: 1 } },
          ],
        },
      },
    },
    calls: [...runs(3), [["run", "--json"], 3], [["run", "--target", "dev-gcp", "--json"], 3], [["validate"], 0]],
  },
  {
    name: "a check that cannot run",
    pipeline: checks({ sql: `SELECT * FROM m WHERE CAST(note AS INTEGER) > 1 OR name = ${sqlText(secret)}` }),
    calls: [...runs(1)],
  },
  {
    name: "a key that comes twice, and a row outside of the interval",
    pipeline: { outputs: { m: { ...output, write: "merge", key: ["note"] } } },
    files: model(`SELECT id, name, ${sqlText(secret)} AS note FROM people`),
    calls: [...runs(3)],
  },
  {
    name: "pipeline.yaml itself",
    pipeline: {
      secrets: { ...declared, PASTED: plainSecret, AGAIN: [plainSecret], THIRD: { from: plainSecret } },
      sources: {
        people: { type: "postgres", table: "a.b", password: [plainSecret], url: { a: plainSecret } },
        api: {
          type: "http",
          url: `https://u:${plainSecret}@x`,
          headers: { Authorization: { Bearer: plainSecret }, k: [plainSecret] },
        },
      },
      notify: { slack: { webhook: [plainSecret] } },
    },
    calls: [
      ...runs(2),
      [["validate"], 2],
      [["validate", "--json"], 2],
      [["render"], 2],
      [["explain"], 2],
      [["test"], 2],
    ],
  },
  ...Object.entries({
    "no end of a text": `name: people\npassword: "${plainSecret}\nsources: {}\n`,
    "an alias": `name: people\nsecrets: { A: *${plainSecret} }\n`,
    "a tag": `name: people\nsecrets: { A: !${plainSecret} x }\n`,
    "a reserved character": `name: people\nsecrets: { A: @${plainSecret} }\n`,
    "two of one key": `name: people\nsecrets: { ${plainSecret}: a, ${plainSecret}: b }\n`,
    "no place for it": `name: people\npassword: ${plainSecret}\nsources: { a: { type: http, url: x, password: ${plainSecret} } }\n`,
  }).map(([what, text]): Place => ({
    name: `pipeline.yaml with ${what}`,
    files: { "pipeline.yaml": text },
    calls: [
      [["run"], 2],
      [["validate", "--json", "--debug"], 2],
    ],
  })),
  {
    name: "a secret that is not given",
    env: { WHOLE: "", PLAIN_KEY: "" },
    calls: [...runs(0), [["validate"], 0]],
  },
  {
    name: "rows of a test",
    files: test({
      given: { people: [{ id: 1, name: person, note: secret }] },
      expect: {
        rows: [
          { id: 2, name: `not ${person}`, note: `x${secret}` },
          { id: 1, name: "y", note: plainSecret },
        ],
      },
    }),
    calls: tests,
  },
  {
    name: "rows of a test, in another order",
    files: test({
      given: { people: "data/people.csv" },
      expect: { rows: rows.toReversed().map(([id, name, note]) => ({ id, name, note })), ordered: true },
    }),
    calls: tests,
  },
  {
    name: "values of a test that do not fit",
    files: test({
      given: { people: [{ id: person, name: [secret], note: { a: plainSecret } }] },
      expect: { rows: [{ id: plainSecret }] },
    }),
    pipeline: {
      sources: {
        people: {
          type: "file",
          path: "data/people.csv",
          columns: { ...columns, id: { type: "INT64", sensitive: true } },
        },
      },
    },
    calls: [
      [["test"], 2],
      [["test", "--json"], 2],
      [["validate"], 2],
    ],
  },
  {
    name: "an error in a test",
    files: {
      ...model("SELECT CAST(name AS INTEGER) AS a, CAST(note AS DATE) AS b FROM people"),
      ...test({ given: { people: "data/people.csv" }, expect: { count: 1 } }),
    },
    calls: tests,
  },
  {
    name: "another error than a test expects",
    files: {
      ...model("SELECT CAST(name AS INTEGER) AS a FROM people"),
      ...test({ given: { people: "data/people.csv" }, expect: { error: plainSecret } }),
    },
    calls: tests,
  },
  {
    name: "checks of a test",
    files: test({ given: { people: "data/people.csv" }, expect: { fails: ["unique"] } }),
    pipeline: {
      models: {
        m: {
          columns: {
            id: { type: "INT64", checks: [] },
            name: { ...sensitive, checks: [{ accepted_values: ["x"] }] },
            note: sensitive,
          },
          checks: [{ sql: "SELECT note FROM m" }],
        },
      },
    },
    calls: [
      [["test"], 2, 3],
      [["test", "--json"], 2, 3],
    ],
  },
  {
    name: "what a server says, cut off in the middle",
    env: { NAIS_CLUSTER_NAME: "dev-gcp" },
    start: async () => {
      const { address, stop } = await startServer(`${"x".repeat(186)}${plainSecret} ${secret} ${secret}`);
      return { env: { PUSH_GATEWAY_ADDRESS: address }, stop };
    },
    calls: [[["run"], 0]],
  },
  {
    name: "a server's address",
    env: { NAIS_CLUSTER_NAME: "dev-gcp", PUSH_GATEWAY_ADDRESS: `${plainSecret}.invalid:1` },
    calls: [[["run"], 0]],
  },
  {
    name: "an error that nobody caught",
    files: {
      "throw.mjs": `const { write } = process.stdout;
process.stdout.write = function (...said) {
  process.stdout.write = write;
  const fail = () => { throw new Error("GET https://x/?k=" + encodeURIComponent(process.env.WHOLE)); };
  process.env.HOW === "thrown" ? queueMicrotask(fail) : Promise.resolve().then(fail);
  return write.apply(this, said);
};`,
    },
    env: { NODE_OPTIONS: "--import=./throw.mjs" },
    calls: [
      [["run"], 1],
      [["run", "--debug"], 1],
    ],
  },
  ...bigQueryPlaces,
  ...httpPlaces,
  {
    name: "what a run was made from",
    env: { NAIS_APP_IMAGE: `r/${plainSecret}:1`, NAIS_ETL_REVISION: plainSecret },
    calls: [...runs(0), [["query", "--json", "FROM _nais_etl_runs"], 0]],
  },
];
