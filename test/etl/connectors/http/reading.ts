/** Runs a pipeline whose source is an http server on loopback. */
import { stringify } from "yaml";
import { startHttpServer, type Answer, type HttpServer } from "../../../servers/http.ts";
import { makeFolder, type Folder } from "../../../support/folder.ts";
import { EtlError, formatProblem } from "../../../../src/util/error.ts";
import { runFolder } from "../../../support/run.ts";

export interface Reading {
  answer: Answer;
  /** Keys of the source, over `url`. */
  source?: Record<string, unknown>;
  columns?: Record<string, unknown>;
  /** Keys of the pipeline. */
  pipeline?: Record<string, unknown>;
  env?: Record<string, string>;
  limit?: number;
  interval?: string;
}

export interface Read {
  /** The rows, as NDJSON; undefined where the run failed. */
  rows: unknown[] | undefined;
  /** All that was said, without what stands before a line. */
  error: { text: string } | undefined;
  log: string;
  server: HttpServer;
  folder: Folder;
}

const opened: { server: HttpServer; folder: Folder }[] = [];

export async function closeAll(): Promise<void> {
  for (const { server, folder } of opened.splice(0)) {
    await server.stop();
    await folder.remove();
  }
}

/** What a run on another target than `local` reads. */
export async function readFrom({ answer, source, columns, pipeline, env, limit, interval }: Reading): Promise<Read> {
  const server = await startHttpServer(answer);
  const folder = await makeFolder({
    "pipeline.yaml": stringify({
      name: "trial",
      sources: { rows: { type: "http", url: `${server.url}/rows`, ...(columns && { columns }), ...source } },
      outputs: { copy: { type: "file", path: "out/copy.ndjson" } },
      ...pipeline,
    }),
    "models/copy.sql": "FROM rows",
  });
  opened.push({ server, folder });
  const ran = await runFolder(folder, {
    target: "dev-gcp",
    env: { ...env },
    ...(limit !== undefined && { limit }),
    ...(interval !== undefined && { interval }),
  }).catch((error: unknown) => {
    if (!(error instanceof EtlError)) throw error;
    return { code: error.exitCode, text: error.problems.map(formatProblem).join("\n") };
  });
  const log = ran.text.replaceAll(/\n */g, "\n");
  if (ran.code !== 0) return { rows: undefined, error: { text: log }, log, server, folder };
  const text = await folder.read("out/copy.ndjson").catch(() => "");
  const rows = text.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line) as unknown]));
  return { rows, error: undefined, log, server, folder };
}
