/** Problems as GitHub shows them on the lines of a change: workflow commands on standard output. */
import type { Problem } from "./error.ts";

/**
 * `::error file=pipeline.yaml,line=3,col=7,title=unknown-key::…`
 *
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
 */
export function formatAnnotation({ severity, message, hint, where, rule }: Problem): string {
  const properties = {
    file: where?.file,
    line: where?.line,
    col: where?.line === undefined ? undefined : where.column,
    title: rule,
  };
  const shown = Object.entries(properties).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}=${escapeProperty(String(value))}`],
  );
  const text = hint ? `${message}\n${hint}` : message;
  return `::${severity}${shown.length > 0 ? ` ${shown.join(",")}` : ""}::${escapeData(text)}`;
}

function escapeData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
