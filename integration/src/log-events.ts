import ts from 'typescript'
import type { SourceFile } from './source-files.js'

/** A line that a source writes into the log. */
export interface LogEvent {
  readonly event: string
  readonly level: string
  /** The names of what it says beside `event`, sorted. */
  readonly fields: readonly string[]
  /** `packages/core/src/connection/connection.ts:12` */
  readonly place: string
}

const levels: ReadonlySet<string> = new Set(['trace', 'debug', 'info', 'warn', 'error'])
/** What loggers are called; anything else with a `warn()` is none of ours. */
const loggers = /^#?(log|logger)$/

/** Every line that these files write into the log. Throws for one that cannot be read from the source: what it says must stand there, name by name. */
export function logEventsOf(files: readonly SourceFile[]): readonly LogEvent[] {
  return files.flatMap((file) => {
    const source = ts.createSourceFile(file.path, file.text, ts.ScriptTarget.Latest, true)
    const found: LogEvent[] = []
    const visit = (node: ts.Node): void => {
      const level = levelOf(node)
      if (level !== null) found.push(eventOf(node as ts.CallExpression, level, source))
      ts.forEachChild(node, visit)
    }
    visit(source)
    return found
  })
}

/** The level at which a call writes into the log; null where it is no such call. */
function levelOf(node: ts.Node): string | null {
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return null
  const { name, expression } = node.expression
  const logger = ts.isPropertyAccessExpression(expression) ? expression.name : expression
  return levels.has(name.text) && loggers.test(logger.getText()) ? name.text : null
}

function eventOf(call: ts.CallExpression, level: string, source: ts.SourceFile): LogEvent {
  const { line } = source.getLineAndCharacterOfPosition(call.getStart())
  const place = `${source.fileName}:${line + 1}`
  const [written, ...rest] = call.arguments
  const object = written === undefined ? null : objectMeantBy(written)
  if (object === null || rest.length > 0) throw new Error(`${place}: what is logged is not one object literal.`)
  const fields = new Map(object.properties.map((property) => [nameOf(property, place), property]))
  const event = fields.get('event')
  if (event === undefined || !ts.isPropertyAssignment(event) || !ts.isStringLiteral(event.initializer)) {
    throw new Error(`${place}: its event is not a string literal.`)
  }
  fields.delete('event')
  return { event: event.initializer.text, level, fields: [...fields.keys()].sort(), place }
}

/** The object literal itself, or that of the constant it is the name of. */
function objectMeantBy(written: ts.Expression): ts.ObjectLiteralExpression | null {
  if (ts.isObjectLiteralExpression(written)) return written
  if (!ts.isIdentifier(written)) return null
  for (let scope: ts.Node = written.parent; scope !== undefined; scope = scope.parent) {
    if (!ts.isBlock(scope)) continue
    const declared = scope.statements
      .filter(ts.isVariableStatement)
      .flatMap(({ declarationList }) => [...declarationList.declarations])
      .find(({ name }) => name.getText() === written.text)
    if (declared?.initializer !== undefined) {
      return ts.isObjectLiteralExpression(declared.initializer) ? declared.initializer : null
    }
  }
  return null
}

function nameOf(property: ts.ObjectLiteralElementLike, place: string): string {
  if (ts.isShorthandPropertyAssignment(property)) return property.name.text
  if (ts.isPropertyAssignment(property) && ts.isIdentifier(property.name)) return property.name.text
  throw new Error(`${place}: ${property.getText()} does not say which fields it has.`)
}
