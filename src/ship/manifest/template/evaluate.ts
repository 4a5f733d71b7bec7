/** What the names in a template stand for. */
import { isPlainObject } from "../../../spec/value.ts";
import { TemplateSyntaxError, type Expression, type Path, type Value } from "./syntax.ts";

export type Variables = Readonly<Record<string, unknown>>;

/** Where a name is looked for: here, then in the scopes around it. */
export interface Scope {
  value: unknown;
  around: Scope | undefined;
  /** `@key`, `@index`, `@first`, `@last` of the loop, and the loop around it. */
  loop: Loop | undefined;
  /** Names after `as |…|`. */
  parameters: Variables;
}

interface Loop {
  data: Variables;
  around: Loop | undefined;
}

export interface Item {
  value: unknown;
  key: string | number;
  index: number;
  count: number;
}

export function rootScope(variables: Variables): Scope {
  return { value: variables, around: undefined, loop: undefined, parameters: {} };
}

/** The scope inside a block. A value that is null or missing makes none of its own. */
export function enter({
  scope,
  value,
  names,
  item,
}: {
  scope: Scope;
  value: unknown;
  names: string[];
  item?: Item;
}): Scope {
  const [valueName, keyName] = names;
  const parameters = {
    ...scope.parameters,
    ...(valueName !== undefined && { [valueName]: value }),
    ...(keyName !== undefined && item && { [keyName]: item.key }),
  };
  const loop = item ? { data: loopData(item), around: scope.loop } : scope.loop;
  const isNothing = value === undefined || value === null;
  return isNothing ? { ...scope, loop, parameters } : { value, around: scope, loop, parameters };
}

function loopData({ key, index, count }: Item): Variables {
  return { ...(typeof key === "string" && { key }), index, first: index === 0, last: index === count - 1 };
}

/** An expression's value; `lookup` is the one helper that has a place outside of blocks. */
export function evaluate(expression: Expression, scope: Scope): unknown {
  const name = helperName(expression);
  if (name === "lookup") return lookUp(expression, scope);
  if (name !== undefined)
    throw new TemplateSyntaxError(`\`${name}\` is the name of a helper, and cannot be a variable`, expression.start);
  const { head } = expression;
  return head.kind === "literal" ? field(scope.value, head.text) : evaluateValue(head, scope);
}

export function evaluateValue(value: Value, scope: Scope): unknown {
  if (value.kind === "literal") return value.value;
  if (value.kind === "call") return evaluate(value.expression, scope);
  return evaluatePath(value, scope);
}

function lookUp({ values, start }: Expression, scope: Scope): unknown {
  const [holder, name] = values;
  if (!holder || !name || values.length > 2) throw new TemplateSyntaxError("`lookup` takes two values", start);
  return field(evaluateValue(holder, scope), textOf(evaluateValue(name, scope)));
}

const helpers = ["if", "unless", "with", "each", "log", "lookup", "equal"] as const;
export type Helper = (typeof helpers)[number];

/** The helper that an expression calls, if its first word is one. */
export function helperName({ head }: Expression): Helper | undefined {
  if (head.kind !== "path" || head.isData || head.isScoped || head.depth > 0 || head.parts.length !== 1)
    return undefined;
  return helpers.find((helper) => helper === head.parts[0]);
}

function evaluatePath(path: Path, scope: Scope): unknown {
  const [first = ""] = path.parts;
  if (Object.hasOwn(scope.parameters, first)) return follow(scope.parameters, path.parts).value;
  if (path.isData && first === "root") return follow(outermost(scope).value, path.parts.slice(1)).value;
  const data = path.isData ? follow(loopAt(scope.loop, path.depth)?.data, path.parts).value : undefined;
  return data ?? searchOutwards(path, scope);
}

/** As soon as the first part of a name is found, the scopes further out are not asked. */
function searchOutwards({ parts, depth }: Path, scope: Scope): unknown {
  let place: Scope | undefined = scope;
  for (let i = 0; i < depth; i++) place = place?.around;
  for (; place; place = place.around) {
    // In a list, a name stands for the list of what the items have by that name.
    if (Array.isArray(place.value))
      return place.value.map((item) => follow(item, parts).value).filter((value) => value !== undefined);
    const { value, isFound } = follow(place.value, parts);
    if (isFound || (value !== undefined && value !== null)) return value;
  }
  return undefined;
}

function follow(value: unknown, parts: string[]): { value: unknown; isFound: boolean } {
  let isFound = false;
  let at = value;
  for (const part of parts) {
    at = field(at, part);
    if (at === undefined) break;
    isFound = true;
  }
  return { value: at, isFound };
}

function field(value: unknown, name: string): unknown {
  if (Array.isArray(value)) return /^\d+$/.test(name) ? (value as unknown[])[Number(name)] : undefined;
  return isPlainObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

function outermost(scope: Scope): Scope {
  return scope.around ? outermost(scope.around) : scope;
}

function loopAt(loop: Loop | undefined, depth: number): Loop | undefined {
  return depth === 0 ? loop : loopAt(loop?.around, depth - 1);
}

/** Empty texts, lists and maps are false, as is 0; the text "false" is not. */
export function isTrue(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  if (isPlainObject(value)) return Object.keys(value).length > 0;
  return Boolean(value);
}

/** A value as it is printed (a map never is): lists one item after the other, numbers without an exponent. */
export function textOf(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (Array.isArray(value)) return value.map(textOf).join("");
  if (typeof value === "number") return numberText(value);
  return typeof value === "string" || typeof value === "boolean" ? String(value) : JSON.stringify(value);
}

function numberText(value: number): string {
  const text = String(value);
  if (!text.includes("e")) return text;
  return Number.isInteger(value) ? BigInt(value).toString() : value.toFixed(20).replace(/0+$/, "");
}
