/** Expressions of GoogleSQL in DuckDB's SQL, with their types. */
import { notHere } from "../api-error.ts";
import { bytesText, literal } from "../value/parse.ts";
import { quoteText, scalar, showType } from "../value/type.ts";
import { cast } from "./cast.ts";
import { callFunction } from "./functions/functions.ts";
import { binary, compare, demandBool, distinctFrom, is, like, unary } from "./operator.ts";
import { fieldOf, resolvePath, type Context, type Scope } from "./scope.ts";
import type { Expression } from "./syntax.ts";
import { queryError } from "./token.ts";
import { extract } from "./functions/extract.ts";
import { translateQuery } from "./translate-query.ts";
import { bool, canCoerce, coerce, unify, type Typed } from "./typed.ts";
import { array, arrayQuery, index, struct, subquery } from "./translate-nested.ts";

export type Of<Kind extends Expression["kind"]> = Extract<Expression, { kind: Kind }>;
/** Translates parts of an expression, in the same place. */

export type Translate = (expression: Expression) => Typed;

export function translateExpression(context: Context, scope: Scope, expression: Expression): Typed {
  const translate: Translate = (part) => translateExpression(context, scope, part);
  const { at } = expression;
  switch (expression.kind) {
    case "literal":
      return translateLiteral(expression);
    case "null":
      return { sql: "NULL", type: scalar("INT64"), untyped: true };
    case "path":
      return resolvePath(context, scope, expression.names, at);
    case "field":
      return fieldOf(translate(expression.of), expression.name, at);
    case "parameter":
      return parameter(context, expression);
    case "call":
      return callFunction({ context, scope, call: expression, translate });
    case "unary":
      return unary(expression.operator, translate(expression.of), at);
    case "binary":
      return binary(expression.operator, translate(expression.left), translate(expression.right), at);
    case "between":
      return between(expression, translate);
    case "in":
      return inList(context, scope, expression, translate);
    case "like":
      return like(translate(expression.of), translate(expression.pattern), expression.not, at);
    case "is":
      return is(translate(expression.of), expression.what, expression.not, at);
    case "distinct":
      return distinctFrom(translate(expression.left), translate(expression.right), expression.not, at);
    case "case":
      return caseOf(expression, translate);
    case "cast":
      return cast(translate(expression.of), expression.type, expression);
    case "extract":
      return extract(expression, translate);
    case "array":
      return array(expression, translate);
    case "struct":
      return struct(expression, translate);
    case "index":
      return index(expression, translate);
    case "subquery":
      return subquery(context, scope, expression.query);
    case "arrayQuery":
      return arrayQuery(context, scope, expression.query);
    case "exists":
      return bool(`EXISTS (${translateQuery(context, expression.query, scope).sql})`);
    case "interval":
      throw notHere("INTERVAL outside DATE_ADD and the like");
    case "star":
      throw queryError('Syntax error: Unexpected "*"', at);
  }
}

function translateLiteral({ type, text, at }: Of<"literal">): Typed {
  if (type.kind === "BYTES") return { sql: `CAST(${quoteText(bytesText(Buffer.from(text, "latin1")))} AS BLOB)`, type };
  if (type.kind === "ARRAY" || type.kind === "STRUCT") throw notHere("such a literal");
  try {
    return { sql: type.kind === "STRING" ? quoteText(text) : literal(type.kind, text), type, text };
  } catch {
    throw queryError(`Invalid ${type.kind} literal: ${text}`, at);
  }
}

function parameter({ parameters }: Context, { name, at }: Of<"parameter">): Typed {
  const found = parameters.get(name.toLowerCase());
  if (!found) throw queryError(`Query parameter '${name}' not found`, at);
  return found;
}

function between({ of, low, high, not, at }: Of<"between">, translate: Translate): Typed {
  const value = translate(of);
  const sides = [compare(">=", value, translate(low), at), compare("<=", value, translate(high), at)];
  return bool(`(${not ? "NOT " : ""}(${sides.map(({ sql }) => sql).join(" AND ")}))`);
}

function inList(context: Context, scope: Scope, { of, list, not, at }: Of<"in">, translate: Translate): Typed {
  const no = not ? "NOT " : "";
  const value = translate(of);
  if (Array.isArray(list)) {
    const equal = list.map((it) => compare("=", value, translate(it), at).sql);
    return bool(`(${no}(${equal.join(" OR ")}))`);
  }
  if ("unnest" in list) {
    const among = translate(list.unnest);
    if (among.type.kind !== "ARRAY")
      throw queryError(
        `Values referenced in UNNEST must be arrays. UNNEST contains expression of type ${showType(among.type)}`,
        at,
      );
    const element = among.untyped ? value.type : among.type.element;
    if (!canCoerce(value, element))
      throw queryError(`Cannot execute IN with values of type ${showType(value.type)}`, at);
    return bool(`(${no}coalesce(${coerce(value, element).sql} IN (SELECT unnest(${among.sql})), false))`);
  }
  const query = translateQuery(context, list, scope);
  const [column] = query.columns;
  if (query.columns.length !== 1) throw queryError("Subquery of type IN must have only one output column", at);
  if (!canCoerce(value, column!.type))
    throw queryError(
      `Cannot execute IN subquery with uncomparable types ${showType(value.type)} and ${showType(column!.type)}`,
      at,
    );
  return bool(`(${coerce(value, column!.type).sql} ${no}IN (${query.sql}))`);
}

function caseOf({ operand, whens, otherwise, at }: Of<"case">, translate: Translate): Typed {
  const tested = operand && translate(operand);
  const conditions = whens.map(({ when }) =>
    tested ? compare("=", tested, translate(when), at).sql : demandBool(translate(when), "WHEN", at),
  );
  const none: Typed = { sql: "NULL", type: scalar("INT64"), untyped: true };
  const results = unify(
    [...whens.map(({ result }) => translate(result)), otherwise ? translate(otherwise) : none],
    "operator CASE",
  );
  const branches = conditions.map((condition, i) => `WHEN ${condition} THEN ${results.all[i]!.sql}`);
  return { sql: `CASE ${branches.join(" ")} ELSE ${results.all.at(-1)!.sql} END`, type: results.type };
}
