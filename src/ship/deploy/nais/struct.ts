/** JSON as `google.protobuf.Struct`, which is how a manifest travels. https://protobuf.dev/reference/protobuf/google.protobuf/#struct */
import { isPlainObject } from "../../../spec/value.ts";

export interface ProtoStruct {
  fields: Record<string, ProtoValue>;
}

export type ProtoValue =
  | { nullValue: "NULL_VALUE" }
  | { numberValue: number }
  | { stringValue: string }
  | { boolValue: boolean }
  | { structValue: ProtoStruct }
  | { listValue: { values: ProtoValue[] } };

/** What is undefined is left out, as in JSON. */
export function toStruct(value: object): ProtoStruct {
  const present = Object.entries(value).filter(([, item]) => item !== undefined);
  return { fields: Object.fromEntries(present.map(([key, item]) => [key, toValue(item)])) };
}

function toValue(value: unknown): ProtoValue {
  if (typeof value === "string") return { stringValue: value };
  if (typeof value === "boolean") return { boolValue: value };
  // As JSON's, its numbers are doubles: a manifest holds none beyond them.
  if (typeof value === "number" || typeof value === "bigint") return { numberValue: Number(value) };
  if (Array.isArray(value)) return { listValue: { values: value.map(toValue) } };
  if (isPlainObject(value)) return { structValue: toStruct(value) };
  return { nullValue: "NULL_VALUE" };
}
