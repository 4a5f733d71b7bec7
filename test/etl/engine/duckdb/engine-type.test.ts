import { expect, test } from "vitest";
import { parseEngineType } from "../../../../src/etl/engine/duckdb/engine-type.ts";

test.each([
  ["BIGINT", { name: "BIGINT", parameters: [] }],
  ["DECIMAL(18,3)", { name: "DECIMAL", parameters: [18, 3] }],
  ["TIMESTAMP WITH TIME ZONE", { name: "TIMESTAMP WITH TIME ZONE", parameters: [] }],
  ["INTEGER[]", { name: "LIST", parameters: [], element: { name: "INTEGER", parameters: [] } }],
  [
    "INTEGER[3][]",
    {
      name: "LIST",
      parameters: [],
      element: { name: "LIST", parameters: [], element: { name: "INTEGER", parameters: [] } },
    },
  ],
  ["ENUM('a', 'b)')", { name: "ENUM", parameters: [] }],
  ["MAP(VARCHAR, DECIMAL(4,1))", { name: "MAP", parameters: [4, 1] }],
  [
    'STRUCT("a ""b"" c" INTEGER, d STRUCT(e VARCHAR[]))',
    {
      name: "STRUCT",
      parameters: [],
      fields: [
        { name: 'a "b" c', type: { name: "INTEGER", parameters: [] } },
        {
          name: "d",
          type: {
            name: "STRUCT",
            parameters: [],
            fields: [
              { name: "e", type: { name: "LIST", parameters: [], element: { name: "VARCHAR", parameters: [] } } },
            ],
          },
        },
      ],
    },
  ],
])("%s is taken apart", (text, type) => {
  expect(parseEngineType(text)).toEqual(type);
});
