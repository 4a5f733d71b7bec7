import { expect, test } from "vitest";
import { hideValues } from "../../../../src/etl/transform/program/hide-values.ts";

const texts = ['raise ValueError(f"no team for {name}")', "antall_apper"];
const hide = (text: string) => hideValues(text, { texts });

test("words of the program and names of columns stay, all others go", () => {
  expect(hide("ValueError: no team for Kari Nordmann 01010112345")).toBe("ValueError: no team for …");
  expect(hide("KeyError: 'antall_apper'")).toBe("KeyError: 'antall_apper'");
});

test("what stands in quotes is a value, though its words be usual ones", () => {
  expect(hide("could not convert string to float: 'date'")).toBe("could not convert string to float: …");
  expect(hide(`invalid literal: "no team"`)).toBe(`invalid literal: "no team"`);
});

test("numbers go, but those of the program", () => {
  expect(hide("index 5 is out of range")).toBe("index … is out of range");
  expect(hideValues("at least 12 rows", { texts: ["at least 12"] })).toBe("at least 12 rows");
});

test("addresses and names do not come through in parts", () => {
  expect(hide("value of kari.nordmann@nav.no on 2022-01-20.")).toBe("value of … on ….");
  expect(hide("(Ødegård; Åse)")).toBe("(…)");
});
