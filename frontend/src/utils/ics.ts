/* One appointment as a calendar file; its UID is the feed's, so that both are one entry. No names: a calendar
   is seen by others. */
import type { Appointment } from '@/api/models'

const CRLF = '\r\n'

function compact(time: string): string {
  return time.replace(/[-:]/g, '')
}

function escaped(text: string): string {
  return text.replace(/[\\;,]/g, '\\$&').replace(/\n/g, '\\n')
}

export function icsOf({ id, series, startAt, endAt, createdAt }: Appointment, summary: string, site: URL): string {
  return [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//consultd//EN',
    'BEGIN:VEVENT',
    `UID:${series}@${site.hostname}`,
    `DTSTAMP:${compact(createdAt)}`,
    `DTSTART:${compact(startAt)}`,
    `DTEND:${compact(endAt)}`,
    `SUMMARY:${escaped(summary)}`,
    `URL:${site.origin}/appointments/${id}`,
    'END:VEVENT',
    'END:VCALENDAR',
    '',
  ].join(CRLF)
}
