/** Assets that markets are quoted in: how a name without a separator is taken apart. The longest that fits counts. */
const quotes = 'FDUSD|USDT|USDC|BUSD|TUSD|USDE|USD1|USD|EUR|GBP|TRY|BRL|JPY|KRW|DAI|BTC|ETH|BNB'

const separated = new RegExp(`^([A-Z0-9]{1,20})([_/-])(${quotes})(?:([_-])(SWAP|PERP|PERPETUAL|\\d{6,8}))?$`, 'i')
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

/** The market within a longer name (`ob.BTC_USDT.50`, `5m_BTC_USDT`, `btcusdt@trade`); null where there is none. Mixed case is no market's. */
export function marketIn(text: string): string | null {
  if (isOneCase(text) && spellingOf(text) !== null) return text
  const pieces = text.split(/[.:@,]/).flatMap((piece) => {
    const cut = /^\d{1,3}[a-z]_(.+)$/i.exec(piece)?.[1]
    return cut === undefined ? [piece] : [piece, cut]
  })
  return pieces.find((piece) => piece !== text && isOneCase(piece) && spellingOf(piece) !== null) ?? null
}

function isOneCase(text: string): boolean {
  return text === text.toUpperCase() || text === text.toLowerCase()
}

function inCaseOf(text: string, form: string): string {
  return text === text.toLowerCase() ? form.toLowerCase() : form
}
