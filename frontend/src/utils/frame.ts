/* Where the panes of a consult stand, by the room there is. */
export type Room = 'wide' | 'middle' | 'phone'
export type Place = 'left' | 'centre' | 'side'

/* With nothing to look at, what is said has the middle. */
export function placeOf(pane: string, room: Room, staged: boolean): Place {
  if (pane === 'patient' && room === 'wide') return 'left'
  if (pane === 'chat' && room !== 'phone' && !staged) return 'centre'
  return 'side'
}

/* The panes that take turns, and the one of them that is shown when `wanted` does not. */
export function tabsOf(panes: string[], room: Room, staged: boolean): string[] {
  return panes.filter((pane) => placeOf(pane, room, staged) === 'side')
}

export function shownOf(tabs: string[], wanted: string): string {
  return [wanted, 'chat', 'note'].find((pane) => tabs.includes(pane)) ?? tabs[0] ?? ''
}
