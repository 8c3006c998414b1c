import { inspect } from 'node:util'
import { StreamError } from '@tapewire/core'
import type { FeedRecord } from './feed-record.js'
import type { Scene } from './scene.js'

/** Every secret the venue saw on the wire, and those of the account: keys, listen keys, signatures. */
export function secretsSeen({ seen, exchange }: Scene): readonly string[] {
  const { apiKey, apiSecret } = exchange.credentials
  const urls = [...seen.requests, ...seen.sessions.map(({ request }) => request)].map(({ url }) => url)
  const inUrls = urls.flatMap(({ searchParams }) => [searchParams.get('listenKey'), searchParams.get('signature')])
  const inHeaders = seen.requests.map(({ headers }) => headers['x-mexc-apikey'])
  const inMessages = seen.messages.flatMap(({ text }) => {
    const { auth = {} } = JSON.parse(text) as { auth?: { KEY?: string; SIGN?: string } }
    return [auth.KEY, auth.SIGN]
  })
  const all = [apiKey, apiSecret, ...inUrls, ...inHeaders, ...inMessages]
  return [...new Set(all.filter((secret) => typeof secret === 'string'))]
}

/** All that an error says: its words, fields and stack, those of its causes, and what a logger or a console makes of it. */
export function wordsOf(error: unknown): string {
  const chain = error instanceof StreamError ? [...error.walk()] : [error]
  const words = chain.map((cause) => {
    const { message, stack } = cause as Error
    return [String(cause), message, stack, JSON.stringify(cause), inspect(cause, { depth: 8, showHidden: true })].join(
      '\n',
    )
  })
  return words.join('\n')
}

/** All that a feed has told beside its messages. */
export function wordsOfRecord({ log, errors, connections }: FeedRecord): string {
  const told = [...errors, ...connections.map(({ error }) => error).filter((error) => error !== null)]
  return [...log, ...told.map(wordsOf)].join('\n')
}
