/* live_relay.c - what goes from page to page, on the loop: no database, no answer, a room as permission. */
#include <string.h>

#include "clock.h"
#include "config.h"
#include "door.h"

/* Signals: so large and no larger, so many and no more; what is too much is lost, as on any network. */
static bool is_too_much(struct api *api, const struct sio_call *c, const struct live_event *row)
{
    const char *id = sio_id(c->socket);

    return row->may == IN_CALL &&
           ((int64_t)c->args.text.size > api->parts.config->call_signal_max ||
            limiter_take(api->signals, id, strlen(id), 1, clock_ms(), NULL) != 0);
}

/* The room that permits it: the consult's, or that of the leg the socket speaks for. */
static bool relay_room(const struct live_event *row, const json_t *input, char room[ROOM_SIZE])
{
    const char *consult = json_string_value(json_object_get(input, "consult")),
               *from = json_string_value(json_object_get(input, "from"));

    if (consult == NULL || strlen(consult) >= ROOM_SIZE - sizeof "consult:")
        return false;
    if (row->may == IN_CALL)
        return from != NULL && leg_room_name(room, consult, from);
    room_name(room, "consult", consult);
    return true;
}

void live_relay(struct api *api, const struct sio_call *c, const struct live_event *row)
{
    json_error_t error;
    char room[ROOM_SIZE];
    json_t *input;

    if (is_too_much(api, c, row))
        return;
    input = json_loadb(c->args.text.at, c->args.text.size, JSON_REJECT_DUPLICATES, &error);
    if (relay_room(row, input, room) && sio_in(c->socket, room))
        row->relay(api, c->socket, sio_data(c->socket),
                   json_string_value(json_object_get(input, "consult")), input);
    json_decref(input);
}
