/** Files that the user names on the command line. */
import { readFile } from "node:fs/promises";
import { EtlError, messageOf } from "../util/error.ts";

/** @throws {EtlError} `usage`, naming the file as it is shown */
export async function readText(path: string, shown: string): Promise<string> {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(await readFile(path));
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const why =
      code === "ENOENT"
        ? "is not there"
        : code === "ERR_ENCODING_INVALID_ENCODED_DATA"
          ? "is not UTF-8"
          : `cannot be read: ${code ?? messageOf(cause)}`;
    throw new EtlError({
      code: "usage",
      message: `${shown} ${why}`,
      hint: "Check the path, and that the file is a text in UTF-8.",
      cause,
    });
  }
}
