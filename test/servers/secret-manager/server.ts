/** A stand-in for Secret Manager: see README.md for what it does and what it does not. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import {
  loadPackageDefinition,
  Server,
  ServerCredentials,
  status,
  type sendUnaryData,
  type ServerUnaryCall,
  type ServiceClientConstructor,
} from "@grpc/grpc-js";
import { fromJSON } from "@grpc/proto-loader";
import { crc32c } from "../../../src/secrets/google/crc32c.ts";

export interface Version {
  data: string | Uint8Array;
  /** ENABLED by default. */
  state?: "ENABLED" | "DISABLED" | "DESTROYED";
}

/** What becomes of the next request. Each is used once, in order. */
export type Fault = { code: number; details?: string } | "wrong checksum" | "no checksum" | "no answer";

export interface SecretServer {
  /** For `endpoint` of a secret. */
  url: string;
  /** Versions by `projects/P/secrets/NAME`; the first one is number 1. */
  secrets: Record<string, Version[]>;
  /** Names that the caller may not read. */
  denied: Set<string>;
  /** Projects in which the API is not enabled. */
  disabledIn: Set<string>;
  /** Numbers of projects: the server answers with these. */
  numbers: Record<string, string>;
  faults: Fault[];
  /** What was asked for. */
  asked: string[];
  stop(): Promise<void>;
}

interface Request {
  name: string;
}

interface Response {
  name: string;
  payload: { data: Uint8Array; dataCrc32c?: string };
}

export async function startSecretServer(secrets: SecretServer["secrets"] = {}): Promise<SecretServer> {
  const server = new Server();
  const state: SecretServer = {
    url: "",
    secrets,
    denied: new Set(),
    disabledIn: new Set(),
    numbers: {},
    faults: [],
    asked: [],
    async stop() {
      server.forceShutdown();
    },
  };
  server.addService(serviceOf(), { accessSecretVersion: answer(state) });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  state.url = `http://127.0.0.1:${port}`;
  return state;
}

/** From the protos that the client brings. */
function serviceOf() {
  const path = createRequire(import.meta.url).resolve("@google-cloud/secret-manager/build/protos/protos.json");
  const definition = fromJSON(JSON.parse(readFileSync(path, "utf8")), { longs: String, bytes: Buffer, defaults: true });
  const packages = loadPackageDefinition(definition) as unknown as {
    google: { cloud: { secretmanager: { v1: { SecretManagerService: ServiceClientConstructor } } } };
  };
  return packages.google.cloud.secretmanager.v1.SecretManagerService.service;
}

function answer(state: SecretServer) {
  return ({ request: { name } }: ServerUnaryCall<Request, Response>, reply: sendUnaryData<Response>): void => {
    state.asked.push(name);
    const fault = state.faults.shift();
    if (fault === "no answer") return;
    if (typeof fault === "object") return refuse(reply, fault.code, fault.details ?? "");
    const refusal = refusalOf(name, state);
    if (refusal) return refuse(reply, ...refusal);
    const { number, version, secret } = find(name, state)!;
    const data = Buffer.from(version.data);
    const checksum = crc32c(data) + (fault === "wrong checksum" ? 1 : 0);
    reply(null, {
      name: `${withNumber(secret, state)}/versions/${number}`,
      payload: { data, ...(fault !== "no checksum" && { dataCrc32c: String(checksum) }) },
    });
  };
}

function refuse(reply: sendUnaryData<Response>, code: number, details: string): void {
  reply({ name: "", message: details, code, details });
}

const pattern = /^(projects\/([^/]+)\/(?:locations\/[^/]+\/)?secrets\/[^/]+)\/versions\/(latest|[1-9]\d*)$/;

function refusalOf(name: string, state: SecretServer): [code: number, details: string] | undefined {
  const [, secret = "", project = ""] = pattern.exec(name) ?? [];
  if (secret === "")
    return [status.INVALID_ARGUMENT, `The provided Secret Version ID [${name}] does not match the expected format.`];
  if (state.disabledIn.has(project))
    return [
      status.PERMISSION_DENIED,
      `Secret Manager API has not been used in project ${project} before or it is disabled.`,
    ];
  if (state.denied.has(secret))
    return [
      status.PERMISSION_DENIED,
      `Permission 'secretmanager.versions.access' denied for resource '${name}' (or it may not exist).`,
    ];
  const found = find(name, state);
  if (found === undefined && !name.endsWith("/latest") && state.secrets[secret])
    return [status.NOT_FOUND, `Secret Version [${name}] not found.`];
  if (found === undefined)
    return [status.NOT_FOUND, `Secret [${withNumber(secret, state)}] not found or has no versions.`];
  const { version, number } = found;
  if ((version.state ?? "ENABLED") === "ENABLED") return undefined;
  const resource = `${withNumber(secret, state)}/versions/${number}`;
  return [status.FAILED_PRECONDITION, `Secret Version [${resource}] is in ${version.state} state.`];
}

function find(name: string, { secrets }: SecretServer) {
  const [, secret = "", , asked] = pattern.exec(name) ?? [];
  const versions = secrets[secret] ?? [];
  const number = asked === "latest" ? versions.length : Number(asked);
  const version = versions[number - 1];
  return version && { number, version, secret };
}

function withNumber(secret: string, { numbers }: SecretServer): string {
  return secret.replace(/^projects\/([^/]+)/, (_, project: string) => `projects/${numbers[project] ?? project}`);
}
