/** The addresses that sources, outputs and notifications name. */
import type { Path } from "./document.ts";
import type { Output } from "./output.ts";
import type { Pipeline } from "./pipeline.ts";
import { secretHost, secretLocation } from "./secret.ts";
import type { Source } from "./source.ts";

/** An address in the file, as its author wrote it. */
export interface Address {
  text: string;
  path: Path;
  /** Port where the text says none, and has no scheme that says it. */
  port?: number;
  /** Whether a name without a dot is a workload in the own namespace. */
  local?: boolean;
}

const slackHost = "hooks.slack.com";

export function endpointsOf(spec: Pipeline): Address[] {
  const sources = Object.entries(spec.sources ?? {}).flatMap(([name, source]) =>
    addressesOf(source, ["sources", name]),
  );
  const outputs = Object.entries(spec.outputs ?? {}).flatMap(([name, output]) =>
    addressesOf(output, ["outputs", name]),
  );
  return [...sources, ...outputs, ...bigqueryAddresses(spec), ...secretAddresses(spec), ...slackAddress(spec)];
}

function addressesOf(part: Source | Output, path: Address["path"]): Address[] {
  const at = (key: string, text: string | undefined, more: Partial<Address> = {}): Address[] =>
    text === undefined ? [] : [{ text, path: [...path, key], ...more }];
  const list = (key: string, texts: string[] | undefined, port: number): Address[] =>
    (texts ?? []).map((text, i) => ({ text, path: [...path, key, i], port, local: true }));
  switch (part.type) {
    case "http":
      return at("url", part.url, { local: true });
    case "s3":
      return at("endpoint", part.endpoint ?? "s3.amazonaws.com", { local: true });
    case "gcs":
      return at("endpoint", part.endpoint, { local: true });
    case "postgres":
      return at("url", part.url, { port: 5432, local: true });
    case "oracle":
      return at("url", part.url, { port: 1521, local: true });
    case "kafka":
      return list("brokers", part.brokers, 9092);
    case "cassandra":
      return list("contact_points", part.contact_points, 9042);
    case "bigquery":
    case "file":
      return [];
  }
}

function bigqueryAddresses({ bigquery }: Pipeline): Address[] {
  const keys = ["api_endpoint", "storage_endpoint"] as const;
  return keys.flatMap((key) => {
    const text = bigquery?.[key];
    return text === undefined ? [] : [{ text, path: ["bigquery", key] }];
  });
}

/** A secret of Secret Manager answers at its own endpoint, or in its region. */
function secretAddresses({ secrets }: Pipeline): Address[] {
  return Object.entries(secrets ?? {}).flatMap(([name, secret]): Address[] => {
    if (secret.from !== "google-secret-manager") return [];
    if (secret.endpoint !== undefined) return [{ text: secret.endpoint, path: ["secrets", name, "endpoint"] }];
    const location = secretLocation(secret.name);
    return location === undefined ? [] : [{ text: secretHost(location), path: ["secrets", name, "name"] }];
  });
}

/** A webhook's address is a secret, but its host is not. */
function slackAddress({ notify }: Pipeline): Address[] {
  const webhook = notify?.slack?.webhook;
  if (webhook === undefined) return [];
  return [{ text: webhook.startsWith("${") ? slackHost : webhook, path: ["notify", "slack", "webhook"] }];
}
