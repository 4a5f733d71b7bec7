/** Whether this machine, or pod, has what a run takes. */
import { access, constants, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { formatBytes } from "../../util/bytes.ts";
import type { Context } from "../../util/context.ts";
import type { LoadedPipeline } from "../../spec/load.ts";
import { localTarget } from "../../spec/target.ts";
import { memoryLimit, thisMachine } from "../engine/limits.ts";
import { placesOf } from "../places.ts";
import { openWork } from "../work.ts";
import { bad, good, look, note, type Finding } from "./finding.ts";

/** Of package.json's `engines`. */
const leastNode: [major: number, minor: number] = [22, 18];
/** A run with less to spill to stops at the first larger table. */
const leastDisk = 200_000_000;
/** The platform's default, in which the guide's job runs. Source: https://doc.nais.io/workloads/job/reference/naisjob-spec */
const usualMemory = 512 * 1024 ** 2;

export async function lookAtMachine(pipeline: LoadedPipeline, context: Context): Promise<Finding[]> {
  const looks = [
    look("Node", async () => node(context)),
    look("DuckDB", () => engine(context)),
    look("memory", memory),
    look("disk", () => disk(context)),
    ...(pipeline.target === localTarget ? [look("warehouse", () => warehouse(pipeline))] : []),
  ];
  return (await Promise.all(looks)).flat();
}

function node({ host }: Context): Finding {
  if (host.node === undefined) return note("Node", "its version is not known");
  const [major = 0, minor = 0] = host.node.split(".").map(Number);
  const isOld = major < leastNode[0] || (major === leastNode[0] && minor < leastNode[1]);
  if (!isOld) return good("Node", host.node);
  return bad(
    "Node",
    `${host.node} is too old: ${leastNode.join(".")} is the least`,
    "Install Node 24: https://nodejs.org",
  );
}

async function engine(context: Context): Promise<Finding> {
  const work = await openWork(context);
  try {
    const [row] = await work.db.query("SELECT version() AS version");
    return good("DuckDB", `${String(row!["version"])} runs`);
  } finally {
    await work.close();
  }
}

async function memory(): Promise<Finding> {
  const limit = await memoryLimit(thisMachine);
  if (limit === undefined) return good("memory", `no limit; the machine has ${formatBytes(thisMachine.totalMemory)}`);
  const shown = `the limit is ${Math.floor(limit / 1024 ** 2)} Mi`;
  if (limit >= usualMemory) return good("memory", shown);
  return note(
    "memory",
    shown,
    "512 Mi, nais' default, is enough for most pipelines; with less, larger ones spill to disk.",
  );
}

async function disk({ tmpdir }: Context): Promise<Finding> {
  const free = await thisMachine.freeBytes(tmpdir);
  const shown = `${formatBytes(free)} free in ${tmpdir}`;
  if (free >= leastDisk) return good("disk", shown);
  return bad("disk", shown, "Rows that do not fit into memory go there. Make room, or name another folder in TMPDIR.");
}

async function warehouse(pipeline: LoadedPipeline): Promise<Finding> {
  const { folder, shownStore } = placesOf(pipeline);
  const there = await nearest(folder);
  const mayWrite = await access(there, constants.W_OK).then(
    () => true,
    () => false,
  );
  if (mayWrite) return good("warehouse", `${shownStore} can be written`);
  return bad("warehouse", `${shownStore} cannot be written`, `May this user write to ${there}?`);
}

async function nearest(folder: string): Promise<string> {
  const isThere = await stat(folder).then(
    () => true,
    () => false,
  );
  return isThere || dirname(folder) === folder ? folder : nearest(dirname(folder));
}
