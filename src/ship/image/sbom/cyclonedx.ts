/** A list of what an image holds, in the form that scanners and the platform read: https://cyclonedx.org/docs/1.6/json */
import { createHash } from "node:crypto";
import { formatReference, type Reference } from "../reference.ts";
import { licenceOf, type Licence } from "./licence.ts";
import { encode, purlOf, type FoundPackage } from "./package.ts";

interface Component {
  type: "application" | "container" | "library" | "platform";
  "bom-ref"?: string;
  name: string;
  group?: string;
  version: string;
  hashes?: { alg: string; content: string }[];
  licenses?: Licence[];
  purl?: string;
  evidence?: { occurrences: { location: string }[] };
}

export interface CycloneDx {
  $schema: string;
  bomFormat: "CycloneDX";
  specVersion: "1.6";
  serialNumber: string;
  version: 1;
  metadata: { tools: { components: Component[] }; component: Component };
  components: Component[];
}

export interface MakeBom {
  /** With its digest, where it was pushed. */
  image: Reference;
  packages: readonly FoundPackage[];
  /** Of nais-etl. */
  version: string;
}

/** The same image gives the same list: without the time, and in order. */
export function makeBom({ image, packages, version }: MakeBom): CycloneDx {
  const components = componentsOf(packages);
  const component = containerOf(image);
  return {
    $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    serialNumber: serialOf(JSON.stringify([component, components, version])),
    version: 1,
    metadata: { tools: { components: [{ type: "application", name: "nais-etl", version }] }, component },
    components,
  };
}

function containerOf(image: Reference): Component {
  const { registry, repository, tag, digest } = image;
  const name = `${registry}/${repository}`;
  if (digest === undefined) return { type: "container", "bom-ref": formatReference(image), name, version: tag ?? "" };
  const query = [`repository_url=${encode(name)}`, ...(tag === undefined ? [] : [`tag=${encode(tag)}`])].join("&");
  const purl = `pkg:oci/${encode(repository.split("/").at(-1)!)}@${encode(digest)}?${query}`;
  const [algorithm = "", content = ""] = digest.split(":");
  const hashes = [{ alg: algorithm.replace("sha", "SHA-"), content }];
  return { type: "container", "bom-ref": purl, name, version: digest, hashes, purl };
}

/** What lies in several places is one component, with each place. */
function componentsOf(packages: readonly FoundPackage[]): Component[] {
  const byPurl = Map.groupBy(packages, purlOf);
  const sorted = [...byPurl].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return sorted.map(([purl, found]) => componentOf(purl, found));
}

function componentOf(purl: string, found: readonly FoundPackage[]): Component {
  const [first] = found as [FoundPackage];
  const [, group, name = first.name] = /^(@[^/]+)\/(.+)$/.exec(first.name) ?? [];
  const hash = found.find((one) => one.hash)?.hash;
  const licence = found.find((one) => one.licence)?.licence;
  const places = [...new Set(found.flatMap(({ path }) => path ?? []))].toSorted();
  return {
    type: first.kind === "generic" ? "platform" : "library",
    "bom-ref": purl,
    ...(group !== undefined && { group }),
    name,
    version: first.version,
    ...(hash && { hashes: [{ alg: hash.algorithm, content: hash.content }] }),
    ...(licence !== undefined && { licenses: [licenceOf(licence)] }),
    purl,
    ...(places.length > 0 && { evidence: { occurrences: places.map((location) => ({ location: `/${location}` })) } }),
  };
}

/** A UUID of what stands in the list, as version 8 of RFC 9562 has it for makers' own ways. */
function serialOf(content: string): string {
  const digits = createHash("sha256").update(content).digest("hex");
  const parts = [digits.slice(0, 8), digits.slice(8, 12), `8${digits.slice(13, 16)}`, `8${digits.slice(17, 20)}`];
  return `urn:uuid:${[...parts, digits.slice(20, 32)].join("-")}`;
}
