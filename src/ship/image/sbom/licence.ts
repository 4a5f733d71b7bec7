/** A package's own words about its licence, as CycloneDX has them. */

export type Licence = { license: { id: string } | { name: string } } | { expression: string };

/** Those of SPDX that packages of npm and pip mostly have: https://spdx.org/licenses */
const known = `
  0BSD AFL-2.1 AGPL-3.0-only AGPL-3.0-or-later Apache-1.1 Apache-2.0 Artistic-2.0 BlueOak-1.0.0 BSD-2-Clause
  BSD-3-Clause BSD-3-Clause-Clear BSD-4-Clause BSL-1.0 CC-BY-3.0 CC-BY-4.0 CC0-1.0 CNRI-Python EPL-1.0 EPL-2.0
  GPL-2.0-only GPL-2.0-or-later GPL-3.0-only GPL-3.0-or-later HPND ISC LGPL-2.1-only LGPL-2.1-or-later
  LGPL-3.0-only LGPL-3.0-or-later MIT MIT-0 MPL-1.1 MPL-2.0 NCSA OFL-1.1 OpenSSL PostgreSQL PSF-2.0 Python-2.0
  Ruby Unicode-3.0 Unicode-DFS-2016 Unlicense UPL-1.0 W3C WTFPL X11 Zlib ZPL-2.1
`
  .trim()
  .split(/\s+/);
const byName = new Map(known.map((id) => [id.toLowerCase(), id]));

/** What many packages of Python write instead. */
const alsoCalled: Readonly<Record<string, string>> = {
  "apache 2": "Apache-2.0",
  "apache 2.0": "Apache-2.0",
  "apache license 2.0": "Apache-2.0",
  "apache license, version 2.0": "Apache-2.0",
  "apache software license": "Apache-2.0",
  "apache software license 2.0": "Apache-2.0",
  "bsd 2-clause": "BSD-2-Clause",
  "bsd 3-clause": "BSD-3-Clause",
  "bsd 3-clause license": "BSD-3-Clause",
  "mit license": "MIT",
  "the mit license": "MIT",
  "isc license": "ISC",
  psf: "PSF-2.0",
};

export function licenceOf(text: string): Licence {
  const words = text.trim();
  const id = byName.get(words.toLowerCase()) ?? alsoCalled[words.toLowerCase()];
  if (id !== undefined) return { license: { id } };
  const parts = words.split(/\s+(?:AND|OR)\s+|[()]/).filter((part) => part.trim() !== "");
  const isExpression = /\b(AND|OR)\b/.test(words) && parts.every((part) => byName.has(part.trim().toLowerCase()));
  return isExpression ? { expression: words } : { license: { name: words } };
}
