/** `if df.empty: print("nothing to do"); return`: a script that ends early where there is nothing. */
import { bodyOf, children, readCall, statementsOf, textOf, type Script } from "./python.ts";
import type { SyntaxNode } from "./syntax-node.ts";

/** Whether it does nothing but end the script, or a function that gives nothing back. */
export function isEarlyEnd(node: SyntaxNode, script: Script): boolean {
  if (node.name !== "IfStatement" || children(node).some(({ name }) => /^(else|elif)$/.test(name))) return false;
  const body = statementsOf(bodyOf(node));
  const last = body.at(-1);
  return last !== undefined && ends(last, script) && body.slice(0, -1).every((one) => isTold(one, script));
}

function ends(node: SyntaxNode, script: Script): boolean {
  if (node.name === "ReturnStatement") return /^return(?:\s+None)?$/.test(textOf(node, script).trim());
  return node.name === "ExpressionStatement" && /^(?:sys\.exit|exit|quit)\((?:0|None)?\)$/.test(textOf(node, script));
}

function isTold(node: SyntaxNode, script: Script): boolean {
  const call = node.name === "ExpressionStatement" ? node.firstChild : undefined;
  return call?.name === "CallExpression" && /^(?:print|log(?:ger|ging)?\.\w+)$/.test(readCall(call, script).name);
}
