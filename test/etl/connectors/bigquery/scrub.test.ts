import { expect, test } from "vitest";
import { scrubMessage } from "../../../../src/etl/connectors/bigquery/scrub.ts";

test("what was said before rows were read keeps names, types and places, and loses literals", () => {
  const said = [
    ["Unrecognized name: datoo; Did you mean dato? at [1:8]", "Unrecognized name: datoo; Did you mean dato? at [1:8]"],
    [
      'Syntax error: Unexpected string literal "01019012345" at [3:9]',
      'Syntax error: Unexpected string literal "…" at [3:9]',
    ],
    [
      `Syntax error: Unexpected string literal 'Ola "Nordmann' at [3:9], expected "Ola's"`,
      `Syntax error: Unexpected string literal '…' at [3:9], expected "…"`,
    ],
    ["Syntax error: Unclosed string literal 'Ola Nordmann", "Syntax error: Unclosed string literal '…'"],
    [
      "Invalid time travel timestamp 17 for table p:d.t@17. Cannot read before 18.",
      "Invalid time travel timestamp 17 for table p:d.t@17. Cannot read before 18.",
    ],
    ["Not found: Table p:d.t was not found in location EU", "Not found: Table p:d.t was not found in location EU"],
    [
      "No matching signature for operator = for argument types: INT64, STRING. Supported signature: ANY = ANY at [1:2]",
      "No matching signature for operator = for argument types: INT64, STRING. Supported signature: ANY = ANY at [1:2]",
    ],
  ] as const;
  for (const [message, shown] of said) expect(scrubMessage(message, "invalidQuery")).toBe(shown);
});

test("what was said when rows were read is cut to what holds no value, with and without quotes", () => {
  const said = [
    ["Bad int64 value: Ola Nordmann", "Bad int64 value"],
    ["Could not parse 'Ola Nordmann' as INT64 at [2:4]", "Could not parse at [2:4]"],
    ["Invalid date: Ola Nordmann 1", "Invalid date"],
    ["division by zero: Ola / 0", "division by zero"],
    ["Ola Nordmann is not a name", "BigQuery refused (invalidQuery)"],
    [
      "Error while reading data, error message: JSON parsing error in row starting at position 0: Ola Nordmann",
      "Error while reading data",
    ],
    ["Required field fnr cannot be null: Ola Nordmann", "Required field"],
  ] as const;
  for (const [message, shown] of said) expect(scrubMessage(message, "invalidQuery")).toBe(shown);
});
