import { notHere } from "../api-error.ts";
import type { State } from "../state.ts";
export async function runDirectly(_state: State, _text: string): Promise<Record<string, unknown>[]> {
  throw notHere("SQL yet");
}
