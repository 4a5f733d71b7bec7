/** What people usually did wrong where Python or a library of frames raises an error, and how to mend it. */
import { didYouMean, nearest } from "../../../util/suggest.ts";
import type { FrameLibrary } from "./model-function.ts";

export interface Raised {
  type: string;
  message: string;
  name: string | null;
  /** Whether it is the environment that has no such variable. */
  environment: boolean;
  columns: string[];
  levels: string[];
  /** Where in the team's files it was; null for what came up outside of them. */
  place: object | null;
}

export interface Asked {
  model: string;
  function: string;
  frame: FrameLibrary;
  python: string;
  /** Whether a text stands in the team's own file or is a column's name, and so is no value. */
  isOurs: (text: string) => boolean;
}

export interface Hint {
  /** In place of Python's words. Holds no value. */
  message?: string;
  hint?: string;
}

export function hintOf(raised: Raised, asked: Asked): Hint {
  if (raised.environment) return environmentHint(raised, asked);
  return columnHint(raised, asked) ?? attributeHint(raised, asked) ?? nameHint(raised) ?? usualHint(raised) ?? {};
}

/** Errors that name a column that a frame has not. */
function columnHint(raised: Raised, asked: Asked): Hint | undefined {
  const { type, columns, levels, place } = raised;
  if (!place) return undefined;
  if (type !== "KeyError" && type !== "ColumnNotFoundError" && type !== "UndefinedVariableError") return undefined;
  const missing = missingNames(raised).filter((name) => asked.isOurs(name) && !columns.includes(name));
  const [first] = missing;
  if (first === undefined) return type === "KeyError" ? dictHint(raised, asked) : undefined;
  const message =
    missing.length === 1
      ? `there is no column \`${first}\``
      : `there are no columns ${missing.map((name) => `\`${name}\``).join(", ")}`;
  if (levels.includes(first)) {
    const hint = `\`${first}\` is in the index: add as_index=False to groupby, or .reset_index() behind it.`;
    return { message, hint };
  }
  if (columns.length === 0) return { message };
  const near = missing.map((name) => nearest(name, columns));
  const hint = near.every((name) => name !== undefined)
    ? `Did you mean ${near.map((name) => `\`${name}\``).join(", ")}?`
    : didYouMean(first, columns);
  return { message, hint };
}

function environmentHint({ name }: Raised, { isOurs, function: called }: Asked): Hint {
  const shown = name !== null && isOurs(name) ? ` \`${name}\`` : "";
  return {
    message: `the environment variable${shown} is not there: a model does not see the environment`,
    hint: `A secret is for sources: declare it under \`secrets:\`, and what is fetched with it under \`sources:\`, as type: http.
A setting that is no secret stands under \`params:\`, and is taken behind a *: def ${called}(df, *, region).`,
  };
}

