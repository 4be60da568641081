/* call_signal.c - what the legs of a call say to one another: relayed on the loop, never stored, never read.
 * Who holds a leg is a room of its own, "leg:{consult}:{leg}", so whatever takes the leg takes the right. */
#include "door.h"

#include <string.h>

static bool is_body(const json_t *input)
{
    const json_t *description = json_object_get(input, "description"),
                 *candidate = json_object_get(input, "candidate"), *state = json_object_get(input, "state");

    return json_object_size(input) == 5 && json_is_string(json_object_get(input, "call")) &&
           (json_is_object(description) || json_is_object(candidate) || json_is_null(candidate) ||
            state != NULL);
}

static void relay_signal(struct api *api, struct sio_socket *s, const struct live_member *m,
                         const char *consult, json_t *input)
{
    const char *to = json_string_value(json_object_get(input, "to"));
    char room[ROOM_SIZE];

    (void)m;
    if (to == NULL || !is_body(input) || !leg_room_name(room, consult, to))
        return;
    (void)sio_broadcast(api->live,
                        (struct sio_to){ .rooms = SIO_ROOMS(room), .except = SIO_ROOMS(sio_id(s)) },
                        "call:signal", SIO_JSON(json_pack("[O]", input)));
}

/* The doors. */
const struct live_event call_signal_events[] = {
    { "call:signal", NULL, IN_CALL, relay_signal },
    { 0 },
};
