/** Days that a script counts from today, as bounds of the run's interval. */
import { parameterNames } from "./names.ts";
import { callsIn, children, readCall, textOf } from "./python.ts";
import type { Reading } from "./reading.ts";
import type { SyntaxNode } from "./syntax-node.ts";
import { textValue } from "./value.ts";

interface Day {
  /** After today. */
  days: number;
  /** A moment has a time of day, too. */
  is: "date" | "moment" | "text";
}

/**
 * `${interval:start}` for yesterday, `${interval:end}` for today, and days before.
 * Empty where none of them is yesterday: then the script is about something else than the last day.
 */
export function intervalBounds(values: SyntaxNode[], reading: Reading): Map<SyntaxNode, string> {
  const found = values.flatMap((node): [SyntaxNode, number][] => {
    const day = dayOf(node, reading);
    return day && day.is !== "moment" && day.days <= 0 ? [[node, day.days]] : [];
  });
  return new Map(found.some(([, days]) => days === -1) ? found.map(([node, days]) => [node, boundOf(days)]) : []);
}

function boundOf(days: number): string {
  if (days === 0) return "${interval:end}";
  return days === -1 ? "${interval:start}" : `\${interval:start-${-1 - days}d}`;
}

function dayOf(node: SyntaxNode | undefined, reading: Reading, depth = 0): Day | undefined {
  if (!node || depth > 20) return undefined;
  const inner = (one: SyntaxNode | undefined) => dayOf(one, reading, depth + 1);
  const parts = children(node);
  switch (node.name) {
    case "ParenthesizedExpression":
      return inner(parts[1]);
    case "ConditionalExpression":
      // The other one is what is given on the command line.
      return inner(parts[0]) ?? inner(parts.at(-1));
    case "BinaryExpression":
      return moved(node, reading, inner);
    case "VariableName":
      return inner(givenFor(node, reading) ?? reading.scope.get(textOf(node, reading.script)));
    case "CallExpression":
      return called(node, reading, inner);
    default:
      return undefined;
  }
}

type Inner = (node: SyntaxNode | undefined) => Day | undefined;

/** `day - timedelta(days=7)` */
function moved(node: SyntaxNode, { script }: Reading, inner: Inner): Day | undefined {
  const [left, operator, right] = children(node);
  const day = inner(left);
  const sign = { "+": 1, "-": -1 }[textOf(operator!, script)];
  if (!day || day.is === "text" || !sign || right?.name !== "CallExpression") return undefined;
  const { name, positional, keywords } = readCall(right, script);
  const amount = keywords.get("days") ?? positional[0];
  if (!/(?:^|\.)timedelta$/.test(name) || positional.length + keywords.size !== 1 || amount?.name !== "Number")
    return undefined;
  return { ...day, days: day.days + sign * Number(textOf(amount, script)) };
}

function called(node: SyntaxNode, { script, scope }: Reading, inner: Inner): Day | undefined {
  const { name, receiver, positional } = readCall(node, script);
  if (/^(?:datetime\.|dt\.)?date\.today$/.test(name)) return { days: 0, is: "date" };
  if (/^(?:datetime\.|dt\.)?datetime\.(?:today|now|utcnow)$/.test(name)) return { days: 0, is: "moment" };
  if (name === "str") return written(inner(positional[0]));
  const day = inner(receiver);
  if (!day) return undefined;
  const method = textOf(node.firstChild!.lastChild!, script);
  if (method === "date" && day.is === "moment") return { ...day, is: "date" };
  if (method === "isoformat") return written(day);
  if (method === "strftime" && textValue(positional[0], script, scope)?.text === "%Y-%m-%d")
    return { ...day, is: "text" };
  return undefined;
}

function written(day: Day | undefined): Day | undefined {
  return day?.is === "date" ? { ...day, is: "text" } : undefined;
}

/** What the one call of its function gives for a parameter. */
function givenFor(node: SyntaxNode, { script }: Reading): SyntaxNode | undefined {
  let own = node.parent;
  while (own && own.name !== "FunctionDefinition") own = own.parent;
  if (!own) return undefined;
  const at = parameterNames(own, script).indexOf(textOf(node, script));
  const name = textOf(
    children(own).find((part) => part.name === "VariableName")!,
    script,
  );
  const calls = callsIn(script.root, script).filter((call) => call.name === name);
  if (at < 0 || calls.length !== 1) return undefined;
  return calls[0]!.positional[at] ?? calls[0]!.keywords.get(textOf(node, script));
}
