/** What is printed has one form. */
import { EtlError } from "../util/error.ts";

/** @throws {EtlError} `usage` */
export function refuseTwoForms({ markdown, json }: { markdown?: boolean; json?: boolean }): void {
  if (markdown && json)
    throw new EtlError({ code: "usage", message: "--markdown and --json are two forms", hint: "Choose one." });
}
