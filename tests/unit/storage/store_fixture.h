/* store_fixture.h - a migrated database with a clock one sets, people in it, and what they do as jobs. */
#ifndef STORE_FIXTURE_H
#define STORE_FIXTURE_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "test.h"

#include "auth/mac.h"
#include "auth/seal.h"
#include "storage/db.h"
#include "storage/migrate.h"
#include "storage/store_consult.h"
#include "storage/store_message.h"
#include "storage/store_user.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

enum { STORE_NOW = 1764000000 };                /* 2025-11-24T16:00:00Z                               */

struct store {
    char              folder[32];               /* "": in memory                                      */
    char              path[64];
    int64_t           now;
    struct seal_keys *keys;
    struct mac_keys  *macs;
    struct db_host    host;
    struct db        *db;
};

static inline int64_t store_clock(void *store)
{
    return ((struct store *)store)->now;
}

/* A key of its own for each store; the file may go once it is read. */
static inline struct seal_keys *store_keys(void)
{
    char folder[] = "/tmp/store-keys-XXXXXX", path[48];
    struct seal_keys *keys = NULL;

    CHECK(mkdtemp(folder) != NULL);
    snprintf(path, sizeof path, "%s/seal.keys", folder);
    CHECK_INT(seal_keys_load_or_make(path, &keys), 0);
    CHECK_INT(unlink(path), 0);
    CHECK_INT(rmdir(folder), 0);
    return keys;
}

static inline void store_host(struct store *s)
{
    s->now = STORE_NOW;
    s->keys = store_keys();
    CHECK_INT(mac_keys_new(s->keys, &s->macs), 0);
    s->host = (struct db_host){ .data = s, .now_utc = store_clock, .random = seal_random,
                                .seal = { .data = s->keys, .seal = seal_seal, .open = seal_open },
                                .mac = { .data = s->macs, .sign = mac_sign, .check = mac_check,
                                         .tokens = mac_tokens } };
}

/* An empty folder, and a path in it. */
static inline void store_folder(struct store *s)
{
    snprintf(s->folder, sizeof s->folder, "/tmp/store-test-XXXXXX");
    CHECK(mkdtemp(s->folder) != NULL);
    snprintf(s->path, sizeof s->path, "%s/consultd.db", s->folder);
}

static inline void store_folder_remove(const struct store *s)
{
    static const char *const names[] = { "consultd.db", "consultd.db-wal", "consultd.db-shm", "copy.db",
                                         "copy.db-wal", "copy.db-shm", "lock" };
    char path[80];

    for (size_t i = 0; i < COUNT_OF(names); i++) {
        snprintf(path, sizeof path, "%s/%s", s->folder, names[i]);
        (void)unlink(path);
    }
    CHECK_INT(rmdir(s->folder), 0);             /* nothing else was left there                        */
}

static inline struct db *store_connect(const struct store *s, bool reader)
{
    struct db *db = NULL;

    CHECK_INT(db_open(&(struct db_options){ .path = s->path, .host = &s->host, .reader = reader }, &db), 0);
    return db;
}

static inline void store_migrate(struct store *s)
{
    CHECK(migrate_run(s->db, &(struct migrate_options){ .list = migrations_sqlite }) > 0);
}

/* In memory: for all that does not look at the file. */
static inline void store_open(struct store *s)
{
    *s = (struct store){ .path = ":memory:" };
    store_host(s);
    s->db = store_connect(s, false);
    store_migrate(s);
}

static inline void store_open_file(struct store *s)
{
    *s = (struct store){ 0 };
    store_host(s);
    store_folder(s);
    s->db = store_connect(s, false);
    store_migrate(s);
}

static inline void store_close(struct store *s)
{
    if (s->db)
        CHECK(!db_in_transaction(s->db));
    db_close(s->db);
    mac_keys_free(s->macs);
    seal_keys_free(s->keys);
    if (s->folder[0])
        store_folder_remove(s);
}

/* JOB(s, call): as the writer does it, committed when call >= 0, else undone. Its value is call's. */
static inline void store_job_begin(struct store *s)
{
    CHECK_INT(db_script(s->db, "BEGIN IMMEDIATE"), 0);
}

