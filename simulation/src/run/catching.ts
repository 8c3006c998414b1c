/** Hears of what nobody caught, which would end the process; returns what ends that. */
export function catching(onThrown: (thrown: unknown) => void): () => void {
  process.on('uncaughtException', onThrown)
  process.on('unhandledRejection', onThrown)
  return () => {
    process.off('uncaughtException', onThrown)
    process.off('unhandledRejection', onThrown)
  }
}
