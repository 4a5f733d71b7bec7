import { describe, expect, test } from "vitest";
import { adviseResources, differsMuch, formatResources } from "../../../src/etl/record/advise-resources.ts";

const mebibyte = 1024 ** 2;
const usage = (peak: number, cpuSeconds = 12, seconds = 60) => ({ peak: peak * mebibyte, cpuSeconds, seconds });
const limitOf = (memory: string) => ({ resources: { limits: { memory } } });

describe("what to ask the platform for", () => {
  test.each([
    // peak in MiB, the limit there is → the request, the limit
    [100, "512Mi", "128Mi", "512Mi"],
    [256, "512Mi", "256Mi", "512Mi"],
    [257, "512Mi", "288Mi", "512Mi"],
    [470, "512Mi", "480Mi", "768Mi"],
    [511, "512Mi", "512Mi", "768Mi"],
    [400, "2Gi", "416Mi", "640Mi"],
    [90, "4Gi", "96Mi", "512Mi"],
    [1000, "2Gi", "1024Mi", "2048Mi"],
  ])("a peak of %i MiB under a limit of %s: request %s, limit %s", (peak, limit, request, advised) => {
    expect(adviseResources(usage(peak), limitOf(limit))).toMatchObject({
      requests: { memory: request },
      limits: { memory: advised },
    });
  });

  test.each([
    [12, 60, "200m"],
    [0.1, 100, "50m"],
    [150, 100, "1000m"],
    [2, 59.9, undefined],
    [1, 0, undefined],
  ])("%d s of processor time in %d s: %s", (cpuSeconds, seconds, cpu) => {
    expect(adviseResources(usage(100, cpuSeconds, seconds), {}).requests.cpu).toBe(cpu);
  });

  test("a word is due where it is far from what is asked for, or the limit should change", () => {
    expect(differsMuch(adviseResources(usage(250), {}), {})).toBe(false);
    expect(differsMuch(adviseResources(usage(100), {}), {})).toBe(true);
    expect(differsMuch(adviseResources(usage(250, 54), {}), {})).toBe(true);
    expect(differsMuch(adviseResources(usage(500), {}), {})).toBe(true);
  });

  test("of a short run nothing is said about CPU", () => {
    const short = adviseResources(usage(250, 2, 0.6), {});
    expect(differsMuch(short, {})).toBe(false);
    expect(formatResources(short)).toBe("{ requests: { memory: 256Mi }, limits: { memory: 512Mi } }");
  });

  test("it is written as pipeline.yaml has it", () => {
    expect(formatResources(adviseResources(usage(200), {}))).toBe(
      "{ requests: { cpu: 200m, memory: 224Mi }, limits: { memory: 512Mi } }",
    );
  });
});
