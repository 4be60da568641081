/* How this device calls for attention. */
export default {
  device: {
    title: 'This device',
    lead: 'Sounds and notifications. Kept on this device only.',
    sounds: 'Sound for new messages',
    hear: 'Hear it',
    notifies: 'Notification while the page is hidden',
    notifiesHint: 'It says that something came, and nothing of what.',
    test: 'Test notification',
    denied: 'Your browser does not allow notifications for this page. Allow them beside the address, then reload.',
    none: 'This browser shows no notifications of pages.',
    notice: {
      message: 'New message',
      call: 'Incoming call',
      test: 'This is how it looks',
    },
  },
}
