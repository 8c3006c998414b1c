// A member of a group, in a process of its own that can be killed or stopped: its arguments are the addresses of NATS, of the emulation's socket and of its REST, its name, its lease, ms,
// and what it shares. Told to, it leaves in order.
import { createPrivateExchange, createPublicExchange } from '@tapewire/core'
import { gateioSpot } from '@tapewire/exchange-gateio'
import { gateioSpotEmulation } from '@tapewire/exchange-gateio/testing'
import { type RelayGroupOptions, relayGroup } from '../../src/index.js'
import type { MemberReport } from './child-member.js'

const [servers = '', url = '', restUrl = '', member = '', leaseMs = '', kind = ''] = process.argv.slice(2)
const options = { url, restUrl }
const { credentials } = gateioSpotEmulation
const on = { error: () => {} }
const market: Pick<RelayGroupOptions, 'openFeed' | 'symbols' | 'channels'> = {
  openFeed: (symbols, channels) => createPublicExchange({ exchange: gateioSpot, symbols, channels, options, on }),
  symbols: ['BTC/USDT', 'ETH/USDT'],
  channels: ['trades', 'orderbook'],
}
const account: Pick<RelayGroupOptions, 'openAccount' | 'accounts' | 'standby'> = {
  openAccount: (_, signal) => createPrivateExchange({ exchange: gateioSpot, credentials, options, on, signal }),
  accounts: ['main'],
  standby: kind === 'standby',
}
let memberships = 0
const group = await relayGroup({
  servers,
  group: 'test',
  exchange: gateioSpot.name,
  member,
  ...(kind === 'market' ? market : account),
  leaseMs: Number(leaseMs),
  // Both instruments in one, so that it is known what moves.
  shares: 1,
  beatIntervalMs: 50,
  onMembership: (isMember) => {
    if (isMember) memberships += 1
  },
})
let said = ''
const look = (): void => {
  const open = Object.keys(group.metrics().accounts)
  const report: MemberReport = { memberships, symbols: group.symbols(), accounts: group.accounts(), open }
  if (JSON.stringify(report) === said) return
  said = JSON.stringify(report)
  process.send?.(report)
}
setInterval(look, 10)
process.on('message', () => void group.close().then(() => process.exit()))
process.on('disconnect', () => process.exit())
