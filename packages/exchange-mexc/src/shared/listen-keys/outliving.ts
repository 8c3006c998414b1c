import type { StrategyEnv } from '@tapewire/core/adapter'

/** Makes a call that goes on for so long, ms, once it is not wanted any more: what it brings about at the exchange has to be known to be undone. */
export async function outliving<Value>(
  env: StrategyEnv,
  graceMs: number,
  call: (env: StrategyEnv) => Promise<Value>,
): Promise<Value> {
  const { clock, signal } = env
  signal.throwIfAborted()
  const controller = new AbortController()
  let end = (): void => {}
  const onAbort = (): void => {
    const timer = clock.setTimer(graceMs, () => controller.abort(signal.reason))
    end = () => timer.cancel()
  }
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    return await call({ ...env, signal: controller.signal })
  } finally {
    end()
    signal.removeEventListener('abort', onAbort)
  }
}
