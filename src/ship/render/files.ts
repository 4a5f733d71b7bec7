/** The files that a pipeline renders to: its manifests, and its dashboard. */
import { baseTarget } from "../../spec/target.ts";
import type { LoadedPipeline } from "../../spec/load.ts";
import { writeManifests, type ManifestText } from "../manifest/yaml.ts";
import { renderAlerts } from "./alerts.ts";
import { renderDashboard } from "./dashboard.ts";
import { renderNaisjob } from "./naisjob.ts";

export interface RenderRequest {
  pipeline: LoadedPipeline;
  image?: string | undefined;
  revision?: string | undefined;
  deployment?: string | undefined;
}

export interface Rendered {
  /** The job, then its alerts. */
  manifests: ManifestText[];
  dashboard: object;
  files: RenderedFile[];
}

export interface RenderedFile {
  /** `apps-per-env.yaml`; `apps-per-env.dev-gcp.yaml` for a target. */
  name: string;
  text: string;
}

/** What stands at the top of a rendered file, of one kind or the other; one without it was written by hand. */
export const renderedMark = "Rendered by nais-etl from";

/** @throws {EtlError} `invalid`, as {@link renderNaisjob} */
export function renderPipeline({ pipeline, image, revision, deployment }: RenderRequest): Rendered {
  const { manifest, comments, isTemplate } = renderNaisjob({ pipeline, image, revision, deployment });
  const { "spec.image": imageComment, ...others } = comments;
  const job = { manifest, comments: isTemplate && imageComment ? comments : others };
  const manifests = [job, renderAlerts(pipeline, manifest)];
  const mark = markOf(pipeline);
  const dashboard = renderDashboard({ pipeline, manifest, description: mark });
  const [manifestName, dashboardName] = fileNames(pipeline);
  return {
    manifests,
    dashboard,
    files: [
      { name: manifestName, text: writeManifests(manifests, mark) },
      { name: dashboardName, text: `${JSON.stringify(dashboard, undefined, 2)}\n` },
    ],
  };
}

/** Of the manifests, and of the dashboard. */
export function fileNames({ spec, target }: LoadedPipeline): [string, string] {
  const stem = target === baseTarget ? spec.name : `${spec.name}.${target}`;
  return [`${stem}.yaml`, `${stem}.dashboard.json`];
}

function markOf({ target }: LoadedPipeline): string {
  const part = target === baseTarget ? "" : `, target ${target}`;
  return `${renderedMark} pipeline.yaml${part}. Change it there, and render again.`;
}
