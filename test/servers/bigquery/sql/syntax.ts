/** The parts of GoogleSQL that the server reads, as the parser gives them. */
import type { SqlType } from "../value/type.ts";

export interface Place {
  line: number;
  column: number;
}

export type Expression = { at: Place } & (
  | { kind: "literal"; type: SqlType; text: string }
  | { kind: "null" }
  /** `a`, `a.b.c`: a column, a table's row, or a field of a struct. */
  | { kind: "path"; names: string[] }
  | { kind: "field"; of: Expression; name: string }
  | { kind: "parameter"; name: string }
  | { kind: "call"; name: string; args: Expression[]; modifiers: CallModifiers }
  | { kind: "unary"; operator: "-" | "+" | "~" | "NOT"; of: Expression }
  | { kind: "binary"; operator: string; left: Expression; right: Expression }
  | { kind: "between"; of: Expression; low: Expression; high: Expression; not: boolean }
  | { kind: "in"; of: Expression; list: Expression[] | Query | { unnest: Expression }; not: boolean }
  | { kind: "like"; of: Expression; pattern: Expression; not: boolean }
  | { kind: "is"; of: Expression; what: "NULL" | "TRUE" | "FALSE"; not: boolean }
  | { kind: "distinct"; left: Expression; right: Expression; not: boolean }
  | { kind: "case"; operand?: Expression; whens: { when: Expression; result: Expression }[]; otherwise?: Expression }
  | { kind: "cast"; of: Expression; type: SqlType; safe: boolean }
  | { kind: "extract"; part: string; of: Expression; zone?: Expression }
  | { kind: "interval"; count: Expression; part: string }
  | { kind: "array"; elements: Expression[]; element?: SqlType }
  | { kind: "struct"; fields: { name?: string; value: Expression }[]; type?: SqlType }
  | { kind: "index"; of: Expression; mode: string; position: Expression }
  | { kind: "subquery"; query: Query }
  | { kind: "arrayQuery"; query: Query }
  | { kind: "exists"; query: Query }
  /** `*`, as COUNT takes it. */
  | { kind: "star" }
);

export interface CallModifiers {
  distinct?: boolean;
  nulls?: "IGNORE" | "RESPECT";
  orderBy?: OrderItem[];
  limit?: Expression;
  over?: Window;
  /** `SAFE.f(x)` */
  safe?: boolean;
  /** `f(x, mode => 'round')` */
  named?: Record<string, Expression>;
}

export interface Window {
  partitionBy: Expression[];
  orderBy: OrderItem[];
  /** The frame's words as they stand; its grammar is DuckDB's, too. */
  frame?: string;
}

export interface OrderItem {
  of: Expression;
  descending: boolean;
  nulls?: "FIRST" | "LAST";
}

export interface Query {
  at: Place;
  with: { name: string; query: Query }[];
  body: QueryBody;
  orderBy: OrderItem[];
  limit?: Expression;
  offset?: Expression;
}

export type QueryBody =
  | Select
  | { kind: "query"; query: Query }
  | {
      kind: "set";
      operator: "UNION ALL" | "UNION DISTINCT" | "INTERSECT DISTINCT" | "EXCEPT DISTINCT";
      parts: QueryBody[];
    };

export interface Select {
  kind: "select";
  at: Place;
  distinct: boolean;
  asStruct: boolean;
  items: SelectItem[];
  from?: From;
  where?: Expression;
  groupBy?: Expression[] | "ALL";
  having?: Expression;
  qualify?: Expression;
}

export type SelectItem =
  | { kind: "expression"; value: Expression; alias?: string }
  | { kind: "star"; of?: Expression; except: string[]; replace: { value: Expression; alias: string }[]; at: Place };

export type From = { at: Place } & (
  | { kind: "table"; path: string[]; alias?: string; asOf?: Expression }
  | { kind: "subquery"; query: Query; alias?: string }
  | { kind: "unnest"; of: Expression; alias?: string; offset?: string }
  | {
      kind: "join";
      join: "CROSS" | "INNER" | "LEFT" | "RIGHT" | "FULL";
      left: From;
      right: From;
      on?: Expression;
      using?: string[];
    }
);

export interface Assignment {
  path: string[];
  value: Expression | "DEFAULT";
  at: Place;
}

/** Of a column that is there. `column` is its new type. */
export interface ColumnChange {
  what: "drop" | "retype" | "relax";
  name: string;
  ifExists: boolean;
  column?: ColumnDefinition;
}

export interface ColumnDefinition {
  name: string;
  type: SqlType;
  /** STRING(10), NUMERIC(5, 2): for the element, where the column is an array. */
  parameters: number[];
  notNull: boolean;
  description?: string;
  fields?: ColumnDefinition[];
}

export interface MergeClause {
  match: "MATCHED" | "NOT MATCHED" | "NOT MATCHED BY SOURCE";
  and?: Expression;
  act:
    | { kind: "update"; set: Assignment[] }
    | { kind: "delete" }
    | { kind: "insert"; columns: string[]; values: (Expression | "DEFAULT")[] | "ROW" };
}

export interface PartitionBy {
  column: string;
  by: "HOUR" | "DAY" | "MONTH" | "YEAR";
}

export type Options = { name: string; value: Expression }[];

export type Statement = { at: Place } & (
  | { kind: "query"; query: Query }
  | { kind: "insert"; target: string[]; columns: string[]; query?: Query; values?: (Expression | "DEFAULT")[][] }
  | { kind: "update"; target: string[]; alias?: string; set: Assignment[]; from?: From; where: Expression }
  | { kind: "delete"; target: string[]; alias?: string; where: Expression }
  | { kind: "truncate"; target: string[] }
  | { kind: "merge"; target: string[]; alias?: string; source: From; on: Expression; clauses: MergeClause[] }
  | {
      kind: "createTable";
      target: string[];
      orReplace: boolean;
      ifNotExists: boolean;
      columns?: ColumnDefinition[];
      query?: Query;
      partitionBy?: PartitionBy;
      clusterBy: string[];
      options: Options;
      /** LIKE another table, or CLONE / COPY of one. */
      from?: { how: "LIKE" | "CLONE" | "COPY"; table: string[]; asOf?: Expression };
    }
  | {
      kind: "createSnapshot";
      target: string[];
      from: string[];
      asOf?: Expression;
      ifNotExists: boolean;
      options: Options;
    }
  | { kind: "createView"; target: string[]; orReplace: boolean; ifNotExists: boolean; view: string; options: Options }
  | { kind: "createSchema"; target: string[]; ifNotExists: boolean; options: Options }
  | {
      kind: "addColumns";
      target: string[];
      ifExists: boolean;
      columns: { column: ColumnDefinition; ifNotExists: boolean }[];
    }
  | { kind: "alterColumns"; target: string[]; ifExists: boolean; changes: ColumnChange[] }
  | { kind: "setOptions"; target: string[]; ifExists: boolean; options: Options }
  | { kind: "drop"; what: "TABLE" | "VIEW" | "SNAPSHOT TABLE"; target: string[]; ifExists: boolean }
  | { kind: "begin" }
  | { kind: "commit" }
  | { kind: "rollback" }
);
