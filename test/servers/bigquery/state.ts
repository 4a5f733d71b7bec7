/** All that one running server knows. */
import type { Catalog, Table } from "./catalog/catalog.ts";
import type { Database } from "./database.ts";
import type { FaultList } from "./fault.ts";
import type { JobStore } from "./job/job.ts";
import type { TableLocks } from "./job/locks.ts";
import type { Replay } from "./storage/replay.ts";
import type { Session } from "./storage/session.ts";
import type { SeenRequest, ServerOptions, Violation } from "./options.ts";

export interface State {
  options: ServerOptions & { project: string; location: string };
  /** Folder for uploads, removed when the server stops. */
  folder: string;
  database: Database;
  catalog: Catalog;
  jobs: JobStore;
  locks: TableLocks;
  requests: SeenRequest[];
  violations: Violation[];
  faults: FaultList;
  /** Uploads under way, by id. */
  uploads: Map<string, Upload>;
  /** Anonymous tables, the oldest first. */
  results: Table[];
  /** Read sessions, the oldest first. */
  sessions: Session[];
  replays: Map<Table, Replay>;
}

/** A resumable upload: what came so far lies in a file. */
export interface Upload {
  id: string;
  project: string;
  job: Record<string, unknown>;
  file: string;
  received: number;
  /** The reply that its last chunk got; the same again, should the client ask again. */
  reply?: unknown;
}
