/** What has become of the columns of a table. */
import { formatType, type Type } from "../../spec/type.ts";
import { sameName } from "../publish/fit-columns.ts";

interface Column {
  name: string;
  type: Type;
}

export interface ColumnChanges {
  added: { name: string; type: string }[];
  removed: { name: string; type: string }[];
  retyped: { name: string; was: string; type: string }[];
}

/** A column that is there on both sides, under the name that each gives it. */
export interface CommonColumn {
  name: string;
  oldName: string;
  was: Type;
  is: Type;
}

export interface ComparedColumns {
  changes: ColumnChanges;
  common: CommonColumn[];
}

export function compareColumns(before: Column[], after: Column[]): ComparedColumns {
  const old = new Map(before.map((column) => [sameName(column.name), column]));
  const names = new Set(after.map(({ name }) => sameName(name)));
  const common = after.flatMap(({ name, type }) => {
    const was = old.get(sameName(name));
    return was ? [{ name, oldName: was.name, was: was.type, is: type }] : [];
  });
  const shown = ({ name, type }: Column) => ({ name, type: formatType(type) });
  return {
    common,
    changes: {
      added: after.filter(({ name }) => !old.has(sameName(name))).map(shown),
      removed: before.filter(({ name }) => !names.has(sameName(name))).map(shown),
      retyped: common
        .filter(isRetyped)
        .map(({ name, was, is }) => ({ name, was: formatType(was), type: formatType(is) })),
    },
  };
}

function isRetyped({ was, is }: CommonColumn): boolean {
  return formatType(was) !== formatType(is);
}
