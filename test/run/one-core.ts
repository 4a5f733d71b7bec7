/** Engines of one thread, for tests of a few hundred rows. */
import os from "node:os";
import { syncBuiltinESMExports } from "node:module";

/**
 * From now on this process believes that the machine has one core, and so does each engine that it opens: with so few rows,
 * threads that wait for each other cost more than the queries. Rows enough for several threads have the tests of the engine,
 * the examples and what `bench/` runs.
 */
export function haveOneCore(): void {
  os.availableParallelism = () => 1;
  syncBuiltinESMExports();
}
