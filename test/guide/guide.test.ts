import { describe, expect, test } from "vitest";
import { failed, followGuide, nameRelease, said } from "./follow.ts";

// What needs Python or a platform is typed in test/e2e/guide.test.ts.

describe("whoever does what the guide says", { timeout: 120_000 }, () => {
  test("comes from an empty folder to a pipeline that counts six applications, tested and rendered", async () => {
    const typed = await followGuide({ guide: "docs/guide.md", before: nameRelease });
    expect(failed(typed)).toEqual([]);
    expect(said(typed, "npx nais-etl query")).toMatch(/apps\nINT64\n +6\n/);
    expect(said(typed, "npx nais-etl test --mutate")).toMatch(/all +\d+ +0 +0 +100 %/);
    expect(said(typed, "npx nais-etl build")).toContain("would build localhost/apps-per-env:");
    expect(said(typed, "npx nais-etl explain")).toContain("apps-per-en-nais-analy-duqbefi@");
    expect(typed.length).toBeGreaterThan(14);
  });

  test("comes from a pandas script to a pipeline with the same figures", async () => {
    const typed = await followGuide({ guide: "docs/guide-from-pandas.md", before: nameRelease });
    expect(failed(typed)).toEqual([]);
    expect(said(typed, "npx nais-etl test --mutate")).toMatch(/count_apps +\d+ +0 +0 +100 %/);
    expect(said(typed, "npx nais-etl run")).toMatch(/output +apps_per_env +3 rows/);
    expect(typed.length).toBeGreaterThan(8);
  });
});
