/** Views: a query under a name. Who may read the view reads through it; what it reads needs no grant of its own. */
import { showTable } from "../catalog/name.ts";
import type { Table } from "../catalog/catalog.ts";
import { invalidQuery } from "../api-error.ts";
import type { State } from "../state.ts";
import { fieldOfType, type Field } from "../value/field.ts";
import { makeContext } from "./context.ts";
import { parseScript } from "./parse-statement.ts";
import type { Context, Translated } from "./scope.ts";
import { translateQuery } from "./translate-query.ts";

/** The columns that a new view has. @throws ApiError where its query is wrong */
export async function viewFields(
  state: State,
  { query, ...asked }: { query: string; project: string; principal: string },
): Promise<Field[]> {
  const context = makeContext(state, { ...asked, location: undefined });
  const { columns } = translateText(context, query);
  return columns.map(({ name, type }) => fieldOfType(name, type));
}

export function translateView(context: Context, view: Table): Translated {
  if (context.depth > 16) throw invalidQuery(`View ${showTable(view)} is too deeply nested`);
  const { defaultDataset: _, ...rest } = context;
  const inner: Context = {
    ...rest,
    project: view.project,
    isTrusted: true,
    parameters: new Map(),
    with: new Map(),
    depth: context.depth + 1,
  };
  return translateText(inner, view.query!);
}

function translateText(context: Context, text: string): Translated {
  const [statement, ...more] = parseScript(text);
  if (statement!.kind !== "query" || more.length > 0) throw invalidQuery("A view is one SELECT");
  return translateQuery(context, statement!.query);
}
