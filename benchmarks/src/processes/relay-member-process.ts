// A member of a group that relays an emulated exchange, in a process of its own.
import { createPublicExchange } from '@tapewire/core'
import { gateioSpot } from '@tapewire/exchange-gateio'
import { type RelayGroup, type RelayGroupOptions, relayGroup } from '@tapewire/relay-nats'
import { commands, report } from './child-side.js'

export type RelayMemberCommand =
  | {
      readonly kind: 'join'
      /** The addresses of NATS, and of the exchange. */
      readonly servers: string
      readonly url: string
      readonly restUrl: string
      readonly options: Pick<RelayGroupOptions, 'group' | 'prefix' | 'symbols' | 'channels' | 'leaseMs' | 'shares'>
    }
  /** Hands everything over. */
  | { readonly kind: 'leave' }
  /** What it has, and what it cost since the last question. */
  | { readonly kind: 'look' }

export type RelayMemberReport =
  | { readonly kind: 'joined' }
  | { readonly kind: 'left' }
  | {
      readonly kind: 'looked'
      readonly symbols: number
      readonly members: number
      /** How often its lease has ended without its leaving. */
      readonly lapses: number
      /** What it has published so far. */
      readonly frames: number
      readonly bytes: number
      /** Of this process, of one core. */
      readonly cpuSeconds: number
    }

let group: RelayGroup | null = null
let isLeaving = false
let lapses = 0
let usage = process.cpuUsage()

commands<RelayMemberCommand>(async (command) => {
  switch (command.kind) {
    case 'join': {
      const { servers, url, restUrl, options } = command
      isLeaving = false
      group = await relayGroup({
        servers,
        exchange: gateioSpot.name,
        openFeed: (symbols, channels) =>
          createPublicExchange({ exchange: gateioSpot, symbols, channels, options: { url, restUrl } }),
        ...options,
        onMembership: (isMember) => {
          if (!isMember && !isLeaving) lapses += 1
        },
      })
      report<RelayMemberReport>({ kind: 'joined' })
      return
    }
    case 'leave':
      isLeaving = true
      await group?.close()
      report<RelayMemberReport>({ kind: 'left' })
      return
    case 'look': {
      const { user, system } = process.cpuUsage(usage)
      usage = process.cpuUsage()
      report<RelayMemberReport>({
        kind: 'looked',
        symbols: group?.symbols().length ?? 0,
        members: group?.members().length ?? 0,
        lapses,
        frames: group?.metrics().market?.frames ?? 0,
        bytes: group?.metrics().market?.bytes ?? 0,
        cpuSeconds: (user + system) / 1e6,
      })
    }
  }
})
