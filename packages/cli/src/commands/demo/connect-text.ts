import type { EmulatedFeed } from '../../live/open-emulated-feeds.js'

/** How a program of the reader's own connects to an emulated exchange while it runs: code to paste, in lines of 80 columns. */
export function connectText({
  exchange,
  symbols,
  emulation: { endpoints },
}: Pick<EmulatedFeed, 'exchange' | 'symbols'> & {
  readonly emulation: Pick<EmulatedFeed['emulation'], 'endpoints'>
}): string {
  const named = symbols.map((symbol) => `'${symbol}'`).join(', ')
  return [
    "import { createPublicExchange } from '@tapewire/core'",
    '',
    'const feed = await createPublicExchange({',
    `  exchange: '${exchange}',`,
    `  symbols: [${named}],`,
    '  options: {',
    `    url: '${endpoints.url}',`,
    `    restUrl: '${endpoints.restUrl}',`,
    '  },',
    '})',
  ].join('\n')
}
