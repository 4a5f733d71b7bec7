/** Finds what stands at a path of a JSON text that comes in pieces, of any length: only what is looked for is held. */
import type { Step } from "../../../spec/json-path.ts";
import { JsonFault, sourceOf, textOf, unexpected } from "./json-source.ts";
import { skipSpace } from "./json-value.ts";

export interface PathScan {
  /** Where the rows stand. */
  rows: readonly Step[];
  /** Where a text or number stands that is to be told. */
  watch?: readonly Step[] | undefined;
  /**
   * Called for each value that stands there; what an array holds there, one by one.
   * @param isElement false for a value that stands there alone: an object of arrays, perhaps
   */
  onValue: (bytes: Uint8Array, isElement: boolean) => void;
  /** Bytes that one of them may have. */
  longest: number;
  /** Whether an array that stands where the path wants a key is taken for the rows: so in files that people wrote. */
  takesArray?: boolean;
}

export interface Scanned {
  /** Whether anything stands there, be it null or an empty array. */
  isFound: boolean;
  watched: string | undefined;
  /** Keys of the top that hold arrays: where the rows may be, when they are not where they were looked for. */
  lists: string[];
}

export interface PathScanner {
  push(chunk: Uint8Array): void;
  /** @throws {JsonFault} where the text ends in the middle */
  end(): Scanned;
}

interface Frame {
  isArray: boolean;
  key: string;
  index: number;
  /** Whether its present child stands on the path. */
  onRows: boolean;
  onWatch: boolean;
  /** Whether its elements are rows, though the path ended before. */
  isList: boolean;
}

type State = "value" | "value or end" | "key or end" | "key" | "colon" | "comma or end" | "done";

const [openObject, closeObject, openArray, closeArray] = [0x7b, 0x7d, 0x5b, 0x5d];
const letterN = 0x6e;
const [quote, comma, colon, backslash] = [0x22, 0x2c, 0x3a, 0x5c];

