/** The store of a run: opened for a moment, so that nobody is kept out of it longer than needed. */
import type { RunState } from "../run.ts";
import type { Store } from "./store.ts";
import { openWarehouse } from "./warehouse.ts";

/** Another process holds the file only while it publishes or reads: seconds, not minutes. */
const usualPatience = 60_000;

/**
 * Opens the store, does something with it, and closes it.
 * @throws {EtlError} `locked` when another process holds it for longer than `patience` milliseconds
 */
export async function withStore<T>(
  { places, work, context }: RunState,
  act: (store: Store) => Promise<T>,
  { patience = usualPatience }: { patience?: number } = {},
): Promise<T> {
  const store = await openWarehouse({
    file: places.store,
    shown: places.shownStore,
    db: work.store,
    patience,
    context,
  });
  try {
    return await act(store);
  } finally {
    await store.close();
  }
}
