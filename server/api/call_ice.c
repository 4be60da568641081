/* call_ice.c - where media may be relayed, and with what: a credential for each join or device check. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "auth/key_file.h"
#include "auth/turn.h"
#include "calls.h"
#include "clock.h"
#include "config.h"
#include "door.h"
#include "log.h"
#include "xalloc.h"

enum { SECRET_MIN = 16, SECRET_MAX = 512 };

/* One line; what an editor adds at its end is no part of it. */
int call_secret_open(struct api *api)
{
    const char *path = api->parts.config->turn_secret_file;
    char text[KEY_FILE_MAX];
    size_t size;
    int err;

    if (*path == '\0')
        return 0;
    err = key_file_read(path, text, &size);
    if (err == 0) {
        size = strcspn(text, "\r\n");
        text[size] = '\0';
        if (size < SECRET_MIN || size > SECRET_MAX)
            err = -EBADMSG;
        else
            api->turn_secret = xstrdup(text);
        explicit_bzero(text, sizeof text);
    }
    if (err)
        log_error("turn.secret", "file=%s error=\"%s\" hint=\"mode 0600, a line of %d to %d characters\"",
                  path, strerror(-err), SECRET_MIN, SECRET_MAX);
    return err;
}

static json_t *urls_of(char *const *urls)
{
    json_t *all = json_array();

    for (; *urls != NULL; urls++)
        (void)json_array_append_new(all, json_string(*urls));
    return all;
}

static int turn_add(const struct api *api, const char *id, int64_t expires_utc, json_t *servers)
{
    char username[TURN_USERNAME_SIZE], credential[TURN_CREDENTIAL_SIZE];
    int err = turn_credential(api->turn_secret, expires_utc, id, username, credential);

    if (err)
        return err;
    err = json_array_append_new(servers, json_pack("{s:o, s:s, s:s}", "urls",
                                                   urls_of(api->parts.config->turn_urls), "username",
                                                   username, "credential", credential));
    explicit_bzero(credential, sizeof credential);
    return err ? -ENOMEM : 0;
}

int call_ice_add(struct action *a, struct db *db, const char *id, json_t *answer)
{
    const struct api *api = action_api(a);
    const struct config *config = api->parts.config;
    int64_t expires_utc = db_now(db) + config->turn_credential_s;
    json_t *servers = json_array();
    char at[DB_TIME_SIZE];
    int err = 0;

    if (id != NULL && config->stun_urls[0] != NULL)
        err = json_array_append_new(servers, json_pack("{s:o}", "urls", urls_of(config->stun_urls)));
    if (err == 0 && id != NULL && api->turn_secret != NULL)
        err = turn_add(api, id, expires_utc, servers);
    db_time_print(expires_utc, at);
    if (json_object_set_new(answer, "iceServers", servers) != 0 ||
        json_object_set_new(answer, "expiresAt", json_string(at)) != 0)
        return -ENOMEM;
    return err ? -ENOMEM : 0;
}

/* --- a device check ------------------------------------------------------------------------------------ */

static int check_gate(struct action *a, struct db *db)
{
    (void)db;
    if (!a->logged_in)
        return 0;                               /* admission says so                                 */
    return limiter_take(a->api->device_checks, a->who.user, strlen(a->who.user), 1, clock_ms(), NULL) != 0
           ? -EDQUOT : 0;
}

static int check_servers(struct action *a, struct db *db)
{
    json_t *answer = json_object();
    char id[DB_ID_SIZE];
    int err = action_end_input(a);

    if (err == 0)
        err = call_consult_check(a);
    db_id_make(db, "chk_", id);
    if (err == 0)
        err = call_ice_add(a, db, id, answer);
    if (err == 0)
        return action_answer(a, answer);
    json_decref(answer);
    return err;
}

static const struct step check_steps[] = { { ON_LOOP, check_gate }, { ON_WRITER, check_servers }, { 0 } };

/* The doors. */
const struct route call_ice_routes[] = {
    { "POST", "/api/v1/consultations/{consult}/ice-servers", NULL, MAY_CALL, 0, check_steps, NULL },
    { 0 },
};
