/** The WebAssembly modules by name. */
export function compileModules(): Promise<Record<string, Buffer>>;
/** The source of src/program/binaries.ts. */
export function compileBinaries(): Promise<string>;
