/** What runs of this pipeline have staged goes when it is of no more use. */
import { messageOf } from "../../util/error.ts";
import type { Context } from "../../util/context.ts";
import type { Store } from "./store.ts";

/** What cannot be removed is left to the next run: what is published is published. */
export async function clearStaged(store: Store, { log }: Context): Promise<void> {
  await store.clearStaged().catch((error: unknown) => log.debug(`left to the next run: ${messageOf(error)}`));
}
