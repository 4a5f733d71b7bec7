/** Hands a secret to the log's mask: all of it, and the parts of it that may be shown without the rest. */
import { isPlainObject } from "../spec/value.ts";
import type { Logger } from "../util/log.ts";

/** Shorter ones cannot be masked without making the log unreadable. */
const shortest = 3;

export function maskSecret(value: string, log: Logger): void {
  log.mask(value);
  for (const part of partsOf(value)) if (part.length >= shortest) log.mask(part);
}

function partsOf(value: string): string[] {
  return [...schemeParts(value), ...addressParts(value), ...jsonParts(value)];
}

/** `Bearer TOKEN`, `Basic BASE64`: a server may repeat the token alone. */
function schemeParts(value: string): string[] {
  const [, scheme = "", token] = /^(Bearer|Basic|Token|ApiKey)\s+(\S+)$/i.exec(value.trim()) ?? [];
  if (token === undefined) return [];
  if (scheme.toLowerCase() !== "basic") return [token];
  const [, password = ""] = Buffer.from(token, "base64").toString("utf8").split(/:(.*)/s);
  return [token, password];
}

/** The password of a connection string, as it stands there and as a driver reads it. */
function addressParts(value: string): string[] {
  const password = URL.parse(value.trim())?.password;
  return password ? [password, decode(password)] : [];
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const secretKeys = /(secret|passw(or)?d|token|private|credential|api_?key)/i;
const plainKeys = /_(id|uri|url)$/i;

/** A key file of Google's, for one. What tells who it is stays readable. */
function jsonParts(value: string): string[] {
  if (!value.trimStart().startsWith("{")) return [];
  try {
    return stringsOf(JSON.parse(value));
  } catch {
    return [];
  }
}

function stringsOf(value: unknown, isSecret = false): string[] {
  if (typeof value === "string") return isSecret ? [value] : [];
  if (Array.isArray(value)) return value.flatMap((item) => stringsOf(item, isSecret));
  if (!isPlainObject(value)) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    stringsOf(item, isSecret || (secretKeys.test(key) && !plainKeys.test(key))),
  );
}
