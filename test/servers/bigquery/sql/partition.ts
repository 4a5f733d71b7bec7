/** Which partitions a statement reads: those that its conditions on the partitioning column leave. */
import { invalidQuery } from "../api-error.ts";
import type { Table } from "../catalog/catalog.ts";
import { quote } from "../value/type.ts";
import { demandBool } from "./operator.ts";
import { emptyScope, same, type Column, type Context, type Reference, type Relation, type Scope } from "./scope.ts";
import type { Expression } from "./syntax.ts";
import { translateExpression } from "./translate-expression.ts";

interface Partitioning {
  field: string;
  type: string;
}

function partitioningOf({ resource }: Table): Partitioning | undefined {
  const given = resource["timePartitioning"] as Partial<Partitioning> | undefined;
  return given?.field === undefined ? undefined : { field: given.field, type: given.type ?? "DAY" };
}

/** Notes what a condition, which holds for all rows that are read, says of partitioning columns. */
export function notePartitions(context: Context, scope: Scope, condition: Expression): void {
  if (condition.kind === "binary" && condition.operator === "AND") {
    notePartitions(context, scope, condition.left);
    notePartitions(context, scope, condition.right);
    return;
  }
  const found = comparedColumn(scope, condition);
  if (!found?.column.source) return;
  const { reference, name } = found.column.source;
  const partitioning = partitioningOf(reference.table);
  if (!partitioning || !same(partitioning.field, name)) return;
  const column: Column = { name: found.column.name, type: found.column.type, sql: `p.${quote(name)}` };
  const alone: Scope = { ...emptyScope(), relations: [{ ...found.relation, columns: [column] }] };
  reference.predicates.push(demandBool(translateExpression(context, alone, condition), "filter", condition.at));
}

interface Found {
  relation: Relation;
  column: Column;
}

/** The column that a condition compares with constants, and with nothing else. */
function comparedColumn(scope: Scope, condition: Expression): Found | undefined {
  switch (condition.kind) {
    case "binary":
      return comparedIn(scope, condition);
    case "between":
      return isConstant(condition.low) && isConstant(condition.high) ? columnOf(scope, condition.of) : undefined;
    case "in":
      return Array.isArray(condition.list) && condition.list.every(isConstant)
        ? columnOf(scope, condition.of)
        : undefined;
    case "is":
      return columnOf(scope, condition.of);
    default:
      return undefined;
  }
}

function comparedIn(
  scope: Scope,
  { operator, left, right }: Extract<Expression, { kind: "binary" }>,
): Found | undefined {
  if (operator === "OR" || operator === "AND") {
    const [a, b] = [comparedColumn(scope, left), comparedColumn(scope, right)];
    return a && b && a.column === b.column ? a : undefined;
  }
  if (!/^(=|<|>|<=|>=|<>)$/.test(operator)) return undefined;
  if (isConstant(right)) return columnOf(scope, left);
  return isConstant(left) ? columnOf(scope, right) : undefined;
}

/** Without names and without sub-queries. */
function isConstant(expression: Expression): boolean {
  return !/"kind":"(path|subquery|arrayQuery|exists)"|"body":/.test(JSON.stringify(withoutParts(expression)));
}

const parts = /^(MICROSECOND|MILLISECOND|SECOND|MINUTE|HOUR|DAY|(ISO)?WEEK(\(\w+\))?|MONTH|QUARTER|(ISO)?YEAR)$/i;

/** `MONTH` in DATE_TRUNC(x, MONTH) looks like a name, and is none. */
function withoutParts(expression: Expression): unknown {
  if (expression.kind !== "call" || !/_(TRUNC|DIFF)$/.test(expression.name)) return expression;
  const args = expression.args.filter((it) => !(it.kind === "path" && parts.test(it.names.join("."))));
  return { ...expression, args: args.map(withoutParts) };
}

function columnOf({ relations }: Scope, expression: Expression): Found | undefined {
  if (expression.kind !== "path") return undefined;
  const { names } = expression;
  const [name] = names.slice(-1) as [string];
  const among = names.length === 1 ? relations : relations.filter(({ alias = "" }) => same(alias, names[0]!));
  if (names.length > 2) return undefined;
  const found = among.flatMap((relation) =>
    relation.columns.filter((it) => same(it.name, name)).map((column) => ({ relation, column })),
  );
  return found.length === 1 ? found[0] : undefined;
}

/** What follows the table's name where only some partitions are read. */
export function partitionsRead(table: Table, references: Reference[]): string {
  const partitioning = partitioningOf(table);
  if (!partitioning || references.length === 0 || references.some(({ predicates }) => predicates.length === 0))
    return "";
  const rows = references.map(({ predicates }) => `(${predicates.join(" AND ")})`).join(" OR ");
  const partition = `date_trunc('${partitioning.type.toLowerCase()}', p.${quote(partitioning.field)})`;
  return ` AS p WHERE ${partition} IN (SELECT ${partition} FROM ${table.physical} AS p WHERE ${rows})`;
}

/** @throws ApiError where a table wants a condition on its partitions and has none */
export function demandPartitionFilters({ reads }: Context): void {
  for (const [table, { references }] of reads) {
    const partitioning = partitioningOf(table);
    const timePartitioning = table.resource["timePartitioning"] as { requirePartitionFilter?: boolean } | undefined;
    const isRequired = table.resource["requirePartitionFilter"] ?? timePartitioning?.requirePartitionFilter;
    if (!partitioning || isRequired !== true) continue;
    if (references.every(({ predicates }) => predicates.length > 0)) continue;
    throw invalidQuery(
      `Cannot query over table '${table.project}.${table.dataset}.${table.table}' without a filter over column(s) '${partitioning.field}' that can be used for partition elimination`,
    );
  }
}
