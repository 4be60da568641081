/* store_family.h - for whom an account acts.
 *
 * FamilyMember { id, name, relation, birthDate?, verifiedAt? }      relation: self child parent spouse other
 * Another name or birth date is to be verified anew. */
#ifndef STORAGE_STORE_FAMILY_H
#define STORAGE_STORE_FAMILY_H

#include "storage/db.h"

enum { STORE_FAMILY_MAX = 10 };

struct family_member { const char *name, *relation, *birth_date; };     /* name: of self NULL          */

/* [FamilyMember], himself first. */
int store_family_list(struct db *db, int64_t account, json_t **ret_members);
/* -EMSGSIZE: STORE_FAMILY_MAX are there. -EINVAL: the relation. A child's guardian is the account's own. */
int store_family_add(struct db *db, int64_t account, const struct family_member *member, json_t **ret_member);
/* -ENOENT: not of this account. -EPERM: himself stays himself. */
int store_family_set(struct db *db, int64_t account, const char *patient, const struct family_member *member,
                     json_t **ret_member);
int store_family_remove(struct db *db, int64_t account, const char *patient);

#endif
