/* store.h - the data folder, opened: its lock, its keys, its database brought up to date. */
#ifndef STORE_H
#define STORE_H

#include <stdbool.h>

#include "storage/db.h"

struct config;
struct mac_keys;
struct seal_keys;

struct store {
    int               lock;                     /* -1: not ours alone                                */
    struct seal_keys *keys;
    struct mac_keys  *macs;
    struct db_host    host;
    struct db        *writer, *reader;
};

/* 0, or a negative errno after a line in the log that says what to do. `alone`: the server itself, which
 * locks the folder and migrates; a command beside it does neither. */
int  store_open(struct store *, const struct config *, bool alone);
void store_close(struct store *);               /* a half-open one too                               */
void store_path(const struct config *, const char *name, char *at, size_t size);

#endif
