/** How rows of other intervals are kept out: each kind of model is given the interval in another way. */
import type { Table } from "../table.ts";

const cures: Record<NonNullable<Table["language"]>, string> = {
  sql: "Filter the source or model with $interval_start and $interval_end",
  python:
    "Filter in the model: its function takes them behind a *, as in def model(df, *, interval_start, interval_end)",
  typescript: "Filter in the model: its last parameter is { interval }, with interval.start and interval.end",
  command: "Filter in the program by NAIS_ETL_INTERVAL_START and NAIS_ETL_INTERVAL_END, which stand in its environment",
};

export function intervalHint({ language }: Pick<Table, "language">): string {
  const cure = language === undefined ? "Ask the source for no others, or filter them in a model" : cures[language];
  return `${cure}. Rows of other intervals would be doubled or lost; the end does not belong to the interval.`;
}

/** Where rows are those of samples, no filter is wrong. */
export function samplesHint(sample: string, asked: string): string {
  return `The samples stand for ${sample} (\`interval: { sample: … }\`), whichever interval is run: leave --interval out, or take those of ${asked}: \`nais-etl sample --interval ${asked}\`.`;
}
