export { bundleSources } from './bundle.js'
export { type Mutation, mutate } from './mutation.js'
export { workspace } from './workspace.js'
