/** Requests for sessions and rows, and their answers. */
import { answerOf } from "../fault.ts";
import { principalOf } from "../grants.ts";
import type { Fault, SeenRequest } from "../options.ts";
import type { State } from "../state.ts";
import { readMessages, type Batch } from "./read-rows.ts";
import { asRpcError, RpcError } from "./rpc-error.ts";
import { createSession, findStream, type Session } from "./session.ts";
import type { Call } from "./grpc.ts";
import type { Encode, Json } from "./listen.ts";

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
  authorization: string | undefined,
): Promise<string> {
  if (fault?.action === "hold") await state.faults.held();
  if (fault && (fault.afterMessages ?? 0) === 0) throwFault(fault);
  const principal = principalOf(state, authorization);
  seen.principal = principal;
  return principal;
}

function throwFault({ action }: Fault): void {
  if (action === "drop" || action === "bad-gateway")
    throw new RpcError("UNAVAILABLE", "14 UNAVAILABLE: Connection dropped");
  const instead = answerOf(action);
  if (instead) throw asRpcError(instead);
}

interface Unary extends Pick<Call, "authorization"> {
  request: Json;
}

/** Does what was asked, and notes what became of it. */
async function noted<T>(seen: SeenRequest, act: () => Promise<T>): Promise<T> {
  try {
    const result = await act();
    seen.status = "OK";
    return result;
  } catch (thrown) {
    const error = asRpcError(thrown);
    seen.status = error.code;
    throw error;
  }
}

/** @returns the answer @throws RpcError */
export function answerSession(state: State, { request, authorization }: Unary): Promise<Json> {
  const asked = request["readSession"] as Json;
  const seen = note(state, "storage.CreateReadSession", asked["table"] as string, request);
  const fault = state.faults.strike(seen);
  if (fault) seen.fault = fault.action;
  return noted(seen, async () => {
    const principal = await admit(state, seen, fault, authorization);
    const session = await makeSession(state, request, principal);
    if (fault?.action === "hold-after") await state.faults.held();
    if (fault?.action === "lose-answer") throw new RpcError("UNAVAILABLE", "the answer was lost");
    return sessionReply(session, asked);
  });
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

interface Streaming extends Unary, Pick<Call, "isCancelled" | "send"> {
  encode: Encode;
}

/** @throws RpcError */
export function answerRows(state: State, call: Streaming): Promise<void> {
  const { readStream, offset } = call.request as { readStream: string; offset: string };
  const seen = note(state, "storage.ReadRows", readStream, call.request);
  const fault = state.faults.strike(seen);
  if (fault) seen.fault = fault.action;
  return noted(seen, async () => {
    await admit(state, seen, fault, call.authorization);
    await sendRows(state, call, { name: readStream, offset: Number(offset), ...(fault && { fault }) });
  });
}

interface Sending {
  name: string;
  offset: number;
  fault?: Fault;
}

async function sendRows(state: State, call: Streaming, { name, offset, fault }: Sending): Promise<void> {
  const stream = findStream(state, name);
  let sent = 0;
  for await (const { progress, batch } of readMessages(state, stream, offset)) {
    if (call.isCancelled()) throw new RpcError("CANCELLED", "Cancelled on client");
    if (fault && fault.afterMessages === sent) throwFault(fault);
    const first = sent === 0 ? { arrowSchema: { serializedSchema: stream.session.schema } } : {};
    const stats = { progress: { atResponseStart: progress[0], atResponseEnd: progress[1] } };
    // Parts of a message, one after the other, are the message.
    await call.send(call.encode({ ...first, stats }), encodedOnce(batch, call.encode));
    sent += 1;
  }
  if (fault && (fault.afterMessages ?? 0) >= sent) throwFault(fault);
}

const encoded = new WeakMap<Batch, Buffer>();

/** A batch that is sent again and again is written once. */
function encodedOnce(batch: Batch, encode: Encode): Buffer {
  const known = encoded.get(batch);
  if (known) return known;
  const { rowCount, bytes } = batch;
  const made = encode({ rowCount, arrowRecordBatch: { serializedRecordBatch: bytes, rowCount } });
  encoded.set(batch, made);
  return made;
}
