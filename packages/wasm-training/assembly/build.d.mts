/** The source of src/simd/binaries.ts. */
export function compileBinaries(): Promise<string>;
