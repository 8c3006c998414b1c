/** What a push is made of, before it is written. */
export type Fields = Readonly<Record<string, FieldValue>>
export type FieldValue = string | number | boolean | null | readonly (readonly [string, string])[]

/** A push as Newex sends it: `{"stream":"trades:BTC_USDT","time":1767225600123,"data":{…}}`. */
export function encodePush(stream: string, time: number, data: Fields): string {
  return JSON.stringify({ stream, time, data })
}
