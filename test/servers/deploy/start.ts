/** A stand-in for the platform's deploy service: see README.md for what it does and what it does not. */
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  loadPackageDefinition,
  Server,
  ServerCredentials,
  status,
  type Metadata,
  type sendUnaryData,
  type ServerUnaryCall,
  type ServerWritableStream,
  type ServiceClientConstructor,
} from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { refusalOf } from "./admit.ts";
import { rollOut, type Json, type Known, type Told } from "./cluster.ts";
import type { Fault, World } from "./options.ts";
import { fromStruct } from "./struct.ts";
import type { OidcServer } from "../github-oidc.ts";

export interface DeployServer {
  /** For DEPLOY_SERVER. */
  address: string;
  world: World;
  faults: Fault[];
  /** Each call, in order. */
  calls: Call[];
  /** The agent in the cluster begins anew: what it was doing is lost, and said to be. */
  loseAll(): void;
  /** What was deployed, as its resources. */
  deployed(): Json[][];
  stop(): void;
}

export interface Call {
  method: "deploy" | "status";
  request: Json;
  metadata: Record<string, unknown>;
}

interface Running {
  id: string;
  statuses: Json[];
  listeners: Set<(told: Json) => void>;
  isLost: boolean;
}

export interface StartDeployServer {
  tokens?: OidcServer;
  world?: Partial<World>;
}

export async function startDeployServer({ tokens, world }: StartDeployServer = {}): Promise<DeployServer> {
  const server = new Server();
  const running = new Map<string, Running>();
  const known = new Map<string, Known>();
  const stopped = new AbortController();
  const state: DeployServer = {
    address: "",
    world: {
      clusters: ["dev-gcp", "prod-gcp"],
      repositories: { "my-team": ["navikt/trial"] },
      apiKeys: {},
      refused: {},
      failing: {},
      onApplied: () => {},
      ignored: new Set(),
      pace: 3,
      isPatient: true,
      ...world,
    },
    faults: [],
    calls: [],
    loseAll() {
      for (const one of running.values()) lose(one);
    },
    deployed: () =>
      state.calls
        .filter(({ method }) => method === "deploy")
        .map(({ request }) => request["kubernetes"].resources.map(fromStruct)),
    stop() {
      stopped.abort();
      server.forceShutdown();
    },
  };
  const admit = (metadata: Metadata, isStream: boolean) =>
    refusalOf({ metadata, world: state.world, tokens, isStream });

  function deploy(call: ServerUnaryCall<Json, Json>, answer: sendUnaryData<Json>): void {
    note("deploy", call.request, call.metadata);
    const fault = strike("deploy");
    if (fault && "code" in fault && fault.code !== undefined)
      return answer({ code: fault.code, details: fault.details ?? "" });
    if (fault && "empty" in fault) return answer(null, {});
    const refusal = admit(call.metadata, false);
    if (refusal) return answer(refusal);
    const { cluster } = call.request as { cluster: string };
    if (!state.world.clusters.includes(cluster))
      return answer({ code: status.UNAVAILABLE, details: `cluster '${cluster}' is offline` });
    const request = { ...call.request, ID: randomUUID() };
    const begun = begin(request);
    if (fault && "lost" in fault) return answer({ code: status.UNAVAILABLE, details: "connection lost" });
    answer(null, begun.statuses[0]);
  }

  function begin(request: Json): Running {
    const one: Running = { id: request["ID"], statuses: [], listeners: new Set(), isLost: false };
    running.set(one.id, one);
    const queued = "Deployment request has been put on the queue for further processing.";
    tell(one, { state: "queued", message: queued }, request);
    void carryOut(one, request);
    return one;
  }

  async function carryOut(one: Running, request: Json): Promise<void> {
    const { seconds, nanos = 0 } = (request["deadline"] ?? {}) as { seconds?: number; nanos?: number };
    const deadline = seconds === undefined ? undefined : new Date(seconds * 1000 + nanos / 1e6);
    const resources = request["kubernetes"].resources.map(fromStruct) as Json[];
    const there = known.get(request["cluster"]) ?? new Map<string, string>();
    known.set(request["cluster"], there);
    while (state.world.isPatient && one.listeners.size === 0 && !stopped.signal.aborted)
      await sleep(2, undefined, { ref: false });
    for await (const told of rollOut({ resources, deadline, world: state.world, known: there }))
      if (!one.isLost) tell(one, told, request);
  }

  function lose(one: Running): void {
    const isOver = ["success", "failure", "error"].includes(one.statuses.at(-1)!["state"]);
    if (isOver || one.isLost) return;
    tell(one, { state: "inactive", message: "Deployment has been lost." }, { ID: one.id });
    one.isLost = true;
  }

  function follow(call: ServerWritableStream<Json, Json>): void {
    note("status", call.request, call.metadata);
    const fault = strike("status");
    const end = (code: number, details: string) => call.emit("error", { code, details });
    if (fault && "code" in fault && !("after" in fault)) return void end(fault.code, fault.details);
    if (fault && "empty" in fault) call.write({});
    const refusal = admit(call.metadata, true);
    if (refusal) return void end(refusal.code, refusal.details);
    const one = running.get(call.request["ID"]);
    if (!one) return void end(status.UNKNOWN, "no rows in result set");
    let written = 0;
    const write = (told: Json) => {
      if (call.cancelled) return;
      const isFinal = ["success", "failure", "error"].includes(told["state"]);
      if (fault && "missesFinal" in fault && isFinal) return;
      call.write(told);
      written += 1;
      if (fault && "after" in fault && written === fault.after) cut(call, fault);
    };
    // As the service reads it again from its database: without the request, but for its name.
    write({ ...one.statuses.at(-1)!, request: { ID: one.id } });
    one.listeners.add(write);
    call.on("cancelled", () => one.listeners.delete(write));
  }

  function cut(call: ServerWritableStream<Json, Json>, fault: Extract<Fault, { after: number }>): void {
    if ("torn" in fault) server.drain(state.address, 0);
    else if (fault.code === undefined) call.end();
    else call.emit("error", { code: fault.code, details: fault.details ?? "" });
  }

  function note(method: Call["method"], request: Json, metadata: Metadata): void {
    state.calls.push({ method, request, metadata: metadata.getMap() });
  }

  function strike(on: Fault["on"]): Fault | undefined {
    const i = state.faults.findIndex((fault) => fault.on === on);
    return i < 0 ? undefined : state.faults.splice(i, 1)[0];
  }

  server.addService(serviceOf(), { Deploy: deploy, Status: follow });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  state.address = `127.0.0.1:${port}`;
  return state;
}

function tell(one: Running, { state, message }: Told, request: Json): void {
  const milliseconds = Date.now();
  const time = { seconds: Math.floor(milliseconds / 1000), nanos: (milliseconds % 1000) * 1_000_000 };
  const told = { request: { ...request, ID: one.id }, time, state, message };
  one.statuses.push(told);
  for (const listener of one.listeners) listener(told);
}

function serviceOf() {
  const path = join(import.meta.dirname, "deploy.proto");
  const definition = loadSync(path, { keepCase: true, enums: String, longs: Number, oneofs: true });
  const packages = loadPackageDefinition(definition) as unknown as { pb: { Deploy: ServiceClientConstructor } };
  return packages.pb.Deploy.service;
}
