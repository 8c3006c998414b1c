import type { CaptureResponse } from '@tapewire/testkit'
import type { BookImage } from './book-load.js'
import { pushesOf, recordedSession } from './recorded-session.js'

/** The REST books of the recorded session, and the updates that follow on them; books that had none are left out. Null where there is no recording. */
export async function recordedBooks(): Promise<{
  readonly images: readonly BookImage[]
  readonly frames: readonly string[]
} | null> {
  const recorded = await recordedSession()
  if (recorded === null) return null
  const images = new Map(recorded.responses.map(imageOf))
  const frames = pushesOf(recorded).filter((frame) => {
    const { channel, result } = JSON.parse(frame) as BookPush
    const image = channel === 'spot.order_book_update' ? images.get(result.s) : undefined
    return image !== undefined && result.u > image.sequence
  })
  const markets = new Set(frames.map((frame) => (JSON.parse(frame) as BookPush).result.s))
  return { images: [...markets].map((market) => images.get(market) as BookImage), frames }
}

function imageOf({ url, body }: CaptureResponse): [market: string, image: BookImage] {
  const { id, bids, asks } = JSON.parse(body) as RestBook
  const market = new URL(url as string).searchParams.get('currency_pair') as string
  const flat = (side: RestBook['bids']): number[] => side.flat().map(Number)
  return [market, { symbol: market.replace('_', '/'), sequence: id, bids: flat(bids), asks: flat(asks) }]
}

interface RestBook {
  readonly id: number
  readonly bids: readonly (readonly string[])[]
  readonly asks: readonly (readonly string[])[]
}

interface BookPush {
  readonly channel: string
  readonly result: { readonly s: string; readonly u: number }
}
