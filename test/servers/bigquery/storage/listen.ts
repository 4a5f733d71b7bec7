import type { State } from "../state.ts";
export async function listenGrpc(_state: State, port: number): Promise<{ port: number; stop(): void }> {
  return { port, stop() {} };
}
