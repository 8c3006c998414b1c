/** Assets that markets are quoted in: how a name without a separator is taken apart. The longest that fits counts. */
const quotes = 'FDUSD|USDT|USDC|BUSD|TUSD|USDE|USD1|USD|EUR|GBP|TRY|BRL|JPY|KRW|DAI|BTC|ETH|BNB'

const separated = new RegExp(`^([A-Z0-9]{1,20})([_/-])(${quotes})(?:([_-])(SWAP|PERP|PERPETUAL|\\d{6,8}))?$`, 'i')
const quoteAsset = new RegExp(`^(?:${quotes})$`, 'i')
const joined = new RegExp(`^([A-Z0-9]{2,15}?)(${quotes})(_?PERP|_\\d{6,8})?$`, 'i')

/** How a market is written; null for text that is none. */
export function spellingOf(text: string): string | null {
  const apart = separated.exec(text)
  if (apart !== null) {
    const [, , separator = '', , behind = '', kind = ''] = apart
    return inCaseOf(text, `BASE${separator}QUOTE${behind}${/^\d+$/.test(kind) ? 'DATE' : kind}`)
  }
  const [, base, quote, kind = ''] = joined.exec(text) ?? []
  if (base === undefined || quote === undefined || /^\d+$/.test(base)) return null
  return inCaseOf(text, `BASEQUOTE${kind.replace(/\d+/, 'DATE')}`)
}

/** The market within a longer name (`ob.BTC_USDT.50`, `5m_BTC_USDT`, `btcusdt@trade`, `md/BTCUSDT/depth`); null where there is none. Mixed case is no market's. */
export function marketIn(text: string): string | null {
  if (isMarket(text)) return text
  const pieces = text.split(/[.:@,|#]/).flatMap((piece) => {
    const cut = /^\d{1,3}[a-z]_(.+)$/i.exec(piece)?.[1]
    return cut === undefined ? [piece] : [piece, cut]
  })
  return pieces.find(isMarket) ?? marketOnPath(pieces)
}

/** Two steps of a path may be one market (`md/BTC/USDT/depth`): the last two, since what comes before them may look like an asset. */
function marketOnPath(pieces: readonly string[]): string | null {
  const steps = pieces.flatMap((piece) => piece.split('/'))
  const pairs = pieces.flatMap((piece) => {
    const within = piece.split('/')
    return within.slice(1).map((step, place) => `${within[place]}/${step}`)
  })
  return pairs.findLast(isMarket) ?? steps.find(isMarket) ?? null
}

/** Whether it is the name of an asset that markets are quoted in. */
export function isQuoteAsset(text: string): boolean {
  return quoteAsset.test(text)
}

function isMarket(text: string): boolean {
  return isOneCase(text) && spellingOf(text) !== null
}

function isOneCase(text: string): boolean {
  return text === text.toUpperCase() || text === text.toLowerCase()
}

function inCaseOf(text: string, form: string): string {
  return text === text.toLowerCase() ? form.toLowerCase() : form
}
