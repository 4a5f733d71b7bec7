import { notHere } from "../api-error.ts";
import type { State } from "../state.ts";
import type { Field } from "../value/type.ts";
export async function viewFields(
  _state: State,
  _view: { query: string; project: string; principal: string },
): Promise<Field[]> {
  throw notHere("SQL yet");
}
