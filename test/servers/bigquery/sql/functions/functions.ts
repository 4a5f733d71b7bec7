/** Which functions there are, and how a call of one is translated. */
import { notHere } from "../../api-error.ts";
import { showType } from "../../value/type.ts";
import type { Context, Scope } from "../scope.ts";
import type { Expression } from "../syntax.ts";
import { queryError } from "../token.ts";
import type { Translate } from "../translate-expression.ts";
import type { Typed } from "../typed.ts";
import { aggregates } from "./aggregate.ts";
import { arrayFunctions } from "./array.ts";
import { conditionals } from "./conditional.ts";
import { jsonFunctions } from "./json.ts";
import { mathFunctions } from "./math.ts";
import { readSignature, resolve, type Overload } from "./signature.ts";
import { textFunctions } from "./text.ts";
import { timeFunctions } from "./time.ts";
import { timeParts } from "./time-part.ts";

export type Call = Extract<Expression, { kind: "call" }>;

export interface FunctionCall {
  context: Context;
  scope: Scope;
  call: Call;
  translate: Translate;
}

/** A function whose arguments are not all plain values. */
export type Special = (call: FunctionCall) => Typed;

const overloads = new Map<string, Overload[]>();
for (const [signature, write] of Object.entries({ ...mathFunctions, ...textFunctions, ...timeFunctions })) {
  const overload = readSignature(signature, write);
  overloads.set(overload.name, [...(overloads.get(overload.name) ?? []), overload]);
}

const specials: Record<string, Special> = {
  ...aggregates,
  ...arrayFunctions,
  ...conditionals,
  ...jsonFunctions,
  ...timeParts,
};

export function callFunction(parts: FunctionCall): Typed {
  const { call, translate } = parts;
  const { name, args, modifiers, at } = call;
  const special = Object.hasOwn(specials, name) ? specials[name] : undefined;
  if (special) return withSafe(call, special(parts));
  const known = overloads.get(name);
  if (!known) throw notHere(`the function ${name} at [${at.line}:${at.column}]`);
  const { safe: _, ...rest } = modifiers;
  if (Object.keys(rest).length > 0) throw queryError(`Function ${name} takes no ${Object.keys(rest)[0]}`, at);
  const values = args.map(translate);
  const found = resolve(known, values);
  if (found) return withSafe(call, found);
  const types = values.map((it) => (it.untyped ? "NULL" : showType(it.type))).join(", ");
  throw queryError(`No matching signature for function ${name} for argument types: ${types}`, at);
}

/** `SAFE.f()`: NULL in place of an error. */
function withSafe({ name, modifiers }: Call, result: Typed): Typed {
  if (!modifiers.safe) return result;
  if (/error\(/.test(result.sql)) throw notHere(`SAFE.${name}`);
  return { ...result, sql: `TRY(${result.sql})` };
}
