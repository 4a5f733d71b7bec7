/**
 * What is imported after this believes that the machine has one core, and so does each engine that it opens: with a few hundred
 * rows, threads that wait for each other cost more than the queries. Rows enough for more than one thread have the tests of
 * the engine, the examples, and what `bench/` runs.
 */
import os from "node:os";
import { syncBuiltinESMExports } from "node:module";

os.availableParallelism = () => 1;
syncBuiltinESMExports();
