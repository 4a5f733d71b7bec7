/** Columns of the models that a test computes: found once for all tests that give relations of the same columns. */
import type { Context } from "../../util/context.ts";
import { EtlError } from "../../util/error.ts";
import type { LoadedPipeline } from "../../spec/load.ts";
import { selectTyped, type TypedColumn } from "../engine/duckdb/materialize.ts";
import type { ContractColumn } from "../transform/contract.ts";
import type { ModelNode } from "../transform/graph.ts";
import { declaredColumns } from "../transform/program/run-program.ts";
import { bindModel, explainFailure } from "../transform/run-models.ts";
import { givenSql } from "./given-sql.ts";
import type { Sandbox } from "./sandbox.ts";

/** Columns by model, or why a model cannot run: wrong SQL, or a contract that it does not fit. */
export type Bound =
  | { columns: Map<string, ContractColumn[]>; error?: undefined }
  | { columns?: undefined; error: EtlError };

export interface BindRequest {
  /** Each after what it reads. */
  models: ModelNode[];
  given: ReadonlyMap<string, TypedColumn[]>;
  /** Puts values in place of `$name`. Their types count here, and these do not change. */
  bind: (sql: string) => string;
}

export type BindModels = (request: BindRequest) => Promise<Bound>;

export interface Binder {
  sandbox: Sandbox;
  pipeline: LoadedPipeline;
  context: Context;
}

export function createBinder(binder: Binder): BindModels {
  const known = new Map<string, Promise<Bound>>();
  return (request) => {
    const key = JSON.stringify([request.models.map(({ name }) => name), [...request.given]]);
    const bound = known.get(key) ?? bindModels(request, binder);
    known.set(key, bound);
    return bound;
  };
}

/** Each model is described on empty relations, and stands as an empty relation itself for those that read it. */
async function bindModels(
  { models, given, bind }: BindRequest,
  { sandbox, pipeline, context }: Binder,
): Promise<Bound> {
  const { db } = sandbox;
  const columns = new Map<string, ContractColumn[]>();
  await sandbox.keepOnly(new Set());
  for (const [name, types] of given) await sandbox.define({ name, kind: "view", sql: givenSql(types, [], db.dialect) });
  for (const node of models) {
    if (node.isDynamic) return { error: dynamicError(node) };
    if (node.kind === "program") {
      const found = declaredColumns(node, pipeline)!;
      await sandbox.define({ name: node.name, kind: "view", sql: givenSql(found, [], db.dialect) });
      columns.set(node.name, found);
      continue;
    }
    const sql = bind(node.sql);
    try {
      const found = await bindModel({ node, sql, db, pipeline });
      await sandbox.define({ name: node.name, kind: "view", sql: selectTyped(sql, found) });
      columns.set(node.name, found);
    } catch (error) {
      return { error: await explainFailure(error, { node, pipeline, context, explainSource: async () => undefined }) };
    }
  }
  return { columns };
}

/** A test's models are bound before there are rows. */
function dynamicError({ name, file, kind }: ModelNode): EtlError {
  if (kind === "program") {
    return new EtlError({
      code: "invalid",
      message: `\`${name}\` cannot be tested: its columns are not declared`,
      hint: `Say in pipeline.yaml what it makes: models: { ${name}: { columns: { id: INT64, name: STRING } } }. \`nais-etl show ${name}\` tells what its samples give.`,
      where: { file: file.shown },
    });
  }
  return new EtlError({
    code: "invalid",
    message: `\`${name}\` cannot be tested: its columns depend on the data`,
    hint: `Write the values that become columns: PIVOT … ON column IN ('a', 'b'). Or give ${name}, and test what reads it.`,
    where: { file: file.shown },
  });
}
