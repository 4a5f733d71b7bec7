import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * What takes longest begins first, so that no core is left without work at the end. A fresh clone knows no durations, and
 * these files are small: vitest would take them last. By their time on two cores, from the longest; each takes over half a minute.
 */
const slow = [
  "e2e/bigquery-kill",
  "e2e/kill",
  "run/kill",
  "e2e/bigquery-fault",
  "e2e/bigquery-reading",
  "planted/planted",
  "e2e/backfill-kill",
  "e2e/rollback-kill",
  "e2e/gcp",
  "e2e/action",
  "e2e/runtime-image",
  "examples",
  "e2e/python/mistakes",
  "e2e/incidents-pod",
  "mistakes/mistakes",
  "run/stop",
  "package",
  "guide/guide",
  "run/bigquery/rollback",
  "why/incidents",
  "run/bigquery/kill",
  "run/bigquery/reading",
  "e2e/guide",
  "run/bigquery/rollback-kill",
  "run/rollback",
  "e2e/follow",
  "e2e/incidents",
  "run/bigquery/fault",
  "run/backfill-parallel",
  "e2e/docker",
].map((name) => `/test/${name}.test.ts`);

export default class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    // oxlint-disable-next-line unicorn/no-array-sort -- not an array's
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => rank(a) - rank(b));
  }
}

function rank({ moduleId }: TestSpecification): number {
  const place = slow.findIndex((name) => moduleId.endsWith(name));
  return place === -1 ? slow.length : place;
}
