/** A file that an import writes. */
export interface NewFile {
  /** Below the pipeline's folder. */
  path: string;
  text: string;
}
