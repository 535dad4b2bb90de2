export interface CodeSizes {
  /** Bytes, gzipped: what a page loads before the first prediction. */
  runtime: number;
  tfjs: number;
}

/**
 * What the build has measured of its own files (vite/measureCode.ts); null in
 * development.
 */
export async function codeSizes(): Promise<CodeSizes | null> {
  try {
    const response = await fetch('./sizes.json');
    return response.ok ? ((await response.json()) as CodeSizes) : null;
  } catch {
    return null;
  }
}
