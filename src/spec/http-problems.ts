/** Keys of http sources that must fit each other. */
import type { Problem } from "../util/error.ts";
import type { Path } from "./document.ts";
import { stepsOf, parseJsonPath, type Step } from "./json-path.ts";
import type { Pipeline } from "./pipeline.ts";
import { rawProblem } from "./raw-place.ts";
import type { HttpSource } from "./source.ts";

type Found = Omit<Problem, "severity" | "where"> & { path: Path; severity?: Problem["severity"] };

export function* httpProblems({ sources = {} }: Pipeline): Generator<Found> {
  for (const [name, source] of Object.entries(sources)) {
    if (source.type !== "http") continue;
    const path = ["sources", name];
    yield* urlProblems(source, path);
    yield* formatProblems(source, path);
    yield* pageProblems(source, path);
    const raw = source.raw === undefined ? undefined : rawProblem(source.raw, source.paginate !== undefined);
    if (raw) yield { path: [...path, "raw"], rule: "raw", ...raw };
  }
}

function* urlProblems({ url }: HttpSource, path: Path): Generator<Found> {
  if (url.startsWith("${")) return;
  const place = { path: [...path, "url"], rule: "url" };
  const [, scheme] = /^([a-z][a-z0-9+.-]*):\/\//i.exec(url) ?? [];
  if (scheme === undefined)
    yield { ...place, message: "`url` has no scheme", hint: `Write \`https://${url.replace(/^\/+/, "")}\`.` };
  else if (!/^https?$/i.test(scheme))
    yield {
      ...place,
      message: `\`url\` is an address of ${scheme}, and not of http or https`,
      hint: "An http source asks with GET.",
    };
}

/** What only one format has. */
const keysOf = { json: ["records"], csv: ["delimiter", "decimal", "nulls", "header"], ndjson: [] } as const;

function* formatProblems(source: HttpSource, path: Path): Generator<Found> {
  const { format = "json" } = source;
  for (const [other, keys] of Object.entries(keysOf)) {
    if (other === format) continue;
    for (const key of keys)
      if (source[key] !== undefined)
        yield {
          path: [...path, key],
          rule: "http-format",
          message: `\`${key}\` says nothing of ${format}`,
          hint: `It is for \`format: ${other}\`.`,
        };
  }
}

function* pageProblems(source: HttpSource, path: Path): Generator<Found> {
  const { paginate, format = "json", records = "$" } = source;
  if (!paginate) return;
  const { by, cursor, parameter, start, size, size_parameter } = paginate;
  const problem = (key: string, message: string, hint: string): Found => ({
    path: [...path, "paginate", key],
    rule: "http-pages",
    message,
    hint,
  });
  if (by === "cursor" && cursor === undefined)
    yield problem("by", "`by: cursor` needs `cursor`", "Say where the next one stands: cursor: $.next_cursor.");
  if (cursor !== undefined && by !== "cursor" && by !== "link")
    yield problem("cursor", `\`cursor\` does nothing with \`by: ${by}\``, "Write `by: cursor`, or remove it.");
  if (cursor !== undefined && format !== "json")
    yield problem("cursor", `${format} has no place for a cursor`, "Write `by: link`, which reads the Link header.");
  if (format === "csv" && by !== "link")
    yield problem("by", `pages of csv cannot be read by ${by}`, "Write `by: link`, which reads the Link header.");
  if (by === "link" && parameter !== undefined)
    yield problem("parameter", "`parameter` does nothing with `by: link`", "The link is the whole address.");
  if (start !== undefined && by !== "page" && by !== "offset")
    yield problem("start", `\`start\` does nothing with \`by: ${by}\``, "It is for pages and offsets.");
  if ((size === undefined) !== (size_parameter === undefined))
    yield problem(
      size === undefined ? "size_parameter" : "size",
      "`size` and `size_parameter` belong together",
      "Write both, as the API calls it: { size: 100, size_parameter: per_page }.",
    );
  if (cursor !== undefined && isWithin(cursor, records))
    yield problem(
      "cursor",
      `\`${cursor}\` stands within \`${records}\`, whose rows are not looked into`,
      source.records === undefined ? "Say where the rows are: records: $.data[*]." : "Name a place beside the rows.",
    );
}

/** What the rows' path takes whole is not read for anything else. */
function isWithin(cursor: string, records: string): boolean {
  if ([cursor, records].some((text) => "problem" in parseJsonPath(text))) return false;
  const [inner, outer] = [stepsOf(cursor), stepsOf(records)];
  return outer.every((step, i) => isSameStep(step, inner[i]));
}

function isSameStep(a: Step, b: Step | undefined): boolean {
  return b !== undefined && (a.kind === "all" ? b.kind !== "key" : JSON.stringify(a) === JSON.stringify(b));
}
