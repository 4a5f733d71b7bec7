/** `type: http`: from an API's answers to files that the engine can read. */
import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { parseBytes } from "../../../util/bytes.ts";
import { durationSeconds } from "../../../spec/duration.ts";
import { rawPlace } from "../../../spec/raw-place.ts";
import type { HttpSource } from "../../../spec/source.ts";
import type { Where } from "../../../util/error.ts";
import type { FileScan, ReadRequest } from "../connector.ts";
import { readFound } from "../file/read.ts";
import { keepAnswer } from "./keep-answer.ts";
import { openRawStore } from "./keep-raw.ts";
import { readPages, type ReadPages } from "./read-pages.ts";
import { addressOf, headersOf } from "./request.ts";
import { showUrl } from "./shown-url.ts";
import { openStage, type Staged } from "./stage.ts";

export interface HttpRequest extends ReadRequest {
  /** With its references replaced. */
  spec: HttpSource;
  /** Whether the pipeline says that it needs this host. */
  mayReach: (url: URL) => boolean;
  where: (...inner: string[]) => Where;
  /** Rows that are enough. */
  limit: number | undefined;
}

const usual = { timeout: "30s", retries: 4, max_size: "2 GB", max_pages: 1000 };

/**
 * Reads a source of type `http`.
 * @throws {EtlError} `failed` where it cannot be asked or does not answer; `invalid` where the answer is not what is declared
 */
export async function readHttp(request: HttpRequest): Promise<FileScan> {
  const { spec, context } = request;
  const { found, encoding } = await context.effect("source.fetch", () => fetchFiles(request));
  const { delimiter, decimal, nulls, header, provenance } = spec;
  const format = spec.format === "csv" ? "csv" : "ndjson";
  return readFound({
    files: found,
    keys: { format, delimiter, decimal, nulls, header, provenance, encoding },
    request,
  });
}

async function fetchFiles(request: HttpRequest): Promise<Staged> {
  const { spec, context, workFolder } = request;
  const folder = await mkdtemp(join(workFolder, "http-"));
  const url = addressOf(request);
  const shown = showUrl({ url, scrub: context.log.scrub });
  const place = spec.raw === undefined ? undefined : rawPlace(spec.raw);
  const raw = place && openRawStore({ place, folder: request.folder, context });
  const stage = openStage({ request, folder, shown });
  const takePage: ReadPages["takePage"] = async (answer) =>
    stage.take(answer, await keepAnswer(answer, { request, raw, shown }));
  try {
    await readPages({ ...request, ...boundsOf(spec), headers: headersOf(request), url, shown, folder, takePage });
    return await stage.files();
  } finally {
    await stage.close();
  }
}

function boundsOf({ timeout, retries = usual.retries, max_size, paginate }: HttpSource) {
  return {
    timeout: durationSeconds(timeout ?? usual.timeout),
    retries,
    mostBytes: parseBytes(max_size ?? usual.max_size)!,
    mostPages: paginate?.max_pages ?? usual.max_pages,
    paginate,
  };
}
