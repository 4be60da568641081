/* An appointment that is carried over the calendar, by pointer or by keys, and then waits to be confirmed. */
import { shallowRef } from 'vue'
import type { Appointment } from '@/api/models'
import { instantOf, wallOf } from '@/utils/zone'

export interface Move {
  appointment: Appointment
  start: Date
}

const STEP_MS = 5 * 60_000
const BIG_STEP_MS = 60 * 60_000

export function useCalendarMove(zone: () => string, dates: () => string[]) {
  const carried = shallowRef<Move | null>(null)
  const dropped = shallowRef<Move | null>(null)

  function lift(appointment: Appointment) {
    carried.value = { appointment, start: new Date(appointment.startAt) }
  }

  function carry(start: Date) {
    if (carried.value && dates().includes(wallOf(start, zone()).date))
      carried.value = { ...carried.value, start }
  }

  function carryTo(date: string, minute: number) {
    carry(instantOf({ date, minute }, zone()))
  }

  function byDays(days: -1 | 1) {
    if (!carried.value) return
    const { date, minute } = wallOf(carried.value.start, zone())
    const other = dates()[dates().indexOf(date) + days]
    if (other) carryTo(other, minute)
  }

  /* By instants, so that both hours of a day that has one twice can be reached. */
  function byTime(steps: number, big: boolean) {
    if (!carried.value) return
    carry(new Date(carried.value.start.getTime() + steps * (big ? BIG_STEP_MS : STEP_MS)))
  }

  function drop() {
    const move = carried.value
    carried.value = null
    if (move && move.start.getTime() !== Date.parse(move.appointment.startAt)) dropped.value = move
  }

  /* Confirmed or not: it is over. */
  function end() {
    carried.value = null
    dropped.value = null
  }

  /* True when the key meant the carrying. */
  function key({ key, shiftKey }: KeyboardEvent): boolean {
    if (!carried.value) return false
    if (key === 'ArrowLeft') byDays(-1)
    else if (key === 'ArrowRight') byDays(1)
    else if (key === 'ArrowUp') byTime(-1, shiftKey)
    else if (key === 'ArrowDown') byTime(1, shiftKey)
    else if (key === 'Enter' || key === ' ') drop()
    else if (key === 'Escape') end()
    else return false
    return true
  }

  return { carried, dropped, lift, carryTo, drop, end, key, propose: (move: Move) => (dropped.value = move) }
}
