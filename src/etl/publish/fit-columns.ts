/**
 * What may change in the columns of a destination, whatever it is: new ones are added;
 * anything else changes what readers count on, and needs to be asked for.
 */
import { formatType, type Type } from "../../spec/type.ts";
import { EtlError } from "../../util/error.ts";
import { duckdbType } from "../engine/duckdb/duckdb-type.ts";

/**
 * A column as it stands. `engineType` is its type in the destination's own words, undefined where the format keeps none
 * (csv, ndjson); `type` is undefined where the product has none such.
 */
export interface ExistingColumn {
  name: string;
  type?: Type | undefined;
  engineType: string | undefined;
}

export interface WantedColumn {
  name: string;
  type: Type;
}

export interface Fit {
  added: WantedColumn[];
  removed: string[];
  retyped: { name: string; was: string; type: Type }[];
}

/**
 * @param place the destination, for the message
 * @param spell a type in the destination's words; DuckDB's where nothing else is said
 * @throws {EtlError} naming every column that is gone or retyped, unless that is allowed
 */
export function fitColumns({
  place,
  existing,
  wanted,
  allowed,
  spell = duckdbType,
}: {
  place: string;
  existing: ExistingColumn[];
  wanted: WantedColumn[];
  allowed: boolean;
  spell?: (type: Type) => string;
}): Fit {
  const names = new Set(existing.map(({ name }) => sameName(name)));
  const types = new Map(wanted.map(({ name, type }) => [sameName(name), type]));
  const fit: Fit = {
    added: wanted.filter(({ name }) => !names.has(sameName(name))),
    removed: existing.filter(({ name }) => !types.has(sameName(name))).map(({ name }) => name),
    retyped: existing.flatMap(({ name, engineType, type: known }) => {
      const type = types.get(sameName(name));
      if (!type || engineType === undefined || isSame(engineType, spell(type))) return [];
      return [{ name, was: wasType({ engineType, known, type }), type }];
    }),
  };
  if (!allowed && fit.removed.length + fit.retyped.length > 0) throw schemaError(place, fit);
  return fit;
}

/** `Dato` and `dato` are one column, for DuckDB as for BigQuery. */
export function sameName(name: string): string {
  return name.toLowerCase();
}

function isSame(engineType: string, wanted: string): boolean {
  return plainSpelling(engineType) === plainSpelling(wanted);
}

function plainSpelling(type: string): string {
  const plain = type.replaceAll(/["`\s]/g, "").toUpperCase();
  // Inside lists and structs, DuckDB tells JSON as the text that it is.
  return /[[(]/.test(plain) ? plain.replaceAll(/\bJSON\b/g, "VARCHAR") : plain;
}

/** By the name that the new type has; by the engine's where that would be the same. */
function wasType({ engineType, known, type }: { engineType: string; known: Type | undefined; type: Type }): string {
  const name = known && formatType(known);
  return name === undefined || name === formatType(type) ? engineType : name;
}

function schemaError(place: string, fit: Fit): EtlError {
  return new EtlError({
    code: "failed",
    part: "publish",
    message: `the columns of ${place} would change: ${lossWords(fit).join("; ")}`,
    hint: "Readers count on them. If the change is meant, run once with --allow-schema-change: a deployed job by `nais-etl trigger --allow-schema-change`.",
  });
}

/** What readers would lose. */
export function lossWords({ removed, retyped }: Pick<Fit, "removed" | "retyped">): string[] {
  return [
    ...removed.map((column) => `\`${column}\` is gone`),
    ...retyped.map(({ name, was, type }) => `\`${name}\` was ${was} and would be ${formatType(type)}`),
  ];
}
