/* What the workspace of a doctor and the result of a patient say. */
export default {
  frame: {
    tabs: 'Parts of the consult',
    patient: 'Patient',
    chat: 'Chat',
    note: 'Note',
    diagnosis: 'Diagnosis',
    prescription: 'Rx',
    new: 'new messages',
  },
}
