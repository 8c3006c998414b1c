// A member of a group, in a process of its own that can be killed or stopped: its arguments are the addresses of NATS, of the emulation's socket and of its REST, its name, and its lease, ms.
import { createPublicExchange } from '@tapewire/core'
import { gateioSpot } from '@tapewire/exchange-gateio'
import { relayGroup } from '../../src/index.js'
import type { MemberReport } from './child-member.js'

const [servers = '', url = '', restUrl = '', member = '', leaseMs = ''] = process.argv.slice(2)
let memberships = 0
const group = await relayGroup({
  servers,
  group: 'test',
  exchange: gateioSpot.name,
  member,
  openFeed: (symbols, channels) =>
    createPublicExchange({ exchange: gateioSpot, symbols, channels, options: { url, restUrl } }),
  symbols: ['BTC/USDT', 'ETH/USDT'],
  channels: ['trades', 'orderbook'],
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
  const report: MemberReport = { memberships, symbols: group.symbols() }
  if (JSON.stringify(report) === said) return
  said = JSON.stringify(report)
  process.send?.(report)
}
setInterval(look, 10)
process.on('disconnect', () => process.exit())
