import { checkAreas, chosenChecks } from '@tapewire/testkit'
import type { CommandContext } from '../../command-context.js'
import { renderTable } from '../../terminal/table.js'

/** Prints the checks that these ids and areas name, or all, area by area: a table, or a JSON line each. */
export async function listChecks({ out, isJson }: CommandContext, only: readonly string[] | undefined): Promise<void> {
  const chosen = chosenChecks(only)
  const checks = checkAreas.flatMap((area) => chosen.filter(({ id }) => id.startsWith(`${area}.`)))
  if (isJson) {
    for (const { id, level, title, needs, docs } of checks) {
      await out.line(JSON.stringify({ id, level, title, needs, docs }))
    }
    return
  }
  const columns = [{ title: 'check' }, { title: 'level' }, { title: 'what is true of an adapter that passes' }]
  await out.line(
    renderTable(
      columns,
      checks.map(({ id, level, title }) => [id, level, title]),
    ),
  )
  await out.line(`\n${checks.length} checks`)
}
