/** The store of a run: opened for a moment, so that nobody is kept out of it longer than needed. */
import type { RunState } from "../run-state.ts";
import type { Store } from "./store.ts";
import { openWarehouse } from "./warehouse.ts";

/** Milliseconds to wait for another process that has the store open. It publishes or reads: that takes seconds, not minutes. */
const usualPatience = 60_000;

/** Who was told to stop is killed soon. */
const patienceWhenStopped = 5000;

interface StoreOptions {
  /** Leave it open for what comes next, which is {@link closeStore} at last: each closing writes to disk. */
  keep?: boolean;
}

/**
 * Opens the store, does something with it, and closes it.
 * @throws {EtlError} `locked` when another process holds it for too long
 */
export async function withStore<T>(
  state: RunState,
  act: (store: Store) => Promise<T>,
  { keep = false }: StoreOptions = {},
): Promise<T> {
  const { places, work, context } = state;
  const { store: file, shownStore: shown } = places;
  const patience = context.signal.aborted ? patienceWhenStopped : usualPatience;
  state.store ??= await openWarehouse({ file, shown, db: work.store, patience, context });
  try {
    return await act(state.store);
  } finally {
    if (!keep) await closeStore(state);
  }
}

async function closeStore(state: RunState): Promise<void> {
  const { store } = state;
  state.store = undefined;
  await store?.close();
}
