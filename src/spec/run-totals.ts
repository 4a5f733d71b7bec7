/** The table at the end of a run: how many of each kind of step came to what, and how much there was. */
import { formatBytes } from "../util/bytes.ts";
import { formatNumber } from "../util/error.ts";
import { formatTable } from "../util/table.ts";

interface Part {
  status: string;
  rows?: number | undefined;
  bytes?: number | undefined;
  seconds?: number;
}

/** What of a run record is counted: of one of another version, too. */
interface RunParts {
  sources: Part[];
  models: Part[];
  checks: Part[];
  outputs: Part[];
}

/** What is good, and comes first; then what is not, where there is any. */
const columns: Record<string, string[]> = {
  ok: ["done", "pass", "tolerated", "published"],
  "set aside": ["quarantined"],
  warned: ["warn"],
  failed: ["failed", "fail"],
  skipped: ["skipped"],
};

/** Lines without colour; none where no step was taken. */
export function formatTotals({ sources, models, checks, outputs }: RunParts): string[] {
  if (models.length === 0) return [];
  // All checks of rows of a table share one scan, and each tells of its time.
  const named: [string, Part[]][] = [
    ["sources", sources],
    ["models", models],
    ["checks", checks.map(({ status }) => ({ status }))],
    ["outputs", outputs],
  ];
  const told = Object.values(columns).flat();
  const kinds = named.filter(([, parts]) => count(parts, told) > 0);
  const shown = Object.entries(columns).filter(
    ([head, statuses]) => head === "ok" || kinds.some(([, parts]) => count(parts, statuses) > 0),
  );
  const lines = formatTable({
    columns: [
      { head: [""], align: "left" },
      ...[...shown.map(([head]) => head), "rows", "bytes", "time"].map((head) => ({
        head: [head],
        align: "right" as const,
      })),
    ],
    rows: kinds.map(([kind, parts]) =>
      [
        kind,
        ...shown.map(([, statuses]) => String(count(parts, statuses) || "")),
        total(parts, "rows", formatNumber),
        total(parts, "bytes", formatBytes),
        total(parts, "seconds", (seconds) => `${seconds.toFixed(2)} s`),
      ].map((text) => ({ text })),
    ),
  });
  return lines.map((line) => `  ${line}`);
}

function count(parts: Part[], statuses: string[]): number {
  return parts.filter(({ status }) => statuses.includes(status)).length;
}

/** Empty where nothing is known. */
function total(parts: Part[], key: "rows" | "bytes" | "seconds", format: (amount: number) => string): string {
  const known = parts.flatMap((part) => part[key] ?? []);
  return known.length === 0 ? "" : format(known.reduce((a, b) => a + b, 0));
}
