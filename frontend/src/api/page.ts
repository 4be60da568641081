import { fetchPage } from '@/api/http'

export function currentIndex() {
  return fetchPage('/index.html')
}
