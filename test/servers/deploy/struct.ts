/** `google.protobuf.Struct` back into JSON, written anew from its description, so that it is no mirror of what is tested. */
import type { Json } from "./cluster.ts";

export function fromStruct({ fields = {} }: Json): Json {
  return Object.fromEntries(Object.entries(fields as Json).map(([key, value]) => [key, fromValue(value)]));
}

function fromValue(value: Json): unknown {
  if (value["structValue"] !== undefined && value["kind"] === "structValue") return fromStruct(value["structValue"]);
  if (value["kind"] === "listValue") return ((value["listValue"].values ?? []) as Json[]).map(fromValue);
  if (value["kind"] === "nullValue") return null;
  return value[value["kind"]];
}
