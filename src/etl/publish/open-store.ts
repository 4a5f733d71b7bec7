/** The store of a run: opened for a moment, so that nobody is kept out of it longer than needed. */
import type { RunState } from "../run-state.ts";
import type { Store } from "./store.ts";

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
  state.store ??= await state.home.open();
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
