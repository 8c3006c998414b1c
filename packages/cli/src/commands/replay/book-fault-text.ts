import type { BookEvent } from '@tapewire/core'
import { oneLine } from '../../terminal/one-line.js'

/** What is wrong with a book, in a line: `book BTC/USDT lost an update: … (18 had to follow, 20 came)`. Null for an event that is no fault of its own. */
export function bookFaultText(event: BookEvent): string | null {
  switch (event.kind) {
    case 'gap': {
      const { symbol, reason, expected, got } = event
      const ids = expected === null || got === null ? '' : ` (${expected} had to follow, ${got} came)`
      return oneLine(`book ${symbol.name} lost an update: ${reason}${ids}`)
    }
    case 'crossed': {
      const { symbol, bidPrice, askPrice, isLocked } = event
      return `book ${symbol.name} is ${isLocked ? 'locked' : 'crossed'}: ${bidPrice} is bid and ${askPrice} asked`
    }
    case 'divergence': {
      const { symbol, side, index } = event
      return `book ${symbol.name} is not as its snapshot: level ${index} of the ${side}`
    }
    default:
      return null
  }
}
