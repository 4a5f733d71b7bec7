import { defineConfig } from "vitest/config";
import SlowFirst from "./test/sequencer.ts";

export default defineConfig({
  test: {
    reporters: ["default", "./test/reporter.ts"],
    // Generous, since tests start processes and a machine may have two cores. A test that hangs still ends.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    sequence: { sequencer: SlowFirst },
    projects: [
      {
        extends: true,
        test: { name: "unit", include: ["test/**/*.test.ts"], exclude: ["test/e2e/**", "test/gcp/**"] },
      },
      { extends: true, test: { name: "e2e", include: ["test/e2e/**/*.test.ts"] } },
      {
        extends: true,
        test: {
          name: "thorough",
          include: ["test/e2e/{kill,bigquery-kill,bigquery-fault,bigquery-reading}.test.ts"],
          env: { NAIS_ETL_THOROUGH: "1" },
        },
      },
      { extends: true, test: { name: "gcp", include: ["test/gcp/**/*.test.ts"], testTimeout: 300_000 } },
    ],
  },
});