function missingNames({ type, name, message }: Raised): string[] {
  if (type === "KeyError" && name !== null && !/not in index|are in the \[|not found in axis/.test(name)) return [name];
  const [line = ""] = message.split("\n");
  const quoted = [...line.replace(/valid columns:.*/, "").matchAll(/'([^']+)'|"([^"]+)"|`([^`]+)`/g)];
  const names = quoted.map(([, single, double, tick]) => (single ?? double ?? tick)!).flatMap(innerNames);
  if (names.length > 0) return names;
  // polars says the bare name.
  return /^[\p{L}_][\p{L}\p{N}_]*$/u.test(line.trim()) ? [line.trim()] : [];
}

/** pandas quotes its own list of names: "['a', 'b'] not in index". */
function innerNames(text: string): string[] {
  const inner = [...text.matchAll(/'([^']+)'/g)].map(([, name]) => name!);
  return inner.length > 0 ? inner : /^(object|str|string|int64)$/.test(text) ? [] : [text];
}

/** The key is one of the data's: it is looked up in a dict that does not know it. */
function dictHint({ name }: Raised, { isOurs }: Asked): Hint {
  return {
    ...(name !== null && !isOurs(name) && { message: "KeyError: a value is no key of a dict" }),
    hint: "A dict has no such key: mapping.get(key) gives None for it, df[column].map(mapping) gives NULL.",
  };
}

/** Methods that one library has and the other has not. */
const ofPolars = new Set(
  `with_columns group_by filter_ with_row_index select lazy collect sort_by unpivot height rename_columns fill_null
  drop_nulls is_in_ n_unique cast to_dicts iter_rows partition_by`.split(/\s+/),
);
const ofPandas = new Set(
  `groupby assign loc iloc apply merge sort_values reset_index set_index query fillna dropna astype value_counts iterrows
  itertuples drop_duplicates melt to_dict index at iat agg applymap map_ nunique isna notna rename_axis`.split(/\s+/),
);

function attributeHint({ type, message, columns }: Raised, asked: Asked): Hint | undefined {
  const { isOurs } = asked;
  if (type !== "AttributeError") return undefined;
  const [, of = "", attribute = ""] = /'(\w+)' object has no attribute '(\w+)'/.exec(message) ?? [];
  // What was asked for may be a value: getattr(df, name).
  const isFrame = isOurs(attribute) && /^(DataFrame|Series|LazyFrame|Expr|GroupBy|DataFrameGroupBy)$/.test(of);
  if (isFrame && asked.frame === "pandas" && ofPolars.has(attribute)) return otherLibrary(attribute, "polars", asked);
  if (isFrame && asked.frame === "polars" && ofPandas.has(attribute)) return otherLibrary(attribute, "pandas", asked);
  if (isFrame) {
    const near = nearest(attribute, columns);
    return {
      message: `a ${of} of ${asked.frame} has no \`${attribute}\``,
      ...(near !== undefined && { hint: `Did you mean the column \`${near}\`?` }),
    };
  }
  if (of === "float" || of === "NoneType" || of === "NAType") {
    return {
      hint: "A NULL is NaN, None or NA here, not a text: use df[column].str.…, which passes it, or .fillna('') first.",
    };
  }
  if (/\.dt accessor/.test(message)) return { hint: "Make dates of the column first: pd.to_datetime(df[column])." };
  if (/\.str accessor/.test(message)) return { hint: "Make texts of the column first: df[column].astype(str)." };
  return undefined;
}

function otherLibrary(attribute: string, library: FrameLibrary, { function: name, frame }: Asked): Hint {
  const short = library === "pandas" ? "pd" : "pl";
  return {
    message: `\`${attribute}\` is a method of ${library}, and \`${name}\` was given a frame of ${frame}`,
    hint: `Say which it takes: import ${library} as ${short}, and def ${name}(df: ${short}.DataFrame).`,
  };
}

const modules: Record<string, string> = {
  pd: "import pandas as pd",
  pl: "import polars as pl",
  np: "import numpy as np",
  pa: "import pyarrow as pa",
  datetime: "import datetime",
  date: "from datetime import date",
  timedelta: "from datetime import timedelta",
  re: "import re",
  json: "import json",
  math: "import math",
  Decimal: "from decimal import Decimal",
};

function nameHint({ type, message, name }: Raised): Hint | undefined {
  if (type !== "NameError") return undefined;
  const missing = name ?? /name '(\w+)'/.exec(message)?.[1] ?? "";
  const line = modules[missing];
  if (line) return { hint: `Add to the top of the file: ${line}` };
  return { hint: "It is misspelt, or defined further down, or in another function." };
}

interface UsualHint {
  pattern: RegExp;
  hint: string;
  message?: string;
}

/** On `Type: message`. What replaces the message where it would hold values. */
const usualHints: UsualHint[] = [
  {
    pattern: /truth value of an? (Series|DataFrame|Index|array|Expr)/,
    hint: "Join conditions with & and |, each in parentheses: df[(a > 1) & (b < 2)]. In an `if`, ask .any() or .all().",
  },
  { pattern: /boolean value of NA is ambiguous/, hint: "A NULL is neither true nor false: .fillna(False) first." },
  {
    pattern: /could not convert string to float|invalid literal for int|Unable to parse string|conversion from `?str/i,
    message: "a text cannot be converted to a number",
    hint: "pd.to_numeric(df[column], errors='coerce') gives NULL for such texts; in polars: .cast(pl.Int64, strict=False).",
  },
  {
    pattern: /cannot convert float NaN to integer|non-finite values|IntCastingNaNError|cannot convert NA to integer/,
    hint: "A column of whole numbers with NULLs: .astype('Int64'), with a capital I.",
  },
  {
    pattern: /You are trying to merge on|MergeError|datatypes of join keys don't match/,
    hint: "The columns that are joined on must have the same type in both frames: .astype(…) one of them.",
  },
  {
    pattern: /Length of values .* does not match length of index|lengths don't match|ShapeError/,
    hint: "A new column needs a value for each row of the frame.",
  },
  {
    pattern:
      /DateParseError|doesn't match format|does not match format|Out of bounds .*timestamp|conversion .* to (date|datetime)/i,
    message: "a text is not a date of the format",
    hint: "pd.to_datetime(df[column], format='%Y-%m-%d', errors='coerce') gives NULL for such texts.",
  },
  {
    pattern: /Invalid comparison between dtype=datetime64.*and date/,
    hint: "Days are compared with pd.Timestamp: df[df.dato >= pd.Timestamp('2022-01-20')].",
  },
  {
    pattern: /Cannot compare Timestamp with datetime\.date/,
    message: "a Timestamp of pandas is compared with a datetime.date",
    hint: "`.dt.date` makes objects that pandas does not compare with its own times: write .dt.normalize(), or pd.to_datetime(df[column]).",
  },
  {
    pattern: /Cannot compare tz-naive and tz-aware|tz-naive and tz-aware/,
    hint: "A TIMESTAMP is in UTC: compare it with pd.Timestamp(…, tz='UTC').",
  },
  {
    pattern: /'[<>]=?' not supported between instances of/,
    hint: "Two types are compared, a NULL among them perhaps: convert the column first, or .fillna(…).",
  },
  {
    pattern: /FileNotFoundError|PermissionError/,
    hint: "Models read what they are given: declare the file under `sources:`, and take it as a parameter.",
  },
  {
    pattern: /MemoryError|Unable to allocate/,
    message: "the memory is used up",
    hint: "Give the job more memory (nais: { resources: { limits: { memory: 2Gi } } }), or reduce before: aggregate in an SQL model, or in `query:`.",
  },
  {
    pattern: /IndentationError|TabError|unindent does not match|expected an indented block/,
    hint: "Lines of one block begin with the same spaces; do not mix them with tabs.",
  },
  {
    pattern: /was never closed|unexpected EOF|EOL while|unterminated/,
    hint: "A bracket or quote is not closed, here or above.",
  },
  { pattern: /expected ':'/, hint: "A line that begins with def, if, for, while, with or else ends with a colon." },
  { pattern: /SyntaxError/, hint: "Python cannot read this line." },
  {
    pattern: /^SystemExit/,
    message: "the model called sys.exit()",
    hint: "Return a frame, or raise an error: raise ValueError('…').",
  },
  {
    pattern: /ZeroDivisionError/,
    hint: "Filter rows with 0 first, or divide columns: df.a / df.b gives inf, which .replace(float('inf'), None) makes NULL.",
  },
  { pattern: /^RecursionError/, hint: "A function calls itself without end." },
  {
    pattern: /unsupported operand type\(s\).*(Decimal|decimal)/,
    hint: "NUMERIC is decimal.Decimal: calculate with Decimal('0.25'), or convert the column: .astype(float).",
  },
];

function usualHint({ type, message }: Raised): Hint | undefined {
  const [line = ""] = message.split("\n");
  const text = `${type}: ${line}`;
  const found = usualHints.find(({ pattern }) => pattern.test(text));
  return found && { hint: found.hint, ...(found.message !== undefined && { message: found.message }) };
}
