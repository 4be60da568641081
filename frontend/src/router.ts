import { createRouter, createWebHistory, type RouterHistory } from 'vue-router'
import { useSessionStore } from '@/stores/session'

declare module 'vue-router' {
  interface RouteMeta {
    open?: boolean
    titleKey?: string
  }
}

const LoginPage = () => import('@/pages/LoginPage.vue')

const routes = [
  { path: '/', redirect: { name: 'consults' } },
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
    path: '/hours',
    name: 'hours',
    component: () => import('@/pages/HoursPage.vue'),
    meta: { titleKey: 'hours.title' },
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
    const { user } = useSessionStore()
    if (!user && !to.meta.open)
      return { name: 'login', query: to.path === '/consults' ? {} : { next: to.fullPath } }
    if (user && (to.name === 'login' || to.name === 'register')) return { name: 'consults' }
    return true
  })
  return router
}
