/* store_guest.h - guests of a consult's calls: each is a user of role guest, made with his link. */
#ifndef STORAGE_STORE_GUEST_H
#define STORAGE_STORE_GUEST_H

#include "storage/store_consult.h"

struct guest_new {
    int64_t     consult, by;
    const char *name, *relation;                /* relative, interpreter                              */
    const unsigned char *token_hash;            /* 32 bytes                                           */
    int64_t     life_s;                         /* of the link                                        */
};
int store_guest_add(struct db *db, const struct guest_new *guest);
int store_guest_count(struct db *db, int64_t consult, int64_t *ret_count);      /* and good links */

struct guest_used { int64_t user; char consult_id[DB_ID_SIZE]; };
/* The link is used up. -EACCES: unknown, used, too late, or the consult is over. */
int store_guest_use(struct db *db, const unsigned char token_hash[32], struct guest_used *ret_guest);
/* As store_consult_access(): -ENOENT: he is no guest there (any more). */
int store_guest_access(struct db *db, const char *consult, int64_t user, struct consult_access *ret_access);
/* With the end of the consult: [{ id }], public ids; their sessions are revoked. */
int store_guest_remove_all(struct db *db, int64_t consult, json_t **ret_users);

#endif
