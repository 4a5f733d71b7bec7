/** A script that is being read, and what is told of its places. */
import type { Problem } from "../../util/error.ts";
import type { Paging } from "./paging.ts";
import { textOf, whereIs, type Script } from "./python.ts";
import type { SyntaxNode } from "./syntax-node.ts";
import type { Scope } from "./value.ts";

export interface Reading {
  script: Script;
  scope: Scope;
}

export interface ReadEnd {
  node: SyntaxNode;
  /** Keys of the source. */
  source: Record<string, unknown>;
  /** What it would best be called. */
  name: string;
  columns: string[];
  /** Parameters that its query wants. */
  params: string[];
  /** Its pages, where the script counts them. */
  paging?: Paging;
  /** Whether it asks for the run's interval, a day. */
  isDaily?: boolean;
  notes: Problem[];
}

export function note(node: SyntaxNode, { script }: Reading, why: string, todo: string): Problem {
  const [first = ""] = textOf(node, script).split("\n");
  const text = first.length > 80 ? `${first.slice(0, 79)}…` : first;
  return { severity: "warning", message: `${text}: ${why}`, hint: todo, where: whereIs(node, script) };
}
