/** Whether this machine, or pod, has what a run takes. */
import { access, constants, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { formatBytes } from "../../util/bytes.ts";
import type { Context } from "../../util/context.ts";
import type { LoadedPipeline } from "../../spec/load.ts";
import { localTarget } from "../../spec/target.ts";
import { memoryLimit, thisMachine } from "../engine/limits.ts";
import { placesOf } from "../places.ts";
import { buildGraph, type ModelNode } from "../transform/graph.ts";
import { findMissing } from "../transform/program/ready.ts";
import { findInterpreter } from "../transform/python/interpreter.ts";
import { openWork, type Work } from "../work.ts";
import { bad, good, look, note, ofProblem, type Finding } from "./finding.ts";

/** Of package.json's `engines`. */
const leastNode: [major: number, minor: number] = [22, 18];
/** A run with less to spill to stops at the first larger table. */
const leastDisk = 200_000_000;
/** The platform's default, in which the guide's job runs. Source: https://doc.nais.io/workloads/job/reference/naisjob-spec */
const usualMemory = 512 * 1024 ** 2;

export async function lookAtMachine(pipeline: LoadedPipeline, context: Context): Promise<Finding[]> {
  const looks = [
    look("Node", async () => node(context)),
    look("DuckDB", () => engine(pipeline, context)),
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

async function engine(pipeline: LoadedPipeline, context: Context): Promise<Finding[]> {
  const work = await openWork(context);
  try {
    const [row] = await work.db.query("SELECT version() AS version");
    return [
      good("DuckDB", `${String(row!["version"])} runs`),
      ...(await look("models", () => programs({ pipeline, work, context }))),
    ];
  } finally {
    await work.close();
  }
}

interface Looking {
  pipeline: LoadedPipeline;
  work: Work;
  context: Context;
}

/** What programs need: an interpreter, and its packages. In the cluster it is in the image. */
async function programs({ pipeline, work, context }: Looking): Promise<Finding[]> {
  const { models, problems } = await buildGraph(pipeline, work.db, { sessions: work.sessions, context });
  const broken = problems.filter(({ severity }) => severity === "error").map((problem) => ofProblem("models", problem));
  const own = models.filter(({ kind }) => kind === "program");
  const missing = await findMissing(own);
  const isHere = pipeline.target === localTarget || context.env["NAIS_POD_NAME"] !== undefined;
  const lacking = missing.map(({ message, hint }) => (isHere ? bad : note)("programs", message, hint));
  if (lacking.length > 0 || own.length === 0) return [...broken, ...lacking];
  return [
    ...broken,
    good("programs", `can run: ${own.map(({ name }) => name).join(", ")}${await pythonOf(own, pipeline, context)}`),
  ];
}

async function pythonOf(models: ModelNode[], { folder }: LoadedPipeline, context: Context): Promise<string> {
  if (models.every(({ file }) => file.language !== "python")) return "";
  return ` (Python: ${await findInterpreter({ folder, context })})`;
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
