/* store_message.h - what was said. Bodies are sealed on the way in, opened on the way out.
 *
 * Message { id, consult, seq, sender: User, clientId, kind, text?, file?: File, card?, replyTo?,
 *           sentAt, recalledAt? } */
#ifndef STORAGE_STORE_MESSAGE_H
#define STORAGE_STORE_MESSAGE_H

#include "storage/db.h"

enum {
    MESSAGE_TEXT_MAX = 4000,                    /* code points                                        */
    MESSAGE_CARD_MAX = 16000,                   /* of its JSON                                        */
    MESSAGE_CLIENT_ID_MIN = 8,
    MESSAGE_CLIENT_ID_MAX = 64,
    MESSAGE_LIMIT_MAX = 100,
};

struct message_new {
    const char *client_id;                      /* 8-64 of [A-Za-z0-9_-]                              */
    const char *text;                           /* 1-4,000 characters                                 */
    const char *reply_to;                       /* public id in the same consult, or NULL             */
    const char *file;                           /* kinds image, voice, file: instead of a text    */
    const char *kind;                           /* NULL: "text"; "system": a code; "card": JSON       */
    bool        unseen;                         /* said for the sender: he need not have read so far  */
};
/* Adds a text with the next seq; unless `unseen`, the sender has thereby read and received all up to it.
 * 1: added. 0: a retry, *ret_message as the first time. -EINVAL: client_id, empty text, reply_to, a file that
 * is not the user's own, complete, of that kind and unsent. -EMSGSIZE: text.
 * -ESHUTDOWN: the consult is finished, and it is no card (a retry of what was sent before still gets its
 * answer). -ENOENT: no such consult. That the user takes part was checked before. */
int store_message_add(struct db *db, int64_t consult, int64_t user, const struct message_new *message,
                      json_t **ret_message);

/* The sender takes back what he said no longer than `within_s` ago; the row is kept, shown to nobody.
 * 1: now. 0: it had been. *ret_recalled { consult, id, seq, recalledAt }. -ENOENT: not in this consult.
 * -EPERM: somebody else's, or no words of his own. -ETIME: too late. -ESHUTDOWN: the consult is closed. */
int store_message_recall(struct db *db, int64_t consult, int64_t user, const char *id, int64_t within_s,
                         json_t **ret_recalled);

/* after -1, before 0: not given; limit 0: 50, at most 100. */
struct message_list { int64_t after, before; int limit; };
/* { items: [Message] ascending, more, lastSeq }. after: the first ones behind it; `more` follow. before
 * (or neither): the last ones ahead of it (of all); `more` are older. Both: the first ones between.
 * -EINVAL: below that. */
int store_message_list(struct db *db, int64_t consult, const struct message_list *list, json_t **ret_page);

int store_message_last(struct db *db, int64_t consult, json_t **ret_message);  /* -ENOENT: none yet      */

#endif