static inline int store_job_end(struct store *s, int err)
{
    db_reset(s->db);
    CHECK(db_in_transaction(s->db));
    CHECK_INT(db_script(s->db, err < 0 ? "ROLLBACK" : "COMMIT"), 0);
    return err;
}

#define JOB(s, call) (store_job_begin(s), store_job_end(s, call))

/* People. */

static inline int64_t store_clinic(struct store *s, const char *name)
{
    int64_t clinic = 0;

    CHECK_INT(JOB(s, store_clinic_add(s->db, name, "Asia/Shanghai", "CNY", &clinic)), 0);
    return clinic;
}

static inline struct store_user store_doctor(struct store *s, int64_t clinic, const char *login)
{
    const struct user_new new = { .role = "doctor", .login = login, .name = login, .clinic = clinic,
                                  .password_hash = "-" };
    struct store_user user = { 0 };

    CHECK_INT(JOB(s, store_user_add(s->db, &new, &user)), 0);
    return user;
}

static inline struct store_user store_patient(struct store *s, const char *login)
{
    const struct user_new new = { .role = "patient", .login = login, .name = login };
    struct store_user user = { 0 };

    CHECK_INT(JOB(s, store_user_add(s->db, &new, &user)), 0);
    return user;
}

/* What they do. Returns internal ids. */

static inline int64_t store_number(struct store *s, const char *sql, struct db_args args)
{
    int64_t number = -1;

    CHECK_INT(db_int(s->db, &number, sql, args), 0);
    return number;
}

static inline int64_t store_start(struct store *s, int64_t patient, const char *doctor, const char *client_id)
{
    const struct consult_new new = { .user = patient, .doctor = doctor, .text = "hello",
                                     .client_id = client_id };
    json_t *consult = NULL, *message = NULL;
    int64_t id;

    CHECK_INT(JOB(s, store_consult_start(s->db, &new, &consult, &message)), 1);
    id = store_number(s, "SELECT id FROM consultation WHERE public_id = $1",
                      ARGS(TEXT(json_string_value(json_object_get(consult, "id")))));
    json_decref(consult);
    json_decref(message);
    return id;
}

static inline int store_say(struct store *s, int64_t consult, int64_t user, const char *client_id,
                            const char *text)
{
    const struct message_new new = { .client_id = client_id, .text = text };
    json_t *message = NULL;
    int err = JOB(s, store_message_add(s->db, consult, user, &new, &message));

    json_decref(message);
    return err;
}

static inline int store_move(struct store *s, int64_t consult, const char *state)
{
    json_t *now = NULL;
    int err = JOB(s, store_consult_move(s->db, consult, state, &now));

    json_decref(now);
    return err;
}

/* JSON by a path with dots: items.0.sender.id */
static inline json_t *json_at(json_t *json, const char *path)
{
    char name[32];
    size_t size;

    for (; *path && json; path += size + (path[size] == '.')) {
        size = strcspn(path, ".");
        CHECK(size < sizeof name);
        snprintf(name, sizeof name, "%.*s", (int)size, path);
        json = json_is_array(json) ? json_array_get(json, (size_t)strtoul(name, NULL, 10))
                                   : json_object_get(json, name);
    }
    return json;
}

static inline const char *text_at(json_t *json, const char *path)
{
    const char *text = json_string_value(json_at(json, path));

    return text ? text : "(none)";
}

static inline int64_t int_at(json_t *json, const char *path)
{
    CHECK(json_is_integer(json_at(json, path)));
    return json_integer_value(json_at(json, path));
}

/* The names of an object, in order, with spaces between: a leaf too many is noticed. */
static inline void check_keys(json_t *object, const char *want)
{
    char have[256] = "";
    size_t at = 0;
    const char *key;
    json_t *value;

    json_object_foreach(object, key, value)
        at += (size_t)snprintf(have + at, sizeof have - at, "%s%s", at ? " " : "", key);
    CHECK_STR(have, want);
}

#endif
