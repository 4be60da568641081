import { expect, test } from 'vitest'
import { consentRows } from '@/utils/consents'

const document = { docType: 'telehealth', docVersion: '2', title: 'T', text: 'x' }
const given = { docType: 'telehealth', docVersion: '2', givenAt: '2026-11-25T08:00:00Z' }
const clinic = { id: 'cln_1', name: 'North' }

test.each([
  ['given', [given]],
  ['older', [{ ...given, docVersion: '1' }]],
  ['withdrawn', [{ ...given, withdrawnAt: '2026-11-25T09:00:00Z' }]],
  ['given', [given, { ...given, docVersion: '1', withdrawnAt: '2026-11-25T07:00:00Z' }]],
  ['none', []],
  ['none', [{ ...given, docType: 'privacy' }]],
  ['none', [{ ...given, clinic }]],
])('%s', (state, all) => {
  expect(consentRows([document], all).map((row) => row.state)).toEqual([state])
})

test("a clinic's own document is another one, and stands for the one of the server", () => {
  const rows = consentRows([document, { ...document, clinic }], [{ ...given, clinic }])
  expect(rows.map((row) => [row.state, row.history.length])).toEqual([['given', 1]])
  const both = consentRows([document, { ...document, clinic }], [given])
  expect(both.map((row) => row.state)).toEqual(['given', 'none'])
})
