import type { ConformanceCheck } from '../../check.js'
import { connectionChecks } from './connections.js'
import { exactTextChecks } from './exact-text.js'
import { garbageChecks } from './garbage.js'
import { memoryChecks } from './memory.js'
import { mutatedFrameChecks } from './mutated-frames.js'
import { peekChecks } from './peek.js'
import { protobufValueChecks } from './protobuf-values.js'
import { readingChecks } from './reading.js'
import { spellingChecks } from './spelling.js'

/** How frames are read. */
export const parserChecks: readonly ConformanceCheck[] = [
  ...readingChecks,
  ...peekChecks,
  ...connectionChecks,
  ...memoryChecks,
  ...spellingChecks,
  ...exactTextChecks,
  ...garbageChecks,
  ...protobufValueChecks,
  ...mutatedFrameChecks,
]
