/* live_login.c - a socket logs in: by a token of ours, or by one of an account center. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "action.h"
#include "door.h"
#include "oidc.h"
#include "xalloc.h"

/* Admission asked whether the session still lives. */
static int connect_run(struct action *a, struct db *db)
{
    int err = live_board_find(a, db);

    return err ? err : action_answer(a, json_pack("{s:s}", "role", action_role(a)));
}

static struct action *connect_action(struct api *api, struct sio_socket *s, enum may may)
{
    struct action *a = action_new(api, "connect", may, 0);

    a->live = a->connecting = true;
    request_id_make(a->request_id);
    (void)snprintf(a->socket, sizeof a->socket, "%s", sio_id(s));
    return a;
}

/* 0: an action looks; it answers. */
static int connect_with(struct api *api, struct sio_socket *s, const char *token, size_t size)
{
    struct token_access who;
    const struct step *steps;
    struct action *a;
    int err = token_check(api, token, size, &who);

    if (err == 0) {
        a = connect_action(api, s, MAY_LOGGED_IN);
        a->logged_in = true;
        a->who = who;
        action_start(a, connect_run, NULL);
        return 0;
    }
    steps = oidc_socket_steps(api, token, size);
    if (steps == NULL)
        return err;
    a = connect_action(api, s, MAY_ANYBODY);
    action_param(a, "token", token);
    action_start(a, NULL, steps);
    return 0;
}

void live_login(struct sio_socket *s, struct sio_args auth)
{
    struct api *api = live_api(s);
    char request_id[REQUEST_ID_SIZE];
    json_error_t error;
    json_t *payload = json_loadb(auth.text.at, auth.text.size, JSON_REJECT_DUPLICATES, &error);
    const json_t *token = json_object_get(payload, "token");
    int err = -EACCES;

    if (json_is_string(token))
        err = connect_with(api, s, json_string_value(token), json_string_length(token));
    json_decref(payload);
    if (err) {
        request_id_make(request_id);
        live_reject(s, err, request_id);
    }
}
