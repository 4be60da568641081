/* Where one can go, by role. The tabs of a phone show the first five, the header of a desktop all. */
import { Calendar, ChatDotRound, Clock, FirstAidKit, Grid, House, Memo, OfficeBuilding, Suitcase, Wallet } from '@element-plus/icons-vue'
import { computed, type Component } from 'vue'
import type { Role } from '@/api/models'
import { useConsultsStore } from '@/stores/consults'
import { useSessionStore } from '@/stores/session'

interface NavEntry {
  to: string
  /* Of nav.* in the locales. */
  word: string
  icon: Component
  roles: Role[]
  counts?: 'unread'
}

/* Administrators take no part in consults. */
const TALK: Role[] = ['patient', 'doctor', 'staff']
/* Those who look after a doctor's day. */
const DESK: Role[] = ['doctor', 'staff', 'admin']

const entries: NavEntry[] = [
  { to: '/', word: 'home', icon: House, roles: ['patient'] },
  { to: '/doctors', word: 'doctors', icon: FirstAidKit, roles: ['patient'] },
  { to: '/appointments', word: 'appointments', icon: Calendar, roles: ['patient'] },
  { to: '/today', word: 'today', icon: Grid, roles: DESK },
  { to: '/consults', word: 'consults', icon: ChatDotRound, roles: TALK, counts: 'unread' },
  { to: '/calendar', word: 'calendar', icon: Calendar, roles: DESK },
  { to: '/hours', word: 'hours', icon: Clock, roles: DESK },
  { to: '/leave', word: 'leave', icon: Suitcase, roles: DESK },
  { to: '/prescriptions', word: 'prescriptions', icon: Memo, roles: ['pharmacist'] },
  { to: '/payments', word: 'payments', icon: Wallet, roles: ['staff', 'admin'] },
  { to: '/clinic', word: 'clinic', icon: OfficeBuilding, roles: ['staff', 'admin'] },
]

export function useNav() {
  const session = useSessionStore()
  const consults = useConsultsStore()

  return computed(() =>
    entries
      .filter(({ roles }) => session.user && roles.includes(session.user.role))
      .map((entry) => ({ ...entry, count: entry.counts === 'unread' ? consults.unreadTotal : 0 })),
  )
}
