/** A pipeline of one model, run in this process, and what a query of its warehouse gives. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { run, type RunCommandOptions } from "../../src/commands/run.ts";
import type { Database } from "../../src/etl/engine/duckdb/duckdb.ts";
import type { Row } from "../../src/etl/engine/engine.ts";
import type { Effect } from "../../src/util/context.ts";
import { makeFolder, type Folder } from "../support/folder.ts";
import { openEngine } from "../support/read-rows.ts";
import { realContext } from "./context.ts";
import { haveOneCore } from "./one-core.ts";

haveOneCore();

export type Spec = Record<string, unknown>;

export interface Ran {
  code: number;
  text: string;
  effects: string[];
}

export interface Lab {
  folder: Folder;
  engine: Database;
  /** Writes a pipeline whose model `t` is a query, published to the table lab.t, or as `more` says. */
  write(sql: string, output?: Spec, more?: Spec): Promise<void>;
  run(options?: RunCommandOptions, around?: { env?: Record<string, string>; effect?: Effect }): Promise<Ran>;
  /** The rows of a query of the warehouse, the values of each as one text. */
  values(sql: string): Promise<string[]>;
  /** Somebody else changes the warehouse, which is attached as `w`. */
  change(sql: string): Promise<void>;
  remove(): Promise<void>;
}

export async function makeLab(): Promise<Lab> {
  const folder = await makeFolder();
  const temporary = join(folder.path, "tmp");
  await mkdir(temporary);
  const engine = await openEngine(folder.path);
  const warehouse = join(folder.path, ".nais-etl/warehouse.duckdb");
  return {
    folder,
    engine,
    async write(sql, output = {}, more = {}) {
      await folder.write("models/t.sql", sql);
      const outputs = { t: { type: "bigquery", table: "lab.t", ...output } };
      await folder.write("pipeline.yaml", stringify({ name: "lab", team: "nais-analyse", outputs, ...more }));
    },
    run: (options = {}, around = {}) => runIn({ folder: folder.path, tmpdir: temporary, options, ...around }),
    async values(sql) {
      await engine.run(`ATTACH '${warehouse}' AS w (READ_ONLY)`);
      await engine.run("USE w");
      try {
        return (await engine.query(sql)).map((row: Row) => Object.values(row).join(" "));
      } finally {
        await engine.run("USE memory");
        await engine.run("DETACH w");
      }
    },
    async change(sql) {
      await engine.run(`ATTACH '${warehouse}' AS w`);
      await engine.run(sql);
      await engine.run("DETACH w");
    },
    async remove() {
      engine.close();
      await folder.remove();
    },
  };
}

interface RunIn {
  folder: string;
  tmpdir: string;
  options: RunCommandOptions;
  env?: Record<string, string>;
  effect?: Effect;
}

async function runIn({ folder, tmpdir, options, env = {}, effect = (_name, act) => act() }: RunIn): Promise<Ran> {
  const [lines, effects]: [string[], string[]] = [[], []];
  const context = realContext({
    folder,
    tmpdir,
    env,
    write: (line) => void lines.push(line),
    effect: (name, act) => (effects.push(name), effect(name, act)),
  });
  const code = await run(options, context);
  return { code, text: lines.join(""), effects };
}
