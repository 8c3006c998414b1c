import { Console } from 'node:console'
import { Writable } from 'node:stream'

/** From now on what code writes to the console is told here instead, a text each. Returns what gives the console back. */
export function divertConsole(tell: (text: string) => void): () => void {
  const own = globalThis.console
  const sink = new Writable({
    decodeStrings: false,
    write: (chunk, _encoding, done) => {
      tell(String(chunk).trimEnd())
      done()
    },
  })
  globalThis.console = new Console({ stdout: sink, stderr: sink })
  return () => {
    globalThis.console = own
  }
}
