/** What a process of ours says when it cannot go on. */
export interface ChildFailure {
  readonly kind: 'failure'
  readonly reason: string
}

/** Tells the parent. */
export function report<Report>(message: Report): void {
  process.send?.(message)
}

/** Obeys the parent, in order of arrival; what fails is told to it, and ends with it. */
export function commands<Command>(obey: (command: Command) => void | Promise<void>): void {
  const fail = (thrown: unknown): void => {
    report<ChildFailure>({
      kind: 'failure',
      reason: thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown),
    })
  }
  process.on('disconnect', () => process.exit())
  process.on('uncaughtException', fail)
  process.on('unhandledRejection', fail)
  process.on('message', (command: Command) => {
    void (async () => obey(command))().catch(fail)
  })
}
