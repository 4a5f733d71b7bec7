/** What the exit code of a pod means. */

const ofOurs: Record<number, string> = {
  1: "the run failed",
  2: "its pipeline or its options are wrong: another try would end the same",
  3: "a check failed: nothing was published",
  4: "a deploy failed",
  5: "another run holds the pipeline",
  130: "it was interrupted",
  143: "it was told to stop, and did",
};

const ofAny: Record<number, string> = {
  126: "its command cannot be run: is it executable?",
  127: "its command was not found in the image",
  137: "it was killed: it took too much memory, or did not stop in time",
  139: "it crashed: a segmentation fault",
  143: "it was told to stop, and did",
};

/** `exit code 3: a check failed`. @param isOurs whether nais-etl ran in it */
export function exitCodeInWords(exitCode: number, isOurs: boolean): string {
  const meaning = (isOurs ? ofOurs[exitCode] : undefined) ?? ofAny[exitCode];
  return `exit code ${exitCode}${meaning === undefined ? "" : `: ${meaning}`}`;
}
