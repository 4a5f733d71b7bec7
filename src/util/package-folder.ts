/** The folder of this package: what stands beside the code in it is found from here, compiled or not. */
import { fileURLToPath } from "node:url";

export const packageFolder = fileURLToPath(new URL("../../", import.meta.url));
