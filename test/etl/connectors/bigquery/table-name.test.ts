import { expect, test } from "vitest";
import { formatTableName, parseTableName } from "../../../../src/etl/connectors/bigquery/table-name.ts";

const parse = (text: string) => formatTableName(parseTableName(text, { project: "own", where: () => ({ file: "f" }) }));

test("a name without a project is in one's own", () => {
  expect(parse("d.t")).toBe("own.d.t");
  expect(parse("dataproducts-prod-1234.dataproduct_apps.unique")).toBe(
    "dataproducts-prod-1234.dataproduct_apps.unique",
  );
});

test("the console's ways of writing it are understood", () => {
  expect(parse("`p-1.d.t`")).toBe("p-1.d.t");
  expect(parse("p-1:d.t")).toBe("p-1.d.t");
  expect(parse("nav.no:p-1.d.t")).toBe("nav.no:p-1.d.t");
  expect(parse("p.d.måned 2022-01")).toBe("p.d.måned 2022-01");
  expect(parse("region.INFORMATION_SCHEMA")).toBe("own.region.INFORMATION_SCHEMA");
});

test("what is none is refused", () => {
  for (const text of ["t", "", "a..t", "p.d.t;DROP", "p.d-x.t"])
    expect(() => parse(text), text).toThrow("is not the name of a table");
});
