/** `benchmarks/`: one folder up from `src/` and from `dist/` alike. */
export const packageFolder: URL = new URL('../', import.meta.url)
