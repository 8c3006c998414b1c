import type { PublicChannel } from '@tapewire/core'
import { ScriptProcess } from './child-process.js'
import type { RelayScene } from './scene.js'

/** A relay in a process of its own, which has NATS keep some channels. Resolves once it publishes. */
export function startChildRelay({ nats, venue }: RelayScene, ...kept: PublicChannel[]): Promise<ScriptProcess> {
  return ScriptProcess.start('./relay-process.ts', [nats.url, venue.url, venue.restUrl, ...kept])
}
