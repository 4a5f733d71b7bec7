/** What is given to the cluster. */
import { count } from "../../util/error.ts";
import { details, heading, paragraph } from "../html.ts";
import type { Report } from "../report.ts";

/** More would not be read. */
const most = { characters: 100_000, manifests: 5 };

export function manifests({ results }: Report): string {
  const all = results.flatMap((result) => result.manifests ?? []);
  if (all.length === 0) return "";
  const rest = all.length - most.manifests;
  return [
    heading(all.length === 1 ? "Manifest" : "Manifests", 3),
    ...all
      .slice(0, most.manifests)
      .map(({ path, text }) => details({ label: path, code: text, language: "yaml", most: most.characters })),
    ...(rest > 0 ? [paragraph(`… and ${count(rest, "manifest")} more`)] : []),
  ].join("");
}
