/** Which output was which at another commit: readers know a table by its place, and its place may be told by another name. */
import { placeOf } from "../../spec/consistency.ts";
import type { LoadedPipeline } from "../../spec/load.ts";
import type { Pipeline } from "../../spec/pipeline.ts";

/** The old output of each that has one: that of the same place, else that of the same name whose place nobody has taken. */
export function matchOutputs(after: Pipeline, before: Pipeline): Map<string, string> {
  const [now, old] = [Object.entries(after.outputs ?? {}), Object.entries(before.outputs ?? {})];
  const places = new Map(old.map(([name, output]) => [placeOf(output), name]));
  const found = new Map(
    now.flatMap(([name, output]) => {
      const was = places.get(placeOf(output));
      return was === undefined ? [] : [[name, was] as const];
    }),
  );
  const taken = new Set(found.values());
  const left = now.filter(([name]) => !found.has(name) && before.outputs?.[name] && !taken.has(name));
  return new Map([...found, ...left.map(([name]) => [name, name] as const)]);
}

/** By output: what it publishes, a model or a source. */
export function outputModels({ spec }: LoadedPipeline): Map<string, string> {
  return new Map(Object.entries(spec.outputs ?? {}).map(([name, { model }]) => [name, model ?? name]));
}

export interface OldOutputs {
  /** By output: what it published then, and where it was, if that was elsewhere. New ones are not there. */
  was: Map<string, { model: string; movedFrom: string | undefined }>;
  /** Those that nothing publishes any more. */
  gone: { output: string; destination: string }[];
}

/** @param after,before of the same target: each may have places of its own */
export function oldOutputs(after: LoadedPipeline, before: LoadedPipeline): OldOutputs {
  const matched = matchOutputs(after.spec, before.spec);
  const models = outputModels(before);
  const [now, old] = [after.spec.outputs ?? {}, before.spec.outputs ?? {}];
  const was = [...matched].map(([name, earlier]) => {
    const place = placeOf(old[earlier]!);
    const movedFrom = place === placeOf(now[name]!) ? undefined : place;
    return [name, { model: models.get(earlier)!, movedFrom }] as const;
  });
  const kept = new Set(matched.values());
  const gone = Object.entries(old)
    .filter(([name]) => !kept.has(name))
    .map(([output, spec]) => ({ output, destination: placeOf(spec) }));
  return { was: new Map(was), gone };
}
