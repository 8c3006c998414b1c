import type { CutMessage, MuteMessage, PaceMessage, PageMessage, SelectMessage } from '../protocol.js'

const slowestFrameMs = 5_000
const fastestFrameMs = 16
const longestCutS = 30
const longestMuteS = 60

/** What a page asks for; null for whatever is not exactly that. Whether there is such an exchange is not looked at here. */
export function readPageMessage(text: string): PageMessage | null {
  const fields = fieldsOf(text)
  switch (fields?.type) {
    case 'select':
      return readSelect(fields)
    case 'pace':
      return readPace(fields)
    case 'cut':
      return readCut(fields)
    case 'mute':
      return readMute(fields)
    default:
      return null
  }
}

type Fields = Readonly<Record<string, unknown>>

function fieldsOf(text: string): Fields | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Fields) : null
  } catch {
    return null
  }
}

function readSelect({ exchange, symbol }: Fields): SelectMessage | null {
  return isName(exchange) && isName(symbol) ? { type: 'select', exchange, symbol } : null
}

function readPace({ frameMs }: Fields): PaceMessage | null {
  return isWithin(frameMs, fastestFrameMs, slowestFrameMs) ? { type: 'pace', frameMs } : null
}

function readCut({ exchange, seconds }: Fields): CutMessage | null {
  return isName(exchange) && isWithin(seconds, 0, longestCutS) ? { type: 'cut', exchange, seconds } : null
}

function readMute({ exchange, symbol, seconds }: Fields): MuteMessage | null {
  if (!isName(exchange) || !isName(symbol) || !isWithin(seconds, 1, longestMuteS)) return null
  return { type: 'mute', exchange, symbol, seconds }
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= 100
}

function isWithin(value: unknown, least: number, most: number): value is number {
  return typeof value === 'number' && value >= least && value <= most
}
