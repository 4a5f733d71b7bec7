/** The thread that models run in: one model at a time, over and over. */
import { parentPort } from "node:worker_threads";
import type { Answer, Inspected, Request } from "../protocol.ts";
import { inspectModel } from "./inspect.ts";
import { thrownOf } from "./refusal.ts";
import { runModel } from "./run.ts";

const port = parentPort!;
port.on("message", (request: Request) => void answer(request));

async function answer(request: Request): Promise<void> {
  const result: Answer = await act(request).then(
    (value) => ({ ok: true as const, value }),
    (error: unknown) => ({ ok: false as const, thrown: thrownOf(error) }),
  );
  port.postMessage(result);
}

async function act(request: Request): Promise<Inspected | undefined> {
  if (request.kind === "inspect") return inspectModel(request.url);
  await runModel(request);
  return undefined;
}
