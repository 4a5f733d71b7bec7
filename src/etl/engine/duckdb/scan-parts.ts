/** What scans of all formats have in common. */
import type { ScanFile } from "../../connectors/connector.ts";
import { quoteText } from "./sql.ts";

export function groupBy<T>(items: T[], keyOf: (item: T) => string): T[][] {
  return [...Map.groupBy(items, keyOf).values()];
}

/** By its exact name, else by one that differs in capitals only. */
export function placeOf(name: string, names: readonly string[]): number {
  const exact = names.indexOf(name);
  return exact === -1 ? names.findIndex((other) => other.toLowerCase() === name.toLowerCase()) : exact;
}

export function pathList(files: ScanFile[]): string {
  return `[${files.map(({ path }) => quoteText(path)).join(", ")}]`;
}

/** @param row the number of a row in its file, from 1 */
export function provenanceOf({ name }: ScanFile, row: string): string[] {
  return [`${quoteText(name)} AS _file`, `${row} AS _row`];
}
