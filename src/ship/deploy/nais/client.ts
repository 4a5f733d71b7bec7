/** The deploy service over gRPC: its two calls. */
import { Client, credentials, Metadata, type ServiceError } from "@grpc/grpc-js";
import type { Context } from "../../../util/context.ts";
import { isLoopbackHost } from "../../../util/endpoint.ts";
import { EtlError } from "../../../util/error.ts";
import type { DeployAuth } from "./auth.ts";
import { deployService, type DeploymentRequest, type DeploymentStatus } from "./protocol.ts";

export interface DeployClient {
  /** @throws gRPC's error */
  deploy(request: DeploymentRequest, until: Date): Promise<DeploymentStatus>;
  /** The newest status, then each as it comes. Ends with the stream. @throws gRPC's error */
  status(request: DeploymentRequest, until: Date): Promise<StatusStream>;
  auth: DeployAuth;
  close(): void;
}

export interface StatusStream extends AsyncIterable<DeploymentStatus> {
  cancel(): void;
}

/** One call may take so long: a server that has gone without a word would else be waited for to the end. */
const callTimeout = 60_000;

export interface Connect {
  /** `HOST:PORT`, or a whole address. On this machine it is spoken to without TLS. */
  server: string;
  auth: DeployAuth;
}

/** @throws {EtlError} `usage` where the server's address is none */
export function connect({ server, auth }: Connect, context: Context): DeployClient {
  const { address, isLoopback } = addressOf(server);
  const client = new Client(address, isLoopback ? credentials.createInsecure() : credentials.createSsl());
  const { Deploy, Status } = deployService() as unknown as Record<"Deploy" | "Status", Method>;
  const metadata = async () => metadataOf(await auth.headers());
  return {
    auth,
    async deploy(request, until) {
      const headers = await metadata();
      return new Promise((resolve, reject) => {
        const { path, requestSerialize, responseDeserialize } = Deploy;
        const call = client.makeUnaryRequest(
          path,
          requestSerialize,
          responseDeserialize,
          request,
          headers,
          { deadline: soonest(until) },
          (error, status) => {
            context.signal.removeEventListener("abort", stop);
            if (error) reject(error);
            else resolve(status!);
          },
        );
        const stop = () => call.cancel();
        context.signal.addEventListener("abort", stop, { once: true });
      });
    },
    async status(request, until) {
      const { path, requestSerialize, responseDeserialize } = Status;
      const headers = await metadata();
      return client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, request, headers, {
        deadline: until,
      });
    },
    close: () => client.close(),
  };
}

/** One call has less time than the whole. */
function soonest(until: Date): Date {
  return new Date(Math.min(until.getTime(), Date.now() + callTimeout));
}

interface Method {
  path: string;
  requestSerialize: (request: DeploymentRequest) => Buffer;
  responseDeserialize: (bytes: Buffer) => DeploymentStatus;
}

function metadataOf(headers: Record<string, string>): Metadata {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
  return metadata;
}

function addressOf(server: string): { address: string; isLoopback: boolean } {
  const url = URL.parse(/^[a-z]+:\/\//i.test(server) ? server : `https://${server}`);
  const isWhole = url !== null && ["https:", "http:"].includes(url.protocol) && url.pathname === "/";
  const isLoopback = url !== null && isLoopbackHost(url.hostname);
  if (isWhole && (isLoopback || url.protocol === "https:"))
    return { address: `${url.hostname}:${url.port || 443}`, isLoopback };
  throw new EtlError({
    code: "usage",
    part: "deploy",
    message: `\`${server}\` is not the address of a deploy service`,
    hint: "Write HOST:PORT, as `deploy.nav.cloud.nais.io:443`, in DEPLOY_SERVER or `--server`.",
  });
}

export function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && typeof (error as Partial<ServiceError>).code === "number" && "details" in error;
}
