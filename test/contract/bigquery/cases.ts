/** All that a BigQuery promises its clients, as far as this project leans on it. */
import { jobs } from "./jobs.ts";
import { loads } from "./loads.ts";
import { snapshots } from "./snapshots.ts";
import { storage } from "./storage.ts";
import { tables } from "./tables.ts";
import { transactions } from "./transactions.ts";
import type { Case } from "./world.ts";

export const contract: Record<string, Case[]> = { tables, jobs, loads, transactions, snapshots, storage };
