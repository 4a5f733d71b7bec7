/**
 * What tests see on one connection: relations and a clock. All of it is temporary, so that connections do not see each
 * other's, and is kept for the next test as far as that needs the same: most tests of a model differ in their rows only.
 */
import { freezeClock, releaseClock } from "../engine/duckdb/clock.ts";
import type { Database } from "../engine/duckdb/duckdb.ts";
import { quoteIdentifier } from "../engine/duckdb/sql.ts";

export interface SandboxRelation {
  name: string;
  /** `table` computes its rows once, `view` where they are used. */
  kind: "table" | "view";
  sql: string;
}

export interface Sandbox {
  db: Database;
  define(relation: SandboxRelation): Promise<void>;
  /** Drops every relation but these. */
  keepOnly(names: ReadonlySet<string>): Promise<void>;
  /** What the clock shows; undefined lets it go. */
  setClock(now: Date | undefined): Promise<void>;
}

export function createSandbox(db: Database): Sandbox {
  const relations = new Map<string, SandboxRelation>();
  let clock: number | undefined;
  const drop = async ({ name, kind }: SandboxRelation) => {
    await db.run(`DROP ${kind} IF EXISTS temp.${quoteIdentifier(name)}`);
    relations.delete(name);
  };
  return {
    db,
    async define(relation) {
      const { name, kind, sql } = relation;
      const known = relations.get(name);
      if (known?.kind === "view" && kind === "view" && known.sql === sql) return;
      if (known && known.kind !== kind) await drop(known);
      relations.set(name, relation);
      await db.run(`CREATE OR REPLACE TEMP ${kind} ${quoteIdentifier(name)} AS ${sql}`);
    },
    async keepOnly(names) {
      for (const relation of relations.values()) if (!names.has(relation.name)) await drop(relation);
    },
    async setClock(now) {
      if (clock === now?.getTime()) return;
      clock = now?.getTime();
      await (now ? freezeClock(db, now) : releaseClock(db));
    },
  };
}
