import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Capture, readCapture } from '@tapewire/testkit'
import { packageFolder } from '../package-folder.js'

/** Half a minute of Gate.io spot, recorded; null where no recordings lie beside the repository. */
export async function recordedSession(): Promise<Capture | null> {
  const file = fileURLToPath(new URL('../../shared/captures/gateio-spot/cryptofeed-20210422.jsonl', packageFolder))
  return existsSync(file) ? await readCapture(file) : null
}

/** The pushes of a recording, as texts. */
export function pushesOf({ frames }: Capture): string[] {
  return frames
    .filter(({ dir, content }) => dir === 'in' && content.includes('"event":"update"'))
    .map(({ content }) => content.toString())
}
