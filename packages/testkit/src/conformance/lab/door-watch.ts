import { subscribe, unsubscribe } from 'node:diagnostics_channel'

/** What Node tells of calls over the machine's own network: sockets, HTTP, and `fetch`. */
const networkChannels = ['net.client.socket', 'http.client.request.start', 'undici:request:create'] as const

/** Who else runs in this process while a check does: runners have timers and clocks of their own. */
const elsewhere = /node:|[\\/]node_modules[\\/](\.pnpm[\\/])?(vitest|@vitest|vite|jest|@jest|tinypool|fake-timers)/

/**
 * Does some work, and tells what was done meanwhile without `env`: a socket or a request of the machine's own network, the machine's clock read, a timer of its own
 * set, chance taken. One text each, with the line of code it was done in. What a module took hold of when it was loaded is not seen.
 */
export async function donePastTheDoor(work: () => Promise<void>): Promise<readonly string[]> {
  const seen = new Set<string>()
  const onNetwork = (_message: unknown, channel: string | symbol): void => {
    seen.add(`a call over the machine’s own network (${String(channel)})`)
  }
  for (const name of networkChannels) subscribe(name, onNetwork)
  const restore = watchGlobals((what, line) => seen.add(`${what} at ${line}`))
  try {
    await work()
  } finally {
    restore()
    for (const name of networkChannels) unsubscribe(name, onNetwork)
  }
  return [...seen]
}

function watchGlobals(onUse: (what: string, line: string) => void): () => void {
  const { Date: RealDate, setTimeout: realTimeout, setInterval: realInterval } = globalThis
  const realRandom = Math.random
  const realNow = performance.now
  const note = (what: string): void => {
    const line = callerOf(new Error('here').stack)
    if (line !== null) onUse(what, line)
  }
  globalThis.Date = new Proxy(RealDate, {
    construct(target, given: [], newTarget) {
      if (given.length === 0) note('new Date()')
      return Reflect.construct(target, given, newTarget)
    },
    get(target, name, receiver) {
      if (name === 'now') note('Date.now()')
      return Reflect.get(target, name, receiver)
    },
  })
  globalThis.setTimeout = Object.assign((...given: Parameters<typeof setTimeout>) => {
    note('setTimeout()')
    return realTimeout(...given)
  }, realTimeout)
  globalThis.setInterval = Object.assign((...given: Parameters<typeof setInterval>) => {
    note('setInterval()')
    return realInterval(...given)
  }, realInterval)
  Math.random = () => {
    note('Math.random()')
    return realRandom()
  }
  performance.now = () => {
    note('performance.now()')
    return realNow.call(performance)
  }
  return () => {
    globalThis.Date = RealDate
    globalThis.setTimeout = realTimeout
    globalThis.setInterval = realInterval
    Math.random = realRandom
    performance.now = realNow
  }
}

/** The line that called what was watched; null where that is none of the adapter's affair. */
function callerOf(stack: string | undefined): string | null {
  // The message, `note`, and what took the place of the global.
  const line = stack?.split('\n')[3]?.trim() ?? ''
  return line === '' || elsewhere.test(line) ? null : line.replace(/^at /, '')
}
