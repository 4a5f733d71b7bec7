/** cosign, built from its source where that was asked for once. */
import { fileURLToPath } from "node:url";
import { buildProgram } from "./go.ts";

export function findCosign(): ReturnType<typeof buildProgram> {
  const module = fileURLToPath(new URL("../cosign", import.meta.url));
  return buildProgram({ name: "cosign", module, variable: "NAIS_ETL_COSIGN", onlyWith: "NAIS_ETL_BUILD_COSIGN" });
}
