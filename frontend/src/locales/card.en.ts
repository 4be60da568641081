/* What cards of a conversation are called. */
export default {
  card: {
    said: { form: 'Answers before the visit', board: 'A picture of the canvas', refer: 'Advice to seek care in person', prescription: 'Prescription', result: 'Result' },
  },
}
