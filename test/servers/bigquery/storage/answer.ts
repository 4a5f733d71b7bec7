/** Requests for sessions and rows, and their answers. */
import { status, type sendUnaryData } from "@grpc/grpc-js";
import { answerOf } from "../fault.ts";
import { principalOf } from "../grants.ts";
import type { Fault, SeenRequest } from "../options.ts";
import type { State } from "../state.ts";
import { readMessages, type Message } from "./read-rows.ts";
import { asRpcError, RpcError } from "./rpc-error.ts";
import { createSession, findStream, type Session } from "./session.ts";
import type { Json, Streaming, Unary } from "./listen.ts";

function note(state: State, method: string, target: string, body: unknown): SeenRequest {
  const seen: SeenRequest = {
    number: state.requests.length + 1,
    protocol: "grpc",
    method,
    target,
    body,
    writes: false,
    startsJob: false,
  };
  state.requests.push(seen);
  return seen;
}

/** Who asks, once no fault has come between. @throws RpcError */
async function admit(
  state: State,
  seen: SeenRequest,
  fault: Fault | undefined,
  metadata: Unary["metadata"],
): Promise<string> {
  if (fault?.action === "hold") await state.faults.held();
  if (fault && (fault.afterMessages ?? 0) === 0) throwFault(fault);
  const principal = principalOf(state, metadata.get("authorization")[0]?.toString());
  seen.principal = principal;
  return principal;
}

function throwFault({ action }: Fault): void {
  if (action === "drop" || action === "bad-gateway")
    throw new RpcError("UNAVAILABLE", "14 UNAVAILABLE: Connection dropped");
  const instead = answerOf(action);
  if (instead) throw asRpcError(instead);
}

export async function answerSession(
  state: State,
  { request, metadata }: Unary,
  reply: sendUnaryData<Json>,
): Promise<void> {
  const asked = request["readSession"] as Json;
  const seen = note(state, "storage.CreateReadSession", asked["table"] as string, request);
  const fault = state.faults.strike(seen);
  if (fault) seen.fault = fault.action;
  try {
    const principal = await admit(state, seen, fault, metadata);
    const session = await makeSession(state, request, principal);
    if (fault?.action === "hold-after") await state.faults.held();
    if (fault?.action === "lose-answer") throw new RpcError("UNAVAILABLE", "the answer was lost");
    seen.status = "OK";
    reply(null, sessionReply(session, asked));
  } catch (error) {
    const { code, message } = asRpcError(error);
    seen.status = code;
    reply({ code: status[code], details: message });
  }
}

async function makeSession(state: State, request: Json, principal: string): Promise<Session> {
  const asked = request["readSession"] as Json;
  if (asked["dataFormat"] !== "ARROW") throw new RpcError("UNIMPLEMENTED", "the BigQuery test server sends ARROW only");
  const options = (asked["readOptions"] ?? {}) as Json;
  return createSession(state, {
    principal,
    parent: request["parent"] as string,
    table: asked["table"] as string,
    selectedFields: (options["selectedFields"] ?? []) as string[],
    rowRestriction: (options["rowRestriction"] ?? "") as string,
    maxStreams: Number(request["maxStreamCount"] ?? 0),
  });
}

const sixHours = 6 * 3600;

function sessionReply({ name, schema, streams, rows, bytes }: Session, asked: Json): Json {
  return {
    name,
    table: asked["table"],
    dataFormat: "ARROW",
    arrowSchema: { serializedSchema: schema },
    streams: streams.map((it) => ({ name: it.name })),
    expireTime: { seconds: Math.floor(Date.now() / 1000) + sixHours },
    readOptions: asked["readOptions"],
    estimatedTotalBytesScanned: bytes,
    estimatedRowCount: rows,
    traceId: asked["traceId"],
  };
}

export async function answerRows(state: State, call: Streaming): Promise<void> {
  const { readStream, offset } = call.request as { readStream: string; offset: string };
  const seen = note(state, "storage.ReadRows", readStream, call.request);
  const fault = state.faults.strike(seen);
  if (fault) seen.fault = fault.action;
  try {
    await admit(state, seen, fault, call.metadata);
    await sendRows(state, call, { name: readStream, offset: Number(offset), ...(fault && { fault }) });
    seen.status = "OK";
    call.end();
  } catch (error) {
    const { code, message } = asRpcError(error);
    seen.status = code;
    call.emit("error", { code: status[code], details: message });
  }
}

interface Sending {
  name: string;
  offset: number;
  fault?: Fault;
}

async function sendRows(state: State, call: Streaming, { name, offset, fault }: Sending): Promise<void> {
  const stream = findStream(state, name);
  let sent = 0;
  for await (const message of readMessages(state, stream, offset)) {
    if (call.cancelled) throw new RpcError("CANCELLED", "Cancelled on client");
    if (fault && fault.afterMessages === sent) throwFault(fault);
    const first = sent === 0 ? { arrowSchema: { serializedSchema: stream.session.schema } } : {};
    if (!call.write({ ...rowsReply(message), ...first })) await drained(call);
    sent += 1;
  }
  if (fault && (fault.afterMessages ?? 0) >= sent) throwFault(fault);
}

const rowsReply = ({ rowCount, batch, progress }: Message): Json => ({
  rowCount,
  arrowRecordBatch: { serializedRecordBatch: batch, rowCount },
  stats: { progress: { atResponseStart: progress[0], atResponseEnd: progress[1] } },
});

async function drained(call: Streaming): Promise<void> {
  await new Promise<void>((resolve) => {
    const go = () => {
      call.off("drain", go);
      call.off("cancelled", go);
      resolve();
    };
    call.once("drain", go);
    call.once("cancelled", go);
  });
}
