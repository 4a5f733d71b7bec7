/** The image that was pushed, and where a person finds it. */
import { formatBytes } from "../../util/bytes.ts";
import { code, heading, link, table, type Cell } from "../html.ts";
import type { Report } from "../report.ts";

export function image({ results }: Report): string {
  const pushed = results.find((result) => result.image)?.image;
  if (!pushed) return "";
  const { name, digest, bytes, sbom, url } = pushed;
  const rows: Cell[][] = [
    ["Image", { html: code(name) }],
    ["Digest", { html: code(digest) }],
    ...(bytes === undefined ? [] : [["Size", `${formatBytes(bytes)} to fetch`]]),
    ...(sbom === undefined ? [] : [["What is in it", { html: code(sbom) }]]),
    ...(url === undefined ? [] : [["Look at it", { html: link(url, url) }]]),
  ];
  return heading("Image", 3) + table([], rows);
}
