import type { Appointment, Consult, Me, Message, Notification, Participant } from '@/api/models'

export const patient: Me = {
  id: 'usr_patient',
  name: '张伟',
  role: 'patient',
  login: 'zhangwei',
  locale: 'zh-CN',
  tz: 'Asia/Shanghai',
}

export const doctor: Me = { ...patient, id: 'usr_doctor', name: '李敏', role: 'doctor', login: 'limin' }

export const consult: Consult = {
  id: 'con_1',
  clinic: { id: 'cln_1', name: '门诊' },
  kind: 'text',
  state: 'active',
  doctor: { id: doctor.id, name: doctor.name, role: 'doctor' },
  patient: { id: 'pat_1', name: patient.name },
  openedAt: '2026-11-24T08:00:00Z',
  lastSeq: 0,
}

export const appointment: Appointment = {
  id: 'apt_1',
  series: 'ser_1',
  clinic: consult.clinic,
  doctor: { id: doctor.id, name: doctor.name, title: '主任医师' },
  patient: consult.patient,
  service: { id: 'svc_1', name: '视频复诊', mode: 'video' },
  startAt: '2026-11-26T01:00:00Z',
  endAt: '2026-11-26T01:15:00Z',
  tz: 'Asia/Shanghai',
  status: 'booked',
  version: 1,
  fee: { amount: 0, currency: 'CNY' },
  isOverbooked: false,
  createdAt: '2026-11-25T08:00:00Z',
}

export function message(seq: number, more: Partial<Message> = {}): Message {
  return {
    id: `msg_${seq}`,
    consult: consult.id,
    seq,
    sender: consult.doctor,
    clientId: `client-${seq}`,
    kind: 'text',
    text: `text ${seq}`,
    sentAt: new Date(Date.parse('2026-11-24T08:00:00Z') + seq * 1000).toISOString(),
    ...more,
  }
}

export const mine = { sender: { id: patient.id, name: patient.name, role: 'patient' as const } }

export function participants(more: Partial<Participant> = {}): Participant[] {
  const fresh = { online: true, lastReadSeq: 0, lastDeliveredSeq: 0 }
  return [
    { ...mine.sender, ...fresh },
    { id: doctor.id, name: doctor.name, role: 'doctor', ...fresh, ...more },
  ]
}

/* The answer of consult:join for a consult that holds `all`. */
export function joined(all: Message[], after = 0, page = 100) {
  const messages = all.filter(({ seq }) => seq > after).slice(0, page)
  const lastSeq = all.at(-1)?.seq ?? 0
  return {
    ok: true,
    consult: { ...consult, lastSeq },
    participants: participants(),
    messages,
    more: (messages.at(-1)?.seq ?? lastSeq) < lastSeq,
    lastSeq,
    now: '2026-11-24T09:00:00Z',
  }
}

export const notification: Notification = {
  id: 'ntf_1',
  kind: 'appointment-booked',
  object: 'apt_1',
  aboutAt: '2026-11-26T01:00:00Z',
  createdAt: '2026-11-25T08:00:00Z',
}
