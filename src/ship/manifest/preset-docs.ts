/** The README of naisjob-templates/, from the presets themselves. */
import { isPlainObject } from "../../spec/value.ts";
import { inWords } from "../schedule.ts";
import { readManifests } from "./documents.ts";
import { textAt } from "./rule.ts";

export interface Preset {
  /** `nightly.yaml`. */
  file: string;
  text: string;
}

/** Its first line is a comment that says what it is for. */
export function presetDocs(presets: readonly Preset[]): string {
  return `<!-- made by scripts/preset-docs.js -->

# Naisjobs to start from

Each is a whole manifest, and passes \`nais-etl validate FILE --var image=… --var revision=…\`. Change the names, the team and what
your job does not need. A pipeline needs none of them: \`nais-etl render\` makes its manifest from pipeline.yaml.

${presets.map(itemOf).join("\n")}
`;
}

function itemOf({ file, text }: Preset): string {
  const specs = specsIn({ file, text });
  const purpose = text.split("\n")[0]!.replace(/^# /, "");
  const has = [...new Set(specs.flatMap(partsOf))].join(", ");
  return `- **[${file.replace(".yaml", "")}](${file})**: ${purpose} *${specs.map(whenOf).join("; ")}; with ${has}.*`;
}

function specsIn({ file, text }: Preset): Record<string, unknown>[] {
  const { documents } = readManifests({ text, file, variables: { image: "image", revision: "revision" } });
  return documents.flatMap(({ value }) =>
    isPlainObject(value) && isPlainObject(value["spec"]) ? [value["spec"]] : [],
  );
}

function whenOf(spec: Record<string, unknown>): string {
  const cron = textAt(spec, "schedule");
  return cron === undefined ? "at a deploy, or triggered" : `${inWords(cron)} (${textAt(spec, "timeZone") ?? "UTC"})`;
}

const parts: Record<string, string> = {
  env: "variables",
  kafka: "Kafka",
  "gcp.bigQueryDatasets": "dataset",
  "gcp.buckets": "bucket",
  "gcp.permissions": "roles",
};

function partsOf(spec: Record<string, unknown>): string[] {
  return Object.entries(parts).flatMap(([path, name]) => {
    const [key = "", inner] = path.split(".");
    const part = spec[key];
    const found = inner === undefined ? part : isPlainObject(part) ? part[inner] : undefined;
    return found === undefined ? [] : [name];
  });
}
