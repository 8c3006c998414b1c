import type { Alert } from '@tapewire/core'
import { expect, test } from 'vitest'
import { alertText } from './alert-text.js'

const alert: Alert = {
  exchange: 'acme_spot',
  kind: 'drop',
  status: 'raised',
  severity: 'warning',
  reason: '3 messages dropped\nin the last minute',
  advice: 'Do less.',
  docs: 'https://docs.example/alerts.md#drop',
  since: 0,
  at: 0,
  connectionId: null,
  stream: null,
  value: 3,
  threshold: 0,
  unit: 'messages',
}

test('an alert reads in a line, with what to do', () => {
  expect(alertText(alert)).toBe(
    'alert drop (warning): 3 messages dropped in the last minute. Do less. https://docs.example/alerts.md#drop',
  )
})

test('one that is cleared says that it is over', () => {
  expect(alertText({ ...alert, status: 'cleared', reason: 'well again, after 2 min: 3 messages dropped' })).toBe(
    'alert drop is over: well again, after 2 min: 3 messages dropped',
  )
})
