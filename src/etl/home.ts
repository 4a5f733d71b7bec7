/**
 * Where a pipeline's state lives, and with it its lock and its store: on disk, in the local warehouse or beside the files that
 * it writes; or, where it writes to BigQuery, in a dataset.
 */
import type { RunIdentity } from "./identity.ts";
import type { Store } from "./publish/store.ts";

export interface Home {
  /**
   * Keeps other runs of the pipeline out until it is given back.
   * @throws {EtlError} `locked`, naming the holder, when another run holds it for longer than `wait`
   */
  lock(request: LockRequest): Promise<() => Promise<void>>;
  /** Opens the store, for a moment: who has opened it closes it. */
  open(): Promise<Store>;
  /** Folder of the run records as JSON; undefined where nothing is kept on disk. */
  records: string | undefined;
}

export interface LockRequest {
  identity: RunIdentity;
  /** Milliseconds to wait for another run; undefined where nobody has said. */
  wait: number | undefined;
  /** Called when the lock is held no more, though it was not given back: what was begun must not be published. */
  onLost: (reason: Error) => void;
}
