/**
 * Memory of what came over the wire is given back early. V8 looks at its own heap, and notices buffers outside of it
 * only after some hundred megabytes: more than a small pod has. A look at the young ones costs a millisecond, and saves
 * more than it costs, since the same memory is used again.
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

type Collect = (options: { type: "minor" }) => void;

let collect: Collect | undefined;

/** Bytes after which the young buffers are looked at. */
const every = 8_000_000;

/** @returns a function that is told of each message's bytes */
export function collectAsBytesCome(): (bytes: number) => void {
  collect ??= exposeCollect();
  let since = 0;
  return (bytes) => {
    since += bytes;
    if (since < every) return;
    since = 0;
    collect!({ type: "minor" });
  };
}

/** Source: https://nodejs.org/api/v8.html#v8setflagsfromstringflags */
function exposeCollect(): Collect {
  setFlagsFromString("--expose-gc");
  return runInNewContext("gc") as Collect;
}
