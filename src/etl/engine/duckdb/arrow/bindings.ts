/**
 * What the engine's C API has and its JavaScript API hides: writing whole columns of a chunk at once.
 * Its own vectors take a value at a time, which is twenty times slower.
 */
import { createRequire } from "node:module";

declare const vectorBrand: unique symbol;
/** A column of a chunk, or what is inside of one. */
export interface Vector {
  [vectorBrand]: true;
}

export interface Bindings {
  data_chunk_get_vector(chunk: unknown, column: number): Vector;
  /** A view of the vector's own memory, not a copy. */
  vector_get_data(vector: Vector, bytes: number): Uint8Array;
  /** A bit for each value that is not NULL; null where none is. A view, too. */
  vector_get_validity(vector: Vector, bytes: number): Uint8Array | null;
  /** The memory behind an address that lies in a buffer. */
  get_data_from_pointer(buffer: ArrayBufferLike, at: number, bytes: number): Uint8Array;
  vector_assign_string_element_len(vector: Vector, index: number, data: Uint8Array): void;
  vector_ensure_validity_writable(vector: Vector): void;
  copy_data_to_vector(vector: Vector, at: number, source: ArrayBufferLike, from: number, bytes: number): void;
  copy_data_to_vector_validity(vector: Vector, at: number, source: ArrayBufferLike, from: number, bytes: number): void;
  list_vector_get_child(vector: Vector): Vector;
  list_vector_set_size(vector: Vector, size: number): void;
  list_vector_reserve(vector: Vector, capacity: number): void;
  struct_vector_get_child(vector: Vector, index: number): Vector;
}

let loaded: Bindings | undefined;

/** Those that the JavaScript API itself has loaded: two of them would not know each other's objects. */
export function bindings(): Bindings {
  const require = createRequire(import.meta.url);
  loaded ??= createRequire(require.resolve("@duckdb/node-api"))("@duckdb/node-bindings") as Bindings;
  return loaded;
}
