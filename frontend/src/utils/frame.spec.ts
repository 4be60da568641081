import { describe, expect, test } from 'vitest'
import { placeOf, shownOf, tabsOf } from '@/utils/frame'

const DOCTOR = ['patient', 'chat', 'note', 'diagnosis', 'prescription']

describe('the panes of a consult', () => {
  test('with room the patient stands left, and the chat takes the middle until there is a picture', () => {
    expect(tabsOf(DOCTOR, 'wide', false)).toEqual(['note', 'diagnosis', 'prescription'])
    expect(tabsOf(DOCTOR, 'wide', true)).toEqual(['chat', 'note', 'diagnosis', 'prescription'])
    expect(placeOf('chat', 'wide', false)).toBe('centre')
    expect(placeOf('patient', 'wide', true)).toBe('left')
  })

  test('with less room the patient is one of the tabs; on a phone all are', () => {
    expect(tabsOf(DOCTOR, 'middle', false)).toEqual(['patient', 'note', 'diagnosis', 'prescription'])
    expect(tabsOf(DOCTOR, 'phone', true)).toEqual(DOCTOR)
    expect(tabsOf(['chat'], 'phone', false)).toEqual(['chat'])
  })

  test('what was chosen is shown, and else the chat, and else the note', () => {
    expect(shownOf(['chat', 'note'], 'note')).toBe('note')
    expect(shownOf(['chat', 'note'], 'board')).toBe('chat')
    expect(shownOf(['patient', 'note'], 'chat')).toBe('note')
    expect(shownOf([], 'chat')).toBe('')
  })
})
