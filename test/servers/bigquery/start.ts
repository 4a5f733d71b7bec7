/** Starts the server in this process. */
import { mkdtemp, rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureDataset, makeCatalog } from "./catalog/catalog.ts";
import { control, makeControl, type Control } from "./control.ts";
import { openDatabase } from "./database.ts";
import { makeFaults } from "./fault.ts";
import { listenHttp } from "./http/listen.ts";
import { makeJobs } from "./job/job.ts";
import { makeLocks } from "./job/locks.ts";
import type { ServerOptions } from "./options.ts";
import type { State } from "./state.ts";
import { listenGrpc } from "./storage/listen.ts";

export interface BigQueryServer extends Control {
  /** For REST: `http://127.0.0.1:PORT`. */
  endpoint: string;
  /** For the Storage Read API, gRPC without TLS: `127.0.0.1:PORT`. */
  storageEndpoint: string;
  storagePort: number;
  project: string;
  /** One of the tokens that are good, where there are any. */
  token: string | undefined;
  /** The process that serves. */
  pid: number;
  stop(): Promise<void>;
}

export async function startBigQueryServer(options: ServerOptions = {}): Promise<BigQueryServer> {
  const state = await makeState(options);
  const http = await listenHttp(state, options.port ?? 0);
  const grpc = await listenGrpc(state, options.storagePort ?? 0);
  return {
    ...makeControl((name, args) => control(state, name, args)),
    endpoint: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    storageEndpoint: `127.0.0.1:${grpc.port}`,
    storagePort: grpc.port,
    project: state.options.project,
    token: Object.keys(options.tokens ?? {})[0],
    pid: process.pid,
    async stop() {
      state.faults.clear();
      grpc.stop();
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
      await Promise.all(state.jobs.all.map((job) => (job.cancel.abort(), job.done)));
      state.database.close();
      await rm(state.folder, { recursive: true, force: true });
    },
  };
}

async function makeState(options: ServerOptions): Promise<State> {
  const folder = await mkdtemp(join(options.temporaryDirectory ?? tmpdir(), "bigquery-server-"));
  const database = await openDatabase(join(folder, "duckdb"));
  const state: State = {
    options: { ...options, project: options.project ?? "test-project", location: options.location ?? "US" },
    folder,
    database,
    catalog: makeCatalog(database, options.timeTravel),
    jobs: makeJobs(),
    locks: makeLocks(),
    requests: [],
    violations: [],
    faults: makeFaults(),
    uploads: new Map(),
    results: [],
    sessions: [],
    replays: new Map(),
  };
  for (const { name, location } of options.datasets ?? []) ensureDataset(state, name, location);
  return state;
}
