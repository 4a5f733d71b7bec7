/** Addresses of the file that get our Google token. Those with references are looked at when they are known. */
import { EtlError, type Problem } from "../util/error.ts";
import { parseGoogleEndpoint } from "../util/google-endpoint.ts";
import type { Path } from "./document.ts";
import type { LoadedPipeline } from "./load.ts";
import type { Pipeline } from "./pipeline.ts";

export function googleEndpointProblems(
  { spec, where }: Pick<LoadedPipeline, "spec" | "where">,
  env: Readonly<Record<string, string | undefined>>,
): Problem[] {
  return addressesOf(spec).flatMap(({ text, path }) => {
    if (text === undefined || text.includes("${")) return [];
    try {
      parseGoogleEndpoint(text, { key: path.join("."), where: () => where(path), env });
      return [];
    } catch (error) {
      if (error instanceof EtlError) return error.problems;
      throw error;
    }
  });
}

function addressesOf({ bigquery, secrets = {} }: Pipeline): { text: string | undefined; path: Path }[] {
  return [
    { text: bigquery?.api_endpoint, path: ["bigquery", "api_endpoint"] },
    { text: bigquery?.storage_endpoint, path: ["bigquery", "storage_endpoint"] },
    ...Object.entries(secrets).map(([name, secret]) => ({
      text: secret.from === "google-secret-manager" ? secret.endpoint : undefined,
      path: ["secrets", name, "endpoint"],
    })),
  ];
}
