/* store.c - opening the data folder. */
#include "store.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "auth/seal.h"
#include "clock.h"
#include "config.h"
#include "log.h"
#include "storage/folder.h"
#include "storage/migrate.h"

static int64_t now_utc(void *unused)
{
    (void)unused;
    return clock_utc();
}

void store_path(const struct config *config, const char *name, char *at, size_t size)
{
    (void)snprintf(at, size, "%s/%s", config->data, name);
}

static int lock_take(struct store *s, const struct config *config)
{
    s->lock = folder_lock(config->data);
    if (s->lock == -EBUSY)
        log_error("data.locked",
                  "folder=%s hint=\"another consultd serves it; stop that one or give --data\"",
                  config->data);
    else if (s->lock < 0)
        log_error("data.folder", "folder=%s error=\"%s\"", config->data, strerror(-s->lock));
    return s->lock < 0 ? s->lock : 0;
}

static int keys_load(struct store *s, const struct config *config)
{
    char path[4096];
    int err;

    store_path(config, "seal.key", path, sizeof path);
    err = seal_keys_load_or_make(path, &s->keys);
    if (err)
        log_error("data.key", "file=%s error=\"%s\"%s", path, strerror(-err),
                  err == -EPERM ? " hint=\"others may read it: chmod 600\"" : "");
    return err;
}

static int migrate(struct store *s, const struct config *config, const char *path)
{
    char copy[4200];
    int done;

    (void)snprintf(copy, sizeof copy, "%s.before-migration", path);
    done = migrate_run(s->writer, &(struct migrate_options){ .list = migrations_sqlite, .copy_path = copy,
                                                             .refuse = config->no_migrate });
    if (done == -EPROTONOSUPPORT)
        log_error("data.newer", "file=%s hint=\"a newer consultd wrote it: use that one\"", path);
    else if (done == -ESTALE)
        log_error("data.older", "file=%s hint=\"start once without --no-migrate\"", path);
    else if (done < 0)
        log_error("data.migrate", "file=%s error=\"%s\" database=\"%s\"", path, strerror(-done),
                  db_error(s->writer));
    else if (done > 0)
        log_info("data.migrated", "files=%d", done);
    return done < 0 ? done : 0;
}

int store_open(struct store *s, const struct config *config, bool alone)
{
    char path[4096];
    int err = 0;

    *s = (struct store){ .lock = -1 };
    if (alone)
        err = lock_take(s, config);
    if (err == 0)
        err = keys_load(s, config);
    if (err)
        return err;
    s->host = (struct db_host){ .now_utc = now_utc, .random = seal_random,
                                .seal = { .data = s->keys, .seal = seal_seal, .open = seal_open } };
    store_path(config, "consultd.db", path, sizeof path);
    err = db_open(&(struct db_options){ .path = path, .host = &s->host }, &s->writer);
    if (err) {
        log_error("data.open", "file=%s error=\"%s\"", path, strerror(-err));
        return err;
    }
    if (alone)
        err = migrate(s, config, path);
    if (err == 0 && alone)
        err = db_open(&(struct db_options){ .path = path, .host = &s->host, .reader = true }, &s->reader);
    return err;
}

void store_close(struct store *s)
{
    db_close(s->reader);
    db_close(s->writer);
    seal_keys_free(s->keys);
    if (s->lock >= 0)
        folder_unlock(s->lock);
    *s = (struct store){ .lock = -1 };
}
