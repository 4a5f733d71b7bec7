/** Changing a part of a resource, and only if nobody else did meanwhile. */
import { ApiError } from "../api-error.ts";

/** @throws ApiError 412 where `If-Match` names another etag. */
export function demandMatch(headers: Record<string, string | string[] | undefined>, etag: string): void {
  const wanted = headers["if-match"];
  if (wanted === undefined || wanted === "*" || String(wanted).replaceAll('"', "") === etag) return;
  throw new ApiError({ reason: "conditionNotMet", message: "Precondition check failed." });
}

/** JSON merge patch, as Google's PATCH does it: null takes a key away, objects are merged, lists are replaced. */
export function mergePatch(from: Record<string, unknown>, patch: Record<string, unknown>): Record<string, unknown> {
  const merged = { ...from };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else merged[key] = isObject(value) ? mergePatch(isObject(merged[key]) ? merged[key] : {}, value) : value;
  }
  return merged;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
