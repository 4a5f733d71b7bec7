/** Google's client of Secret Manager, loaded when it is first needed. */
import type { SecretManagerServiceClient } from "@google-cloud/secret-manager";
import type { Endpoint } from "../../util/endpoint.ts";
import { retry, type Verdict } from "../../util/retry.ts";
import type { Context } from "../../util/context.ts";
import { crc32c } from "./crc32c.ts";

export interface SecretClient {
  /**
   * The payload of `projects/…/versions/N`, checked, and the number of the version.
   * @throws what Google's client throws (with `code` and `details` of gRPC), after trying again where that may help;
   *   {@link DamagedPayload}
   */
  access(name: string): Promise<{ version: string; payload: Uint8Array }>;
  close(): Promise<void>;
}

export class DamagedPayload extends Error {
  override name = "DamagedPayload";
}

export interface ClientOptions {
  endpoint: Endpoint;
  context: Context;
  /** Milliseconds for one request. */
  timeout?: number;
  /** Milliseconds in which it is tried again. */
  patience?: number;
}

const usualTimeout = 15_000;
const usualPatience = 60_000;

export async function openClient(options: ClientOptions): Promise<SecretClient> {
  const { endpoint, context, timeout = usualTimeout, patience = usualPatience } = options;
  const client = await connect(endpoint);
  // A call that begins with this itself lets its rejection go uncaught, which ends the process.
  await client.initialize();
  return {
    access: (name) =>
      retry(() => accessOnce({ client, name, timeout, context }), {
        context,
        what: `access ${name}`,
        within: patience,
        judge: (error) => judge(error, endpoint),
      }),
    close: () => client.close(),
  };
}

async function connect({ host, port, isLoopback }: Endpoint): Promise<SecretManagerServiceClient> {
  const { SecretManagerServiceClient: Client } = await import("@google-cloud/secret-manager");
  if (!isLoopback) return new Client({ apiEndpoint: host, port });
  const [{ credentials }, { PassThroughClient }] = await Promise.all([
    import("@grpc/grpc-js"),
    import("google-auth-library"),
  ]);
  // Without an own auth client the library would look for credentials, and give them to whoever listens there.
  return new Client({
    apiEndpoint: host,
    port,
    sslCreds: credentials.createInsecure(),
    authClient: new PassThroughClient(),
  });
}

interface AccessOnce {
  client: SecretManagerServiceClient;
  name: string;
  timeout: number;
  context: Context;
}

/** The library's own way of trying again waits up to ten minutes, and does not look at the checksum. */
async function accessOnce({ client, name, timeout, context: { signal } }: AccessOnce) {
  const [response] = await client.accessSecretVersion({ name }, { timeout, retry: null, signal });
  const { data, dataCrc32c } = response.payload ?? {};
  const payload = typeof data === "string" ? Buffer.from(data, "base64") : (data ?? new Uint8Array());
  // Source: https://cloud.google.com/secret-manager/docs/data-integrity
  if (dataCrc32c != null && Number(dataCrc32c) !== crc32c(payload))
    throw new DamagedPayload("the payload does not have the checksum that was sent with it");
  const version = /\/versions\/(\d+)$/.exec(response.name ?? "")?.[1] ?? "?";
  return { version, payload };
}

/** DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, ABORTED, INTERNAL, UNAVAILABLE. Source: https://grpc.io/docs/guides/status-codes */
const passing = new Set([4, 8, 10, 13, 14]);

function judge(error: unknown, { isLoopback }: Endpoint): Verdict {
  if (error instanceof DamagedPayload) return { again: "later" };
  const { code, details = "" } = error as { code?: number; details?: string };
  // A server on this machine that nobody has started will not start by itself.
  const isGone = isLoopback && details.includes("ECONNREFUSED");
  return code !== undefined && passing.has(code) && !isGone ? { again: "later" } : { again: "never" };
}
