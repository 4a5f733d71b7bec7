/** A pipeline from a text, without a folder. */
import { parseYaml } from "../../src/spec/document.ts";
import { loadDocument, type LoadedPipeline } from "../../src/spec/load.ts";

/** Loads a text as /p/pipeline.yaml. Without a name of its own, the pipeline is called `trial`. */
export function pipelineOf(text: string, target = "local"): LoadedPipeline {
  const whole = /^name:/m.test(text) ? text : `${text}\nname: trial\n`;
  return loadDocument({ document: parseYaml(whole, "pipeline.yaml"), file: "/p/pipeline.yaml", cwd: "/p", target });
}
