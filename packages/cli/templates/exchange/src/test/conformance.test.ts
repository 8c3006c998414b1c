import { describe, it } from 'node:test'
import { conformance } from '@tapewire/testkit'
import { newexSpot } from '../index.js'
import { newexSpotEmulation } from '../testing/index.js'

// Everything that an adapter must do. What fails says which file is to be looked at.
conformance({ exchange: newexSpot, venue: newexSpotEmulation, captures: [], describe, it })
