/* Names for what the server speaks of; the shapes come from openapi.json. */
import type { components } from '@/api/types'

type Schemas = components['schemas']

export type Appointment = Schemas['Appointment']
export type AppointmentChange = Schemas['AppointmentChange']
export type AppointmentStatus = Schemas['AppointmentStatus']
export type Cancellation = Schemas['Cancellation']
export type Clinic = Schemas['Clinic']
export type Consult = Schemas['Consult']
export type ConsultListItem = Schemas['ConsultListItem']
export type ConsultState = Schemas['ConsultState']
export type Department = Schemas['Department']
export type Doctor = Schemas['Doctor']
export type DoctorProfile = Schemas['DoctorProfile']
export type ErrorCode = Schemas['ErrorCode']
export type FamilyMember = Schemas['FamilyMember']
export type Leave = Schemas['Leave']
export type LeaveChoice = Schemas['LeaveChoice']
export type LeavePreviewItem = Schemas['LeavePreviewItem']
export type LeaveTaken = Schemas['LeaveTaken']
export type Locale = Schemas['Locale']
export type Me = Schemas['Me']
export type Message = Schemas['Message']
export type MessageReceipt = Schemas['MessageReceipt']
export type Money = Schemas['Money']
export type NewFamilyMember = Schemas['NewFamilyMember']
export type Notification = Schemas['Notification']
export type Participant = Schemas['Participant']
export type Payment = Schemas['Payment']
export type Role = Schemas['Role']
export type NewScheduleException = Schemas['NewException']
export type NewScheduleRule = Schemas['NewRule']
export type ScheduleException = Schemas['Exception']
export type ScheduleRule = Schemas['Rule']
export type Service = Schemas['Service']
export type Session = Schemas['Session']
export type Slot = Schemas['Slot']
export type SlotWhy = Schemas['SlotWhy']
export type User = Schemas['User']

/* A patient's place in the waiting room. */
export interface Queue {
  place: number
  ahead: number
  estimate: { fromMinutes: number; toMinutes: number } | null
  doctorState: 'here' | 'busy' | 'away'
  emergencyNumber: string
}

/* Of queue:changed: to the one who waits his place; to the board only that it is another. */
export type QueueChange = ({ consult: string } & Omit<Queue, 'emergencyNumber'>) | { doctor: string }

export interface ConsentDocument {
  docType: string
  docVersion: string
  title: string
  text: string
}
