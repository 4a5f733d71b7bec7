/** How the files of a source are laid out, and so its samples and fixtures. */
import type { HttpSource, Source } from "../../../spec/source.ts";
import type { FileKeys } from "./read.ts";

/** The keys that say it; undefined for a source that has no files of its own. */
export function layoutOf(source: Source | undefined): FileKeys | undefined {
  if (source?.type === "http") return layoutOfAnswers(source);
  return source?.type === "file" || source?.type === "s3" || source?.type === "gcs" ? source : undefined;
}

/** A sample of JSON is an answer as it came, or an array of its rows. */
function layoutOfAnswers({ format = "json", records = "$", ...source }: HttpSource): FileKeys {
  const { delimiter, decimal, encoding, nulls, header, provenance } = source;
  const path = format === "json" ? { records } : {};
  return { delimiter, decimal, encoding, nulls, header, provenance, ...path };
}
