/** Database files, opened beside others in one engine: an engine of its own for each would cost a run 15 ms each time. */
import type { Database } from "./duckdb.ts";
import { quoteName, quoteText } from "./sql.ts";

/**
 * Opens a database file under a name.
 * @throws the engine's own error; see `isLockConflict` for a file that another process holds
 */
export async function attach(db: Database, file: string, name: string): Promise<void> {
  await db.run(`ATTACH ${quoteText(file)} AS ${quoteName(name)}`);
}

/** Closes it, with all it holds on disk. */
export async function detach(db: Database, name: string): Promise<void> {
  await db.run("USE memory");
  await db.run(`DETACH ${quoteName(name)}`);
}
