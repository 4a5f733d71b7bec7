/** Lengths of time as they are written in pipeline.yaml: `90s`, `15m`, `36h`, `2d`, `1h30m`. */
const seconds = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

export const durationPattern = /^(?:\d+[dhms])+$/;

/** Seconds of a duration that matches {@link durationPattern}. */
export function durationSeconds(text: string): number {
  const parts = [...text.matchAll(/(\d+)([dhms])/g)];
  return parts.reduce((sum, [, n, unit]) => sum + Number(n) * seconds[unit as keyof typeof seconds], 0);
}
