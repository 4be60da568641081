/* store_form.h - the form of a service, in versions, and the answers to it, sealed to their series. */
#ifndef STORAGE_STORE_FORM_H
#define STORAGE_STORE_FORM_H

#include "storage/db.h"

/* The newest: { version, questions }; version 0 and none: it has no form. */
int store_form_get(struct db *db, int64_t service, json_t **ret_form);
/* Behind `version`: -ESTALE when another one is the newest. `questions` as JSON text. */
int store_form_put(struct db *db, int64_t service, int64_t version, const char *questions, int64_t by);

struct form_saved {
    int64_t version, form_version;              /* how often saved, to which form; 0: never          */
    int64_t red_flags;
    bool    complete, said;                     /* said: a card names them                           */
};
/* Of an appointment: the form its answers are to, or else the newest of its service; the answers, NULL when
 * there are none. */
int store_form_of(struct db *db, int64_t appointment, json_t **ret_form, json_t **ret_answers,
                  struct form_saved *ret_saved);
/* As `saved` says, `answers` is JSON text. The next version is in saved->version. */
int store_form_answer(struct db *db, int64_t appointment, struct form_saved *saved, const char *answers,
                      int64_t by);
int store_form_said(struct db *db, int64_t appointment);

/* In whose name its card stands in this consult. */
struct form_place { int64_t account; char consult[DB_ID_SIZE], appointment[DB_ID_SIZE]; };
int store_form_place(struct db *db, int64_t consult, struct form_place *ret_place);

#endif
