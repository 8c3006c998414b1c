import type { DemoExchange } from './demo-exchange.js'

/** How a program of the reader's own connects to an emulated exchange while it runs: code to paste, in lines of 80 columns. */
export function connectText({ name, pairs, endpoints }: Pick<DemoExchange, 'name' | 'pairs' | 'endpoints'>): string {
  const symbols = pairs.map((pair) => `'${pair}'`).join(', ')
  return [
    "import { createPublicExchange } from '@tapewire/core'",
    '',
    'const feed = await createPublicExchange({',
    `  exchange: '${name}',`,
    `  symbols: [${symbols}],`,
    '  options: {',
    `    url: '${endpoints.url}',`,
    `    restUrl: '${endpoints.restUrl}',`,
    '  },',
    '})',
  ].join('\n')
}
