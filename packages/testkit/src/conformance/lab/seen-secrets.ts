import type { WatchedVenue } from './watched-venue.js'

/** Headers that every client sends, and that say nothing of who it is. */
const harmless = /^(accept|connection|content|host|origin|sec-websocket|upgrade|user-agent)/
/** Long enough for a key, a signature or a listen key, and made of what those are made of. */
const credential = /^[\w+/=-]{16,}$/
/** In frames only longer ones: names of streams are text there too. */
const signature = /^[0-9a-zA-Z+/=]{32,}$/

/** What clients of a venue have sent that may be secret, each with where it stood: values of queries, of headers, and of fields of JSON. */
export function seenSecrets({ requests, sessions }: WatchedVenue): readonly (readonly [string, string])[] {
  const found = new Map<string, string>()
  const note = (where: string, value: string, pattern: RegExp): void => {
    if (pattern.test(value) && !/^\d+$/.test(value)) found.set(value, where)
  }
  for (const { url, headers } of [...requests, ...sessions.map(({ request }) => request)]) {
    for (const [name, value] of url.searchParams) note(`the value of ${name} in an address`, value, credential)
    for (const [name, value] of Object.entries(headers)) {
      if (!harmless.test(name)) note(`the header ${name}`, value, credential)
    }
  }
  for (const { frames } of sessions) {
    for (const { dir, content } of frames) {
      if (dir === 'out' && typeof content === 'string')
        for (const text of textsIn(content)) note('a field of a request', text, signature)
    }
  }
  return [...found].map(([value, where]) => [where, value])
}

/** Every text between quotes. */
function textsIn(json: string): readonly string[] {
  return [...json.matchAll(/"([^"\\]*)"/g)].map(([, text = '']) => text)
}
