/** Files that people write are UTF-8. */
import { EtlError } from "../util/error.ts";

/**
 * @param shown the file as the user would write it
 * @throws {EtlError} `invalid` for bytes that are not UTF-8
 */
export function decodeUtf8(bytes: Uint8Array, shown: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new EtlError({
      code: "invalid",
      message: `${shown} is not UTF-8`,
      hint: "Save it as UTF-8 in your editor.",
      where: { file: shown },
      cause,
    });
  }
}
