/* store.c - opening the data folder. */
#include "store.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "auth/mac.h"
#include "auth/seal.h"
#include "clock.h"
#include "config.h"
#include "log.h"
#include "storage/folder.h"
#include "storage/migrate.h"
#include "storage/store_audit_chain.h"

static_assert((int)MAC_SIZE == (int) MAC_TAG_SIZE, "storage keeps what auth makes");

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

/* Once: rows from before there was a chain. Not when a head was written: then there was one. */
static int audit_chain(struct store *s, const struct config *config)
{
    int count, err;

    if (*config->audit_head_file != '\0' && access(config->audit_head_file, F_OK) == 0)
        return 0;
    err = db_script(s->writer, "BEGIN IMMEDIATE");
    if (err)
        return err;
    count = store_audit_chain(s->writer);
    err = db_script(s->writer, count < 0 ? "ROLLBACK" : "COMMIT");
    if (count > 0 && err == 0)
        log_info("audit.chained", "rows=%d", count);
    if (count < 0)
        log_error("audit.chain", "error=\"%s\" database=\"%s\"", strerror(-count), db_error(s->writer));
    return count < 0 ? count : err;
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
    if (err == 0)
        err = mac_keys_new(s->keys, &s->macs);
    if (err)
        return err;
    s->host = (struct db_host){ .now_utc = now_utc, .random = seal_random,
                                .seal = { .data = s->keys, .seal = seal_seal, .open = seal_open },
                                .mac = { .data = s->macs, .sign = mac_sign, .check = mac_check,
                                         .tokens = mac_tokens } };
    store_path(config, "consultd.db", path, sizeof path);
    err = db_open(&(struct db_options){ .path = path, .host = &s->host }, &s->writer);
    if (err) {
        log_error("data.open", "file=%s error=\"%s\"", path, strerror(-err));
        return err;
    }
    if (alone)
        err = migrate(s, config, path);
    if (err == 0 && alone)
        err = audit_chain(s, config);
    if (err == 0 && alone)
        err = db_open(&(struct db_options){ .path = path, .host = &s->host, .reader = true }, &s->reader);
    return err;
}

void store_close(struct store *s)
{
    db_close(s->reader);
    db_close(s->writer);
    mac_keys_free(s->macs);
    seal_keys_free(s->keys);
    if (s->lock >= 0)
        folder_unlock(s->lock);
    *s = (struct store){ .lock = -1 };
}
