/** What to say of a check whose query the engine refuses. */
import { explainModelError } from "../transform/explain.ts";
import type { Check } from "./check.ts";

interface Shown {
  showValues: boolean;
  except?: ReadonlySet<string>;
}

export function explainCheck({ name, table }: Check, error: unknown, shown: Shown): { message: string; hint: string } {
  const { message, hint } = explainModelError({ model: table, file: "", error, linesBefore: 0, ...shown });
  return {
    message: `check \`${name}\` of \`${table}\` cannot run: ${message.replace(/^\[.*?\] /, "")}`,
    hint: hint?.replace("Models are", "Checks are") ?? "Is its SQL right? Checks are written in DuckDB's SQL.",
  };
}