export function createPathScanner({ rows, watch, onValue, longest, takesArray = false }: PathScan): PathScanner {
  const frames: Frame[] = [];
  let bytes: Uint8Array = new Uint8Array();
  let at = 0;
  /** Bytes of earlier pieces that are let go. */
  let before = 0;
  let isFirst = true;
  let state: State = "value";
  let isFound = false;
  let watched: string | undefined;
  const lists: string[] = [];
  /** How far a value was gone through whose end is still to come. */
  let resume = { at: 0, depth: 0, inString: false };

  const top = () => frames.at(-1);

  /** Whether the value that begins here is what a path names. */
  function stands(path: readonly Step[] | undefined, on: "onRows" | "onWatch"): boolean {
    return path !== undefined && path.length === frames.length && (top()?.[on] ?? true);
  }

  /** Whether the path goes on with all elements of what begins here: there may be none. */
  function isListPlace(): boolean {
    return rows[frames.length]?.kind === "all" && (top()?.onRows ?? true);
  }

  function placeChild(frame: Frame): void {
    const depth = frames.indexOf(frame);
    const parent = frames[depth - 1];
    frame.onRows = (parent?.onRows ?? true) && isStep(rows[depth], frame);
    frame.onWatch = watch !== undefined && (parent?.onWatch ?? true) && isStep(watch[depth], frame);
  }

  function open(isArray: boolean, isList: boolean): void {
    const frame = { isArray, key: "", index: 0, onRows: false, onWatch: false, isList };
    frames.push(frame);
    if (isArray) placeChild(frame);
    state = isArray ? "value or end" : "key or end";
    at++;
  }

  function close(): void {
    frames.pop();
    at++;
    ended();
  }

  function ended(): void {
    state = frames.length === 0 ? "done" : "comma or end";
  }

  /** @returns whether there were bytes enough */
  function value(last: boolean): boolean {
    const byte = bytes[at]!;
    const isElement = top()?.isList === true || (rows.length > 0 && rows.at(-1)!.kind === "all");
    if (top()?.isList === true) return captured(last, true);
    const isHere = stands(rows, "onRows");
    if (isHere && !isElement && byte === openArray) return ((isFound = true), open(true, true), true);
    if (isHere) return captured(last, isElement);
    if (takesArray && frames.length === 0 && byte === openArray && rows[0]?.kind === "key")
      return ((isFound = true), open(true, true), true);
    if (byte === openArray && frames.length === 1 && !top()!.isArray && lists.length < mostLists)
      lists.push(top()!.key);
    if (isListPlace() && (byte === openArray || byte === letterN)) isFound = true;
    if (stands(watch, "onWatch")) return watchedValue(last);
    if (byte === openObject || byte === openArray) return (open(byte === openArray, false), true);
    return skipped(last);
  }

  function captured(last: boolean, isElement: boolean): boolean {
    const end = endOfValue(last);
    if (end === undefined) return false;
    isFound = true;
    const found = bytes.subarray(at, end);
    if (isElement || sourceOf(bytes, at, end) !== "null") onValue(found, isElement);
    return passed(end);
  }

  function watchedValue(last: boolean): boolean {
    const end = endOfValue(last);
    if (end === undefined) return false;
    const source = sourceOf(bytes, at, end);
    if (/^[{[]/.test(source)) throw new JsonFault("what is to say the next page is no text and no number", at);
    watched =
      source === "null" || source === "false" ? undefined : bytes[at] === quote ? textOf(bytes, at, end) : source;
    return passed(end);
  }

  function skipped(last: boolean): boolean {
    const end = endOfValue(last);
    return end === undefined ? false : passed(end);
  }

  function passed(end: number): boolean {
    at = end;
    resume = { at: 0, depth: 0, inString: false };
    ended();
    return true;
  }

  /** @returns the index behind the value at `at`; undefined where it is still to come */
  function endOfValue(last: boolean): number | undefined {
    const byte = bytes[at]!;
    const isLong = byte === openObject || byte === openArray || byte === quote;
    const end = isLong ? endOfLong() : endOfWord(last);
    if (end === undefined && last) throw new JsonFault("it ends in the middle", bytes.length);
    if ((end ?? bytes.length) - at > longest) throw new JsonFault(`a value is longer than ${longest} bytes`, at);
    return end;
  }

  function endOfLong(): number | undefined {
    let { at: here, depth, inString } = resume.at === 0 ? { at, depth: 0, inString: false } : resume;
    for (; here < bytes.length; here++) {
      const byte = bytes[here]!;
      if (inString) {
        if (byte === backslash) {
          if (here + 1 === bytes.length) break;
          here++;
        } else if (byte === quote) inString = false;
        else continue;
      } else if (byte === quote) inString = true;
      else if (byte === openObject || byte === openArray) depth++;
      else if (byte === closeObject || byte === closeArray) depth--;
      if (depth <= 0 && !inString) return here + 1;
    }
    resume = { at: here, depth, inString };
    return undefined;
  }

  function endOfWord(last: boolean): number | undefined {
    let end = at;
    while (end < bytes.length && isWordByte(bytes[end]!)) end++;
    if (end === bytes.length && !last) return undefined;
    if (!wordPattern.test(sourceOf(bytes, at, Math.min(end, at + longestWord)))) throw unexpected(bytes, at);
    return end;
  }

  function key(last: boolean): boolean {
    if (bytes[at] !== quote) throw new JsonFault("a key in quotes is missing", at);
    const end = endOfValue(last);
    if (end === undefined) return false;
    const frame = top()!;
    frame.key = keyText(bytes, at, end);
    placeChild(frame);
    at = end;
    resume = { at: 0, depth: 0, inString: false };
    state = "colon";
    return true;
  }

  function sign(byte: number, next: State, what: string): true {
    if (bytes[at] !== byte) throw new JsonFault(`${what} is missing`, at);
    at++;
    state = next;
    return true;
  }

  function commaOrEnd(): true {
    const frame = top()!;
    if (bytes[at] === (frame.isArray ? closeArray : closeObject)) return (close(), true);
    sign(comma, frame.isArray ? "value" : "key", `a comma or ${frame.isArray ? "]" : "}"}`);
    if (frame.isArray) {
      frame.index++;
      placeChild(frame);
    }
    return true;
  }

  function step(last: boolean): boolean {
    switch (state) {
      case "value":
        return value(last);
      case "value or end":
        return bytes[at] === closeArray ? (close(), true) : value(last);
      case "key or end":
        return bytes[at] === closeObject ? (close(), true) : key(last);
      case "key":
        return key(last);
      case "colon":
        return sign(colon, "value", "a colon");
      case "comma or end":
        return commaOrEnd();
      case "done":
        throw new JsonFault("something stands behind the end", at);
    }
  }

  function steps(last: boolean): void {
    try {
      for (;;) {
        at = skipSpace(bytes, at);
        if (at >= bytes.length || !step(last)) return;
      }
    } catch (error) {
      if (error instanceof JsonFault) throw new JsonFault(error.message, before + error.at);
      throw error;
    }
  }

  /** Keeps what is not gone through yet. */
  function letGo(): void {
    bytes = bytes.subarray(at);
    before += at;
    if (resume.at > 0) resume.at -= at;
    at = 0;
  }

  return {
    push(chunk) {
      bytes = bytes.length === 0 ? chunk : Buffer.concat([bytes, chunk]);
      if (isFirst && bytes.length < markBytes) return;
      if (isFirst && hasMark(bytes)) at = markBytes;
      isFirst = false;
      steps(false);
      letGo();
    },
    end() {
      steps(true);
      if (state !== "done") throw new JsonFault("it ends in the middle", before + bytes.length);
      return { isFound, watched, lists };
    },
  };
}

const mostLists = 20;
const markBytes = 3;

function hasMark(bytes: Uint8Array): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
}

function isStep(step: Step | undefined, { isArray, key, index }: Frame): boolean {
  if (step === undefined) return false;
  if (step.kind === "key") return !isArray && step.key === key;
  return isArray && (step.kind === "all" || step.index === index);
}

const longestWord = 400;
const wordPattern = /^(?:true|false|null|-?\d[\d.eE+-]*)$/;

function isWordByte(byte: number): boolean {
  return byte > 0x20 && byte !== comma && byte !== closeArray && byte !== closeObject && byte !== colon;
}

function keyText(bytes: Uint8Array, start: number, end: number): string {
  try {
    return textOf(bytes, start, end);
  } catch {
    throw new JsonFault("a key is no text", start);
  }
}
