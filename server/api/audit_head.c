/* audit_head.c - each minute: read what is committed, and write it down elsewhere. */
#include "audit_head.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "action.h"
#include "auth/key_file.h"
#include "config.h"
#include "door.h"
#include "log.h"
#include "storage/store_audit_chain.h"
#include "xalloc.h"

enum { EVERY_MS = 60000 };

struct audit_heads {
    struct api   *api;
    struct timer *timer;
    int64_t       written;                      /* id of the row that the file says                   */
};

struct round { int64_t id; char text[AUDIT_HEAD_SIZE]; };

int audit_head_read(struct db *db, const char *path, struct audit_head *ret_head)
{
    char text[AUDIT_HEAD_SIZE] = "";
    FILE *file = fopen(path, "re");             /* it is no secret: a copy may have any mode          */
    size_t size;

    if (file == NULL)
        return -errno;
    size = fread(text, 1, sizeof text - 1, file);
    (void)fclose(file);                         /* was only read                                      */
    return strlen(text) == size ? audit_head_parse(db, text, ret_head) : -EINVAL;
}

/* The file may be written over: there is none, or its row is in the chain. */
static int file_check(struct db *db, const char *path)
{
    struct audit_head kept, now;
    int err = audit_head_read(db, path, &kept);

    if (err == -ENOENT)
        return 0;
    if (err == 0)
        err = kept.id == 0 ? 0 : store_audit_at(db, kept.id, &now);
    if (err == 0 && kept.id != 0 && memcmp(now.hash, kept.hash, sizeof now.hash) != 0)
        err = -EBADMSG;
    if (err == -ENOENT || err == -EBADMSG || err == -EINVAL) {
        log_error("audit.head", "file=%s hint=\"the database does not hold what it says; see consultd audit "
                  "verify --head, then move the file away\"", path);
        err = -EBADMSG;
    }
    return err;
}

/* 1: `round` is to be written. 0: nothing new. */
static int round_fill(struct db *db, const char *path, int64_t written, struct round *round)
{
    struct audit_head head;
    int err = store_audit_head(db, &head);

    if (err || head.id == written)
        return err;
    err = file_check(db, path);
    if (err == 0)
        err = audit_head_print(db, &head, round->text);
    round->id = head.id;
    return err ? err : 1;
}

int audit_head_write(struct db *db, const char *path)
{
    struct round round;
    int due = round_fill(db, path, -1, &round);

    return due <= 0 ? due : key_file_replace(path, round.text, strlen(round.text));
}

/* --- by the clock -------------------------------------------------------------------------------------- */

static struct audit_heads *heads_of(struct action *a)
{
    return action_api(a)->audit_heads;
}

static int head_look(struct action *a, struct db *db)
{
    struct round *round = action_own(a, sizeof *round);
    int due = round_fill(db, action_api(a)->parts.config->audit_head_file, heads_of(a)->written, round);

    if (due == 0)
        action_enough(a);
    return due < 0 ? due : 0;
}

static int head_keep(struct action *a, struct db *db)
{
    const struct round *round = action_own(a, sizeof *round);

    (void)db;
    return key_file_replace(action_api(a)->parts.config->audit_head_file, round->text, strlen(round->text));
}

static void round_end(struct action *a, int err)
{
    struct audit_heads *heads = heads_of(a);
    const struct round *round = a->own;

    if (err && err != -EBADMSG)                 /* that one has its own line                          */
        log_warn("audit.head", "errno=%d request=%s", -err, a->request_id);
    if (err == 0 && round != NULL && round->text[0] != '\0')
        heads->written = round->id;
    if (!heads->api->draining)
        timer_set(heads->timer, EVERY_MS);
}

static const struct step steps[] = { { ON_READER, head_look }, { IN_FILE_POOL, head_keep }, { 0 } };

static void round_begin(void *data)
{
    struct audit_heads *heads = data;
    struct action *a;

    if (heads->api->draining)
        return;
    a = action_new(heads->api, "audit-head", MAY_NOBODY, READ);
    a->clockwork = true;
    a->finished = round_end;
    request_id_make(a->request_id);
    action_start(a, NULL, steps);
}

struct audit_heads *audit_heads_new(struct api *api)
{
    struct audit_heads *heads;

    if (*api->parts.config->audit_head_file == '\0')
        return NULL;
    heads = xalloc(sizeof *heads);
    *heads = (struct audit_heads){ .api = api, .written = -1 };
    heads->timer = timer_new(api->parts.timers, false, round_begin, heads);
    if (heads->timer == NULL)
        abort();
    timer_set(heads->timer, 0);
    return heads;
}

void audit_heads_free(struct audit_heads *heads)
{
    if (heads == NULL)
        return;
    timer_free(heads->timer);
    free(heads);
}
