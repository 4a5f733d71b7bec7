/** What is well and what is not, of all that a run needs: found out without changing anything. */
import type { Context } from "../../util/context.ts";
import type { LoadedPipeline } from "../../spec/load.ts";
import { localTarget } from "../../spec/target.ts";
import { connectBigQuery } from "../connect-bigquery.ts";
import type { BigQueryClient } from "../connectors/bigquery/client.ts";
import { identifyRun } from "../identity.ts";
import { sampleValues } from "../validate/validate-models.ts";
import { problemsOfSources } from "../validate/validate-sources.ts";
import { readsBigQuery } from "../values.ts";
import { good, look, note, ofProblem, type Finding, type Section } from "./finding.ts";
import { lookAtIdentity } from "./identity.ts";
import { lookAtMachine } from "./machine.ts";
import { lookAtOutputs } from "./outputs.ts";
import { lookAtSecrets } from "./secrets.ts";
import { lookAtSources, type Patient } from "./sources.ts";

export interface Examined {
  sections: Section[];
  /** Who we are to Google; undefined where nobody was asked. */
  email: string | undefined;
}

export async function examine(pipeline: LoadedPipeline, context: Context): Promise<Examined> {
  const values = sampleValues(pipeline, context);
  const patient: Patient = { pipeline, values, context };
  const { identity, sources, outputs, email } = usesBigQuery(pipeline)
    ? await examineBigQuery(patient)
    : { identity: [notNeeded(pipeline)], sources: [], outputs: [], email: undefined };
  const sections = [
    { title: "Google", findings: identity },
    { title: "This machine", findings: await lookAtMachine(pipeline, context) },
    { title: "Sources", findings: [...sources, ...(await otherSources(patient))] },
    { title: "Outputs", findings: [...outputs, ...otherOutputs(patient)] },
    { title: "Secrets", findings: await lookAtSecrets(patient) },
  ];
  return { sections: sections.filter(({ findings }) => findings.length > 0), email };
}

function usesBigQuery(pipeline: LoadedPipeline): boolean {
  if (readsBigQuery(pipeline)) return true;
  const outputs = Object.values(pipeline.spec.outputs ?? {});
  return pipeline.target !== localTarget && outputs.some(({ type }) => type === "bigquery");
}

function notNeeded({ target }: LoadedPipeline): Finding {
  const why = target === localTarget ? "on target local, samples are read and a local warehouse is written" : "";
  return good("identity", `no credentials are needed${why === "" ? ": nothing here is BigQuery's" : `: ${why}`}`);
}

async function examineBigQuery(patient: Patient) {
  let client: BigQueryClient | undefined;
  const failed = await look("identity", async () => {
    client = await connect(patient);
    return [];
  });
  if (!client) return { identity: failed, sources: [], outputs: [], email: undefined };
  const identity = await lookAtIdentity(client);
  // Who has no token or no network, would hear the same of each table.
  if (identity.some(({ name, state }) => state === "bad" && name !== "clock"))
    return { identity, sources: [], outputs: [], email: undefined };
  const [sources, outputs] = [await lookAtSources(patient, client), await lookAtOutputs(patient, client)];
  return { identity, sources, outputs, email: await client.account.email() };
}

function connect({ pipeline, values, context }: Patient): Promise<BigQueryClient> {
  const identity = identifyRun({ pipeline, label: pipeline.spec.interval?.sample, context });
  return connectBigQuery({ pipeline, values, identity, context })();
}

/** What lies in files: samples on target `local`, and sources of type file. */
async function otherSources({ pipeline, context }: Patient): Promise<Finding[]> {
  const sources = Object.entries(pipeline.spec.sources ?? {});
  const problems = pipeline.target === localTarget ? await problemsOfSources(pipeline, context) : new Map();
  return sources.flatMap(([name, source]): Finding[] => {
    const shown = `source ${name}`;
    const found = problems.get(name);
    if (found && found.length > 0)
      return found.map((problem: Parameters<typeof ofProblem>[1]) => ofProblem(shown, problem));
    if (found)
      return [
        good(shown, source.sample === undefined ? "its files can be read" : `its sample ${source.sample} can be read`),
      ];
    if (source.type === "bigquery") return [];
    return [note(shown, `is of type ${source.type}: it is read when the pipeline runs`)];
  });
}

function otherOutputs({ pipeline }: Patient): Finding[] {
  if (pipeline.target === localTarget) return [];
  return Object.entries(pipeline.spec.outputs ?? {}).flatMap(([name, output]) =>
    output.type === "bigquery"
      ? []
      : [note(`output ${name}`, `is of type ${output.type}: it is written when the pipeline runs`)],
  );
}
