/** Loads texts as pipeline.yaml, and tells what is wrong with them. */
import { parseYaml } from "../../src/spec/document.ts";
import { loadDocument } from "../../src/spec/load.ts";
import { EtlError, formatWhere } from "../../src/util/error.ts";

/** Loads a text as /p/pipeline.yaml. */
export function load(text: string, target = "local") {
  return loadDocument({ document: parseYaml(text, "pipeline.yaml"), file: "/p/pipeline.yaml", cwd: "/p", target });
}

/** `line:column message`, in the order in which they are shown. */
export function problemsOf(text: string): string[] {
  try {
    load(text);
    return [];
  } catch (error) {
    if (!(error instanceof EtlError)) throw error;
    return error.problems.map(
      ({ where, message }) => `${formatWhere(where!).replace("pipeline.yaml:", "")} ${message}`,
    );
  }
}

export function hintsOf(text: string): (string | undefined)[] {
  try {
    load(text);
    return [];
  } catch (error) {
    if (!(error instanceof EtlError)) throw error;
    return error.problems.map(({ hint }) => hint);
  }
}
