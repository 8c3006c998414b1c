// What tests of feeds and adapters need: a clock that stands still, frames, and samples of declared payloads.
export { ManualClock } from './clock/manual-clock.js'
export { deviantJson, sampleJson } from './decode/json/sample.js'
export { deviantProto, sampleProto } from './decode/protobuf/sample.js'
export { frameOf } from './model/inbound-frame.js'
