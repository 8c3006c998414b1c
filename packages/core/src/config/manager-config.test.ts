import { describe, expect, test } from 'vitest'
import { StreamError } from '../errors/stream-error.js'
import { defaultManagerConfig, resolveManagerConfig, type WebSocketManagerConfig } from './manager-config.js'

function faultsOf(config: unknown): string {
  try {
    resolveManagerConfig(config as Partial<WebSocketManagerConfig>)
  } catch (thrown) {
    if (thrown instanceof StreamError && thrown.code === 'ERR_INVALID_CONFIG') return thrown.shortMessage
    throw thrown
  }
  return 'none'
}

describe('the manager’s config', () => {
  test('is the defaults where nothing is said, and stands for undefined too', () => {
    expect(resolveManagerConfig()).toEqual(defaultManagerConfig)
    expect(resolveManagerConfig({})).toEqual(defaultManagerConfig)
    const unset = { batchSize: undefined } as unknown as Partial<WebSocketManagerConfig>
    expect(resolveManagerConfig(unset).batchSize).toBe(100)
  })

  test('takes what is said and leaves its input alone', () => {
    const given = Object.freeze({ maxPendingMessages: 5, overflowPolicy: 'drop-oldest' as const })
    expect(resolveManagerConfig(given)).toEqual({ ...defaultManagerConfig, ...given })
  })

  test('is told of all its mistakes together', () => {
    const config = {
      maxReconnectAttempts: -1,
      reconnectDelayMs: 1.5,
      messageTimeoutMs: Number.NaN,
      enablePerformanceTracking: 'yes',
      maxPendingBytes: '64MB',
      overflowPolicy: 'drop',
      batchSize: Number.POSITIVE_INFINITY,
      closeTimeout: 1,
    }
    expect(faultsOf(config)).toMatchInlineSnapshot(
      `"The manager’s config is not valid: closeTimeout is not an option (did you mean closeTimeoutMs?); maxReconnectAttempts must be >= 0; reconnectDelayMs must be integer; messageTimeoutMs must be integer; enablePerformanceTracking must be boolean; maxPendingBytes must be integer; overflowPolicy must be one of pause, drop-oldest, drop-newest, latest-by-stream; batchSize must be integer."`,
    )
  })

  test.each([
    ['null', null],
    ['a text', 'fast'],
    ['a list', [1]],
  ])('cannot be %s', (_name, config) => {
    expect(faultsOf(config)).toMatch(/The manager’s config is not valid/)
  })

  test.each(
    Object.entries({
      maxReconnectAttempts: [0, 1_000_000],
      reconnectDelayMs: [0, 600_000],
      messageTimeoutMs: [1, 3_600_000],
      maxPendingMessages: [1, 10_000_000],
      maxPendingBytes: [1_024, 4_294_967_296],
      batchSize: [1, 100_000],
      acknowledgementTimeoutMs: [1, 600_000],
      connectTimeoutMs: [1, 600_000],
      closeTimeoutMs: [0, 60_000],
    }),
  )('takes %s from %j, and nothing beyond', (field, [least, most]) => {
    expect([least, most].map((value) => faultsOf({ [field]: value }))).toEqual(['none', 'none'])
    expect(faultsOf({ [field]: (least as number) - 1 })).toContain(field)
    expect(faultsOf({ [field]: (most as number) + 1 })).toContain(field)
  })
})
