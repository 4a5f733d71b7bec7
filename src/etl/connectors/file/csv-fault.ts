/** What can be wrong with a CSV file's records, said with the cure. */

export interface CsvFault {
  message: string;
  hint: string;
  /** Index in the bytes. */
  at: number;
  /** Whether what follows cannot be read. */
  fatal: boolean;
}

const twice = 'A quote inside a quoted value is written twice: "".';

export function notClosed(at: number): CsvFault {
  return { at, fatal: true, message: "a quote is opened here and never closed", hint: `Close it. ${twice}` };
}

export function textBehindQuote(at: number): CsvFault {
  return { at, fatal: true, message: "text stands after a closing quote", hint: twice };
}

/** Whether it belongs to the value, programs do not agree. */
export function spaceAtQuote(at: number): CsvFault {
  const hint = "Remove it, or put it into the quotes.";
  return { at, fatal: false, message: "a space stands between a quote and the delimiter", hint };
}

export function loneReturn(at: number): CsvFault {
  const message = "a carriage return stands outside quotes without a line feed";
  return {
    at,
    fatal: true,
    message,
    hint: "End lines with LF or CRLF, and put values that hold a carriage return in quotes.",
  };
}

export function otherEnding(at: number, isReturn: boolean): CsvFault {
  const [here, before] = isReturn ? ["CRLF", "LF"] : ["LF", "CRLF"];
  const message = `this line ends with ${here}, those before with ${before}`;
  return { at, fatal: true, message, hint: "Save the file with one kind of line ending." };
}

export function wrongCount({
  at,
  found,
  columns,
  delimiter,
}: {
  at: number;
  found: number;
  columns: number;
  delimiter: string;
}): CsvFault {
  const message = `this line has ${found === 1 ? "1 value" : `${found} values`}, where ${columns} are expected`;
  const shown = delimiter === "\t" ? "(tab)" : `\`${delimiter}\``;
  const hint = `Values that hold the delimiter ${shown} or a line's end need quotes. Is the delimiter another one? Say \`delimiter:\`.`;
  return { at, fatal: false, message, hint };
}
