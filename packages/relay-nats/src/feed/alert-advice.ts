import type { ConnectionStrategy } from '@tapewire/core/adapter'

/** What to do about alerts of a feed that comes over NATS: at the other end is a nats-server, and behind that a relay, which has alerts of the exchange of its own. */
export const alertAdvice: NonNullable<ConnectionStrategy['alertAdvice']> = {
  'stale-stream':
    'Look at the relay that publishes the stream: whether it still has it, and what its own alerts and log say of the exchange. Where it has more than this feed, restart the feed.',
  gap: 'Look at the reason: the relay may be gone, or this process too slow. What NATS keeps (marketRetention of the relay) can be replayed with `from`; the rest is to be fetched elsewhere before you rely on it.',
  'schema-drift':
    'Compare the versions of @tapewire/relay-nats here and at the relay, and look for somebody else who publishes on its subjects.',
  'reconnect-storm':
    'Look whether the nats-server is up and reached from this machine, and at its log, which says why it ended the connection (a slow consumer, a limit, credentials); look at the code of the last error.',
  'breaker-open':
    'Look whether the nats-server is up and can be reached from this machine: attempts go on by themselves, and everything is restored once one succeeds.',
  'clock-skew':
    'Compare the clocks of this machine, of the relay’s and, with `tapewire doctor` on that one, of the exchange. Where one is wrong, synchronise it (NTP) and start its process anew. Where they are right, what comes is late: look at hopMetrics(feed), which says on which hop.',
}
