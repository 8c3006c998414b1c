/**
 * Whether a feed could be begun with its options, for whoever has something to do before that: `open` is to make the feed with this signal, which is aborted. A factory reads all of its
 * options before it looks at its signal, and connects to nothing. Rejects with what it has to say against them.
 *
 * @example
 * await rehearseFeed((signal) => createPublicExchange({ ...options, signal }))
 */
export async function rehearseFeed(open: (signal: AbortSignal) => Promise<unknown>): Promise<void> {
  const nothingWrong = new Error('The options are as they should be.')
  await open(AbortSignal.abort(nothingWrong)).catch((thrown: unknown) => {
    if (thrown !== nothingWrong) throw thrown
  })
}
