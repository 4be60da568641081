/* typing.c - "the other one is writing": relayed on the loop, never stored. */
#include <string.h>

#include "action.h"
#include "door.h"

static void typing(struct api *api, struct sio_socket *s, const struct live_member *m, const char *consult,
                   json_t *input)
{
    const json_t *on = json_object_get(input, "on");
    char room[ROOM_SIZE];

    if (!json_is_boolean(on) || json_object_size(input) != 2)
        return;
    room_name(room, "consult", consult);
    (void)sio_broadcast(api->live,
                        (struct sio_to){ .rooms = SIO_ROOMS(room), .except = SIO_ROOMS(sio_id(s)),
                                         .flags = SIO_VOLATILE },
                        "typing",
                        SIO_JSON(json_pack("[{s:s, s:s, s:b}]", "consult", consult, "user", m->user, "on",
                                           json_is_true(on))));
}

/* The doors. */
const struct live_event typing_events[] = {
    { "typing", NULL, IN_ROOM, typing },
    { 0 },
};
