/** What a request is about, told from its text before any work: the list of requests and the faults need it. */
import type { SeenRequest } from "../options.ts";

type About = Pick<SeenRequest, "kind" | "target" | "statement" | "writes" | "startsJob">;
type Json = Record<string, any>;

/** Methods that change nothing. */
const reads = /\.(get|list|getQueryResults|testIamPermissions)$/;

export function classify(method: string, path: Record<string, string>, body: unknown): About {
  const json = (body ?? {}) as Json;
  if (method === "jobs.insert") return classifyJob(json);
  if (method === "jobs.query")
    return { kind: "query", ...classifyQuery(textOf(json["query"]), json["dryRun"] === true) };
  return { ...target(path, json), writes: !reads.test(method), startsJob: false };
}

function classifyJob(job: Json): About {
  const configuration: Json = job["configuration"] ?? {};
  const kind = ["query", "load", "copy", "extract"].find((it) => it in configuration) ?? "unknown";
  const id = job["jobReference"]?.jobId as string | undefined;
  const about: About =
    kind === "query"
      ? classifyQuery(textOf(configuration["query"].query), configuration["dryRun"] === true)
      : { writes: true, startsJob: true };
  return { kind, ...(id !== undefined && { target: id }), ...about };
}

function classifyQuery(text: string, isDryRun: boolean): Omit<About, "kind"> {
  const statement = firstWords(text);
  const isRead = /^(SELECT|WITH|FROM|\()/.test(statement) && !/;\s*\S/.test(withoutComments(text));
  return { statement, writes: !isRead && !isDryRun, startsJob: !isDryRun };
}

const textOf = (value: unknown) => (typeof value === "string" ? value : "");

function firstWords(text: string): string {
  const words = withoutComments(text)
    .trim()
    .split(/[\s(;]+/);
  const first = (words[0] ?? "").toUpperCase();
  if (!/^(CREATE|ALTER|DROP|BEGIN|TRUNCATE)$/.test(first)) return first || "(";
  return `${first} ${(words[1] ?? "").toUpperCase()}`.trim();
}

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[^]*?\*\/|(--|#)[^\n]*/g, " ");
}

function target(path: Record<string, string>, json: Json): Pick<About, "target"> {
  const table = path["tableId"] ?? json["tableReference"]?.tableId;
  const dataset = path["datasetId"] ?? json["datasetReference"]?.datasetId;
  const name = path["jobId"] ?? [path["projectId"], dataset, table].filter((it) => it !== undefined).join(".");
  return name ? { target: name } : {};
}
