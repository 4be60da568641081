import { createRouter, createWebHistory, type RouterHistory } from 'vue-router'
import { useSessionStore } from '@/stores/session'

declare module 'vue-router' {
  interface RouteMeta {
    open?: boolean
    titleKey?: string
  }
}

const LoginPage = () => import('@/pages/LoginPage.vue')

/* Those who are no patients begin elsewhere. */
function home() {
  const role = useSessionStore().user?.role
  if (role === 'patient') return true
  if (role === 'pharmacist') return { name: 'prescriptions' }
  return { name: role === 'doctor' || role === 'staff' || role === 'admin' ? 'today' : 'consults' }
}

const routes = [
  {
    path: '/',
    name: 'home',
    component: () => import('@/pages/HomePage.vue'),
    beforeEnter: () => home(),
    meta: { titleKey: 'nav.home' },
  },
  { path: '/login', name: 'login', component: LoginPage, meta: { open: true, titleKey: 'login.title' } },
  {
    path: '/register',
    name: 'register',
    component: LoginPage,
    props: { registering: true },
    meta: { open: true, titleKey: 'login.register' },
  },
  {
    path: '/doctors',
    name: 'doctors',
    component: () => import('@/pages/DoctorListPage.vue'),
    meta: { titleKey: 'doctors.title' },
  },
  {
    path: '/doctors/:doctor',
    name: 'doctor',
    component: () => import('@/pages/DoctorPage.vue'),
    props: true,
    meta: { titleKey: 'doctors.one' },
  },
  {
    path: '/book/:doctor',
    name: 'book',
    component: () => import('@/pages/BookPage.vue'),
    props: true,
    meta: { titleKey: 'book.title' },
  },
  {
    path: '/waiting/:consult',
    name: 'waiting',
    component: () => import('@/pages/WaitingPage.vue'),
    props: true,
    meta: { titleKey: 'waiting.title' },
  },
  {
    path: '/check/:consult?',
    name: 'check',
    component: () => import('@/pages/DeviceCheckPage.vue'),
    props: true,
    meta: { titleKey: 'check.title' },
  },
  {
    path: '/device',
    name: 'device',
    component: () => import('@/pages/DevicePage.vue'),
    meta: { titleKey: 'device.title' },
  },
  {
    path: '/guest',
    name: 'guest',
    component: () => import('@/pages/GuestPage.vue'),
    meta: { open: true, titleKey: 'guest.title' },
  },
  {
    path: '/family',
    name: 'family',
    component: () => import('@/pages/FamilyPage.vue'),
    meta: { titleKey: 'family.title' },
  },
  {
    path: '/notifications',
    name: 'notifications',
    component: () => import('@/pages/NotificationListPage.vue'),
    meta: { titleKey: 'notifications.title' },
  },
  {
    path: '/appointments',
    name: 'appointments',
    component: () => import('@/pages/AppointmentListPage.vue'),
    meta: { titleKey: 'appointments.title' },
  },
  {
    path: '/appointments/:appointment',
    name: 'appointment',
    component: () => import('@/pages/AppointmentPage.vue'),
    props: true,
    meta: { titleKey: 'appointments.one' },
  },
  {
    path: '/history',
    name: 'history',
    component: () => import('@/pages/HistoryPage.vue'),
    meta: { titleKey: 'history.title' },
  },
  {
    path: '/consults',
    component: () => import('@/pages/ConsultListPage.vue'),
    children: [
      {
        path: '',
        name: 'consults',
        component: () => import('@/pages/ConsultNonePage.vue'),
        meta: { titleKey: 'consults.title' },
      },
      {
        path: ':consult',
        name: 'consult',
        component: () => import('@/pages/ConsultPage.vue'),
        props: true,
        meta: { titleKey: 'consults.title' },
      },
    ],
  },
  {
    path: '/consults/:consult/result',
    name: 'result',
    component: () => import('@/pages/ResultPage.vue'),
    props: true,
    meta: { titleKey: 'result.title' },
  },
  {
    path: '/today',
    name: 'today',
    component: () => import('@/pages/TodayPage.vue'),
    meta: { titleKey: 'board.title' },
  },
  {
    path: '/calendar',
    name: 'calendar',
    component: () => import('@/pages/CalendarPage.vue'),
    meta: { titleKey: 'calendar.title' },
  },
  {
    path: '/leave',
    name: 'leave',
    component: () => import('@/pages/LeavePage.vue'),
    meta: { titleKey: 'leave.title' },
  },
  {
    path: '/hours',
    name: 'hours',
    component: () => import('@/pages/HoursPage.vue'),
    meta: { titleKey: 'hours.title' },
  },
  {
    path: '/clinic',
    name: 'clinic',
    component: () => import('@/pages/ClinicPage.vue'),
    meta: { titleKey: 'clinic.title' },
  },
  {
    path: '/clinic/services/:service/form',
    name: 'form',
    component: () => import('@/pages/FormPage.vue'),
    props: true,
    meta: { titleKey: 'form.title' },
  },
  {
    path: '/privacy',
    name: 'privacy',
    component: () => import('@/pages/PrivacyPage.vue'),
    meta: { titleKey: 'privacy.title' },
  },
  {
    path: '/emergency',
    name: 'emergency',
    component: () => import('@/pages/EmergencyPage.vue'),
    meta: { titleKey: 'emergency.title' },
  },
  {
    path: '/payments',
    name: 'payments',
    component: () => import('@/pages/PaymentListPage.vue'),
    meta: { titleKey: 'payments.title' },
  },
  {
    path: '/prescriptions/:prescription?',
    name: 'prescriptions',
    component: () => import('@/pages/PrescriptionListPage.vue'),
    props: true,
    meta: { titleKey: 'rx.queue' },
  },
  {
    path: '/rx',
    name: 'rx',
    component: () => import('@/pages/RxPage.vue'),
    meta: { open: true, titleKey: 'rx.checkTitle' },
  },
  {
    path: '/:other(.*)*',
    name: 'not-found',
    component: () => import('@/pages/NotFoundPage.vue'),
    meta: { open: true, titleKey: 'notFound.title' },
  },
]

export function makeRouter(history: RouterHistory = createWebHistory()) {
  const router = createRouter({ history, routes })

  router.beforeEach((to) => {
    const { user, guestOf } = useSessionStore()
    if (guestOf && to.name !== 'guest') return { name: 'guest' }
    if (!user && !to.meta.open) return { name: 'login', query: to.path === '/' ? {} : { next: to.fullPath } }
    if (user && (to.name === 'login' || to.name === 'register')) return { name: 'home' }
    return true
  })
  return router
}
