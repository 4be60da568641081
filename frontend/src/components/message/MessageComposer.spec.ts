import { fireEvent, screen } from '@testing-library/vue'
import userEvent from '@testing-library/user-event'
import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, expect, test } from 'vitest'
import { defineComponent, h, ref } from 'vue'
import MessageComposer from '@/components/message/MessageComposer.vue'
import { show } from '@/testing/harness'
import { TEXT_MAX } from '@/utils/text'

const sent: string[] = []

function compose(text = '') {
  const draft = ref(text)
  const Page = defineComponent(
    () => () =>
      h(MessageComposer, {
        modelValue: draft.value,
        'onUpdate:modelValue': (value: string) => (draft.value = value),
        onSend: (value: string) => sent.push(value),
      }),
  )
  show(Page)
  return draft
}

beforeEach(() => {
  setActivePinia(createPinia())
  sent.length = 0
})

test('Enter sends what was written, without its blank ends, and empties the field', async () => {
  const draft = compose()
  await userEvent.type(await screen.findByLabelText('消息内容'), '  你好 {Enter}')
  expect(sent).toEqual(['你好'])
  expect(draft.value).toBe('')
})

test('Shift and Enter breaks the line', async () => {
  compose()
  await userEvent.type(await screen.findByLabelText('消息内容'), '一{Shift>}{Enter}{/Shift}二')
  expect(await screen.findByLabelText('消息内容')).toHaveValue('一\n二')
  expect(sent).toEqual([])
})

test('Enter while an input method composes sends nothing', async () => {
  compose('ni')
  const field = await screen.findByLabelText('消息内容')
  await fireEvent.keyDown(field, { key: 'Enter', isComposing: true })
  await fireEvent.keyDown(field, { key: 'Enter', keyCode: 229 })
  expect(sent).toEqual([])
  await fireEvent.keyDown(field, { key: 'Enter', keyCode: 13 })
  expect(sent).toEqual(['ni'])
})

test('nothing and too much cannot be sent', async () => {
  const draft = compose()
  const button = screen.getByRole('button', { name: '发送' })
  expect(button).toBeDisabled()
  await userEvent.type(await screen.findByLabelText('消息内容'), '{Enter}')
  draft.value = '啊'.repeat(TEXT_MAX + 3)
  expect(await screen.findByText('超出 3 个字符，最多 4000 个')).toBeVisible()
  expect(button).toBeDisabled()
  expect(sent).toEqual([])
})
