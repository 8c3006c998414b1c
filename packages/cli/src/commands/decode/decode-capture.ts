import { CaptureError, captureRecords } from '@tapewire/testkit'
import { FrameDecoder } from '../../captures/frame-decoder.js'
import type { CommandContext } from '../../command-context.js'
import { resolveGuest } from '../../exchanges/resolve-guest.js'
import { messageRecord } from '../../messages/message-json.js'
import type { ExchangeFlags } from '../../options/exchange-options.js'

export interface DecodeFlags extends ExchangeFlags {
  readonly exchange: string
}

/** Prints what every inbound frame of a capture says, at the pace of whoever reads it. */
export async function decodeCapture(context: CommandContext, file: string, flags: DecodeFlags): Promise<void> {
  const decoder = new FrameDecoder(await resolveGuest(context, flags.exchange, flags.package))
  let frames = 0
  for await (const record of captureRecords(file)) {
    context.signal.throwIfAborted()
    if (record.kind !== 'frame' || record.dir !== 'in') continue
    frames += 1
    const messages = decoder.decode(record).map(messageRecord)
    await context.out.line(JSON.stringify({ line: record.line, messages }))
  }
  if (frames === 0) {
    throw new CaptureError('ERR_CAPTURE_EMPTY', { file, line: null }, 'it holds no inbound frame', 'Record it again.')
  }
}
