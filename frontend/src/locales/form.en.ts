/* The form before a visit. */
export default {
  form: {
    title: 'Before the visit',
    lead: 'Your answers are saved as you give them; only your doctor reads them.',
    alarm: 'What you answered may be an emergency. Do not wait for the appointment.',
    flag: 'Red flag:',
    complete: 'Complete. You can still change it.',
    draft: 'Saved. What is marked with * is still missing.',
    yes: 'Yes',
    no: 'No',
  },
}
