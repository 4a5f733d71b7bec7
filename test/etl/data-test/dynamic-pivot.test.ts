import { expect, test } from "vitest";
import { tryTests } from "./try-tests.ts";

test("a PIVOT whose columns depend on the data cannot be tested, and says how it could; what reads it can", async () => {
  const { marks, results } = await tryTests({
    pipeline: "models: { wide: { depends_on: [rows] } }",
    models: {
      rows: "SELECT 'a' AS k, 1 AS n",
      wide: "PIVOT rows ON k USING sum(n)",
      m: "SELECT a + 1 AS a FROM wide",
      fixed: "PIVOT rows ON k IN ('a', 'b') USING sum(n)",
    },
    tests: `
- { name: the pivot, model: wide, given: { rows: [{ k: a, n: 1 }] }, expect: { rows: [{ a: 1 }] } }
- { name: its reader, model: m, given: { wide: [{ a: 1 }] }, expect: { rows: [{ a: 2 }] } }
- { name: the values written, model: fixed, given: { rows: [{ k: b, n: 1 }] }, expect: { rows: [{ a: null, b: 1 }] } }
`,
  });
  expect(marks).toBe("x..");
  expect(results[0]!.message).toBe(`models/wide.sql \`wide\` cannot be tested: its columns depend on the data
    Write the values that become columns: PIVOT … ON column IN ('a', 'b'). Or give wide, and test what reads it.`);
});
