/** How columns are mended in Python, where they do not fit the contract. */
import type { Type } from "../../../spec/type.ts";
import type { Cures } from "../contract.ts";
import type { FrameLibrary } from "./model-function.ts";

/** By declared type: what makes such a column of another. */
const conversions: Record<FrameLibrary, Partial<Record<Type["kind"], (column: string) => string>>> = {
  pandas: {
    STRING: (column) => `df['${column}'].astype(str)`,
    INT64: (column) => `pd.to_numeric(df['${column}']).astype('Int64')`,
    FLOAT64: (column) => `df['${column}'].astype(float)`,
    NUMERIC: (column) => `df['${column}'].map(lambda x: Decimal(str(x)))`,
    BIGNUMERIC: (column) => `df['${column}'].map(lambda x: Decimal(str(x)))`,
    BOOL: (column) => `df['${column}'].astype('boolean')`,
    DATE: (column) => `pd.to_datetime(df['${column}']).dt.normalize()`,
    DATETIME: (column) => `pd.to_datetime(df['${column}'])`,
    TIMESTAMP: (column) => `pd.to_datetime(df['${column}'], utc=True)`,
    TIME: (column) => `pd.to_datetime(df['${column}']).dt.time`,
  },
  polars: {
    STRING: (column) => `pl.col('${column}').cast(pl.String)`,
    INT64: (column) => `pl.col('${column}').cast(pl.Int64)`,
    FLOAT64: (column) => `pl.col('${column}').cast(pl.Float64)`,
    NUMERIC: (column) => `pl.col('${column}').cast(pl.Decimal(38, 9))`,
    BOOL: (column) => `pl.col('${column}').cast(pl.Boolean)`,
    DATE: (column) => `pl.col('${column}').cast(pl.Date)`,
    DATETIME: (column) => `pl.col('${column}').cast(pl.Datetime('us'))`,
    TIMESTAMP: (column) => `pl.col('${column}').dt.replace_time_zone('UTC')`,
    TIME: (column) => `pl.col('${column}').cast(pl.Time)`,
  },
};

export function pythonCures(frame: FrameLibrary): Cures {
  return {
    drop: (column) =>
      frame === "pandas" ? `drop it: df.drop(columns=['${column}']).` : `drop it: df.drop('${column}').`,
    add: (column) =>
      frame === "pandas" ? `Make it: df['${column}'] = …` : `Make it: df.with_columns(….alias('${column}')).`,
    convert: (column, _from, to) => {
      const convert = conversions[frame][to.kind];
      return convert
        ? `Convert it in the function: ${convert(column)}, or change the contract.`
        : "Convert it in the function, or change the contract.";
    },
  };
}
