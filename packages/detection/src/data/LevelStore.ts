/** Where cachedBatches() keeps what the trunk gave. */
export interface LevelStore {
  /**
   * Of an image's copy, by a key without slashes: all three levels, one behind the other;
   * undefined where there is nothing.
   */
  read(key: string): Promise<Float32Array | undefined>;
  write(key: string, values: Float32Array): Promise<void>;
}

/** In memory. */
export function memoryStore(): LevelStore {
  const all = new Map<string, Float32Array>();
  return {
    read: async (key) => all.get(key),
    write: async (key, values) => {
      all.set(key, values);
    },
  };
}
