/** Bytes as the text that binaryOf() reads, with the characters of binaries.ts. */
export function textOf(bytes: Iterable<number>, characters: string): string;
/** The source of src/program/binaries.ts. */
export function compileBinaries(): Promise<string>;
