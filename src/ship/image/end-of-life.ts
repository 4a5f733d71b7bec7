/** Until when the makers of what images build on mend it. */

/** The day support ends, by version: the last day for Debian is that of its LTS team. */
interface Product {
  name: string;
  /** Names of images, without registry and folder. */
  images: readonly string[];
  /** What names a version in the tag of another image: `-bullseye`, `-alpine3.17`. */
  inTag?: RegExp;
  ends: Readonly<Record<string, string>>;
}

/** Days as given in November 2026 by the pages named. */
const products: readonly Product[] = [
  {
    // github.com/nodejs/Release
    name: "Node.js",
    images: ["node"],
    ends: {
      10: "2021-04-30",
      12: "2022-04-30",
      14: "2023-04-30",
      16: "2023-09-11",
      17: "2022-06-01",
      18: "2025-04-30",
      19: "2023-06-01",
      20: "2026-04-30",
      21: "2024-06-01",
      22: "2027-04-30",
      23: "2025-06-01",
      24: "2028-04-30",
      25: "2026-06-01",
    },
  },
  {
    // devguide.python.org/versions
    name: "Python",
    images: ["python"],
    ends: {
      2: "2020-01-01",
      2.7: "2020-01-01",
      3.5: "2020-09-30",
      3.6: "2021-12-23",
      3.7: "2023-06-27",
      3.8: "2024-10-07",
      3.9: "2025-10-31",
      "3.10": "2026-10-31",
      3.11: "2027-10-31",
      3.12: "2028-10-31",
      3.13: "2029-10-31",
      3.14: "2030-10-31",
    },
  },
  {
    // wiki.debian.org/LTS
    name: "Debian",
    images: ["debian"],
    inTag: /(?:^|-)(stretch|buster|bullseye|bookworm|trixie)(?:-|$)/,
    ends: {
      9: "2022-06-30",
      10: "2024-06-30",
      11: "2026-08-31",
      12: "2028-06-30",
      13: "2030-06-30",
      stretch: "2022-06-30",
      buster: "2024-06-30",
      bullseye: "2026-08-31",
      bookworm: "2028-06-30",
      trixie: "2030-06-30",
    },
  },
  {
    // ubuntu.com/about/release-cycle
    name: "Ubuntu",
    images: ["ubuntu"],
    inTag: /(?:^|-)(bionic|focal|jammy|noble)(?:-|$)/,
    ends: {
      "16.04": "2021-04-30",
      18.04: "2023-05-31",
      "20.04": "2025-05-31",
      22.04: "2027-04-30",
      24.04: "2029-04-30",
      bionic: "2023-05-31",
      focal: "2025-05-31",
      jammy: "2027-04-30",
      noble: "2029-04-30",
    },
  },
  {
    // alpinelinux.org/releases
    name: "Alpine",
    images: ["alpine"],
    inTag: /(?:^|-)alpine(3\.\d+)(?:\.|-|$)/,
    ends: {
      3.16: "2024-05-23",
      3.17: "2024-11-22",
      3.18: "2025-05-09",
      3.19: "2025-11-01",
      "3.20": "2026-04-01",
      3.21: "2026-11-01",
      3.22: "2027-05-01",
    },
  },
];

export interface Ended {
  /** `Python 3.9`. */
  what: string;
  /** ISO date. */
  on: string;
}

/** What of an image is not mended any more. Of what the table does not know, nothing is said. */
export function endedParts({ name, tag }: { name: string; tag: string | undefined }, now: Date): Ended[] {
  if (tag === undefined) return [];
  const image = name.split("/").at(-1)!;
  const today = now.toISOString().slice(0, 10);
  return products.flatMap((product) => {
    const version = product.images.includes(image) ? longestKnown(tag, product) : product.inTag?.exec(tag)?.[1];
    const on = version === undefined ? undefined : product.ends[version];
    return on !== undefined && on < today ? [{ what: `${product.name} ${version}`, on }] : [];
  });
}

/** `3.9.18-slim` is 3.9, `16-bullseye` is 16, and `3.10` is not 3.1. */
function longestKnown(tag: string, { ends }: Product): string | undefined {
  const [version = ""] = tag.split("-");
  const parts = version.split(".");
  const prefixes = parts.map((_, i) => parts.slice(0, parts.length - i).join("."));
  return prefixes.find((prefix) => Object.hasOwn(ends, prefix));
}
