/* live_board.c - the desk of a clinic hears of all its boards, as long as it is its desk. */
#include <stdio.h>
#include <string.h>

#include "door.h"
#include "storage/store_queue.h"

int live_board_find(struct action *a, struct db *db)
{
    const struct store_user *user = action_who(a);

    a->clinic_id[0] = '\0';
    if (user->clinic == 0 || (strcmp(user->role, "staff") != 0 && strcmp(user->role, "admin") != 0))
        return 0;
    return store_queue_clinic(db, user->clinic, a->clinic_id);
}

int live_board_join(struct live_member *m, struct sio_socket *s, const char *clinic)
{
    char room[ROOM_SIZE] = "";

    if (*clinic != '\0')
        (void)snprintf(room, sizeof room, "clinic:%s:board", clinic);
    if (strcmp(room, m->board) == 0)
        return 0;
    if (m->board[0] != '\0')
        sio_leave(s, m->board);
    memcpy(m->board, room, sizeof m->board);
    return room[0] != '\0' ? sio_join(s, room) : 0;
}
