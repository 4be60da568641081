/* What cards of a conversation are called. */
export default {
  card: {
    said: { refer: 'Advice to seek care in person', prescription: 'Prescription', result: 'Result' },
  },
}
