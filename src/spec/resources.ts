/** Memory and CPU as a Naisjob's `resources` has them. */

/** What the platform fills in where the manifest says nothing. */
const resourceDefaults: Record<string, Record<string, string>> = {
  limits: { memory: "512Mi" },
  requests: { cpu: "200m", memory: "256Mi" },
};

/** The defaults with what a Naisjob's spec says over them. */
export function effectiveResource(
  spec: unknown,
  part: "limits" | "requests",
  key: "cpu" | "memory",
): string | undefined {
  const { resources } = (spec ?? {}) as { resources?: Record<string, Record<string, unknown> | undefined> };
  const said = resources?.[part]?.[key];
  return typeof said === "string" ? said : resourceDefaults[part]![key];
}

/** Bytes of an amount of memory; undefined where it is none. */
export function bytesOf(text: string | undefined): number | undefined {
  return amountOf(text, "memory");
}

/** `512Mi`, `2Gi`: as a manifest says it. */
export function formatMemory(bytes: number): string {
  const [mebibyte, gibibyte] = [1024 ** 2, 1024 ** 3];
  return bytes >= gibibyte && bytes % gibibyte === 0 ? `${bytes / gibibyte}Gi` : `${Math.round(bytes / mebibyte)}Mi`;
}

/** Bytes, or thousandths of a CPU; undefined where it is not an amount. */
export function amountOf(text: string | undefined, key: "cpu" | "memory"): number | undefined {
  const [, number, unit = ""] = /^(\d+)([KMG]i|m)?$/.exec(text ?? "") ?? [];
  if (number === undefined) return undefined;
  if (key === "cpu") return unit === "m" ? Number(number) : Number(number) * 1000;
  return Number(number) * 1024 ** ["", "Ki", "Mi", "Gi"].indexOf(unit);
}
