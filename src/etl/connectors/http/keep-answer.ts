/** What an answer is called, and what is kept of it beside its bytes. */
import { rawName, rawPlace } from "../../../spec/raw-place.ts";
import type { HttpSource } from "../../../spec/source.ts";
import type { ReadRequest } from "../connector.ts";
import type { RawStore } from "./keep-raw.ts";
import type { Answer } from "./read-pages.ts";

interface KeepAnswer {
  request: ReadRequest & { spec: HttpSource };
  /** Undefined where answers are not kept. */
  raw: RawStore | undefined;
  shown: string;
}

const endings = { json: ".json", ndjson: ".ndjson", csv: ".csv" };

/** Others may hold what is nobody's business: cookies, tokens. */
const toldHeaders = ["content-type", "content-encoding", "content-language", "etag", "last-modified", "date"];

/** @returns the name that the answer has, or would have where answers are kept */
export async function keepAnswer(answer: Answer, { request, raw, shown }: KeepAnswer): Promise<string> {
  const { spec, name: source, context } = request;
  const { fetchedAt: time, page, file, status, bytes, sha256 } = answer;
  const ending = endings[spec.format ?? "json"];
  const name = rawName(rawPlace(spec.raw ?? "raw"), { source, time, page, ending });
  if (!raw) return name;
  const told = toldHeaders.map((key) => [key, answer.headers.get(key)] as const);
  const headers = Object.fromEntries(
    told.flatMap(([key, value]) => (value === null ? [] : [[key, context.log.scrub(value)]])),
  );
  const about = { source, url: shown, page, fetched_at: time.toISOString(), status, headers, bytes, sha256 };
  const kept = await raw.keep({ name, file, about });
  context.log.debug(`source ${source}: answer kept as ${kept}`);
  return kept;
}
