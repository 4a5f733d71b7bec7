import { notHere } from "../api-error.ts";
import type { ReplayTable } from "../options.ts";
import type { State } from "../state.ts";
export async function makeReplay(_state: State, _table: ReplayTable): Promise<void> {
  throw notHere("replay yet");
}
