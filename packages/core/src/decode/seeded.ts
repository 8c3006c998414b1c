/** A small random generator with a seed, for tests: failures repeat. 0 inclusive to 1 exclusive. */
export function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}
