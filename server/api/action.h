/* action.h - what the product does: one function for REST and for Socket.IO, in a transaction.
 *
 * A resource file holds such functions and two tables of doors, routes[] and events[]. The machinery does
 * the rest: who asks (token), what (path, query, body or event argument), may he (policy, in the database),
 * the function in a savepoint of the writing thread, and after the commit, on the loop, its effects in
 * commit order: the own answer first, then what it publishes. If the asker has left, the answer is dropped,
 * the work stands. A function returns 0 or a negative errno (status.h); then it changed nothing and
 * published nothing. */
#ifndef ACTION_H
#define ACTION_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "auth/policy.h"
#include "storage/db.h"

struct action;
struct api;
struct appointment_access;
struct prescription_access;
struct store_user;
struct doctor_access;
struct sio_http_request;
struct live_member;
struct sio_socket;

typedef int action_fn(struct action *a, struct db *db);         /* db is NULL in the pool and on the loop */

/* Work in several places, one after the other: a login reads, hashes in the pool, then writes. AWAITED is
 * on the loop and may return -EINPROGRESS: then somebody calls action_resume(), once, later. */
enum where { STEP_END, ON_WRITER, ON_READER, IN_POOL, IN_FILE_POOL, ON_LOOP, AWAITED };
struct step { enum where where; action_fn *run; };
void action_resume(struct action *, int err);   /* the result of the step that waited                */

enum {
    READ    = 1 << 0,                           /* on the reading thread; must not change anything   */
    VIEW    = 1 << 1,                           /* of somebody, or of many: the first look leaves a row */
    CREATED = 1 << 2,                           /* REST answers 201                                  */
    BY_FORM_NEVER = 1 << 3,                     /* uses the cookie, so it wants X-Requested-With     */
    KEYED   = 1 << 4,                           /* wants Idempotency-Key: a retry gets the first answer */
    VERSIONED = 1 << 5,                         /* ETag is the answer's version, If-Match the input's  */
    SIGNED  = 1 << 6,                           /* a server asks: Payment-Signature instead of a token */
    TUS     = 1 << 8,                           /* tus 1.0: its header fields are input; a body is bytes */
    RANGED  = 1 << 9,                           /* Range is heard                                    */
    CACHED  = 1 << 7,                           /* ETag is of the answer's text; If-None-Match: 304  */
    FORM    = 1 << 10,                          /* the body is application/x-www-form-urlencoded     */
    FLOW    = 1 << 11,                          /* hears the cookie of a login under way             */
};

/* The doors. A row ends the table when its name is NULL. */
struct route {
    const char *method, *path;                  /* "POST", "/api/v1/things/{thing}"                  */
    action_fn  *run;                            /* one step on the writer, or on the reader with READ */
    enum may    may;
    unsigned    flags;
    const struct step *steps;                   /* instead of run                                    */
    /* Instead of run: at once, on the loop. */
    void      (*here)(struct api *, const struct sio_http_request *);
};
struct live_event {
    const char *name;
    action_fn  *run;
    enum may    may;
    /* Instead of run, with IN_ROOM or IN_CALL: on the loop, no database, no answer. */
    void      (*relay)(struct api *, struct sio_socket *, const struct live_member *, const char *consult,
                       json_t *input);
};

/* ALL: the asking socket hears it too. BOARD: the desk of a clinic, by the clinic's public id. */
enum publish { TO_CONSULT, TO_USER, TO_CONSULT_ALL, TO_USER_ALL, TO_BOARD };

/* Before the work, ON_WRITER, in a list of steps: who asks says his password again, as `password` in the
 * body, or has confirmed at his account center within five minutes. 400: it is missing; 403 forbidden, why
 * password-none: he has none, let him confirm; why password-wrong; 429: too often, by the limits of logging
 * in. The work is admitted anew. Not KEYED: a hash of the request would be one of the password. */
action_fn reauth_begin, reauth_gate, reauth_verify, reauth_forgive;
#define REAUTH_STEPS { ON_READER, reauth_begin }, { ON_LOOP, reauth_gate }, { IN_POOL, reauth_verify }, \
                     { ON_LOOP, reauth_forgive }

/* What the asker is. */
int64_t     action_user(const struct action *);         /* 0: not logged in                          */
const char *action_user_id(const struct action *);      /* "usr_…", "" without login                 */
const char *action_session_id(const struct action *);
int64_t     action_consult(const struct action *);      /* the row the permission looked up          */
const char *action_consult_id(const struct action *);
const char *action_consult_state(const struct action *);        /* when it was looked up             */
const char *action_address(const struct action *);
const char *action_cookie(const struct action *);       /* the refresh token that came, or NULL; with FLOW
                                                         * the login under way                       */
const struct store_user *action_who(const struct action *);    /* the row; zero without login         */
const char *action_role(const struct action *);
int64_t     action_clinic(const struct action *);       /* he works for; 0: none                     */
const struct doctor_access *action_doctor(const struct action *);      /* with MAY_…_DOCTOR          */
const struct appointment_access *action_appointment(const struct action *);    /* with MAY_…_APPOINTMENT */
const struct prescription_access *action_prescription(const struct action *);  /* with …_PRESCRIPTION */
struct api *action_api(const struct action *);

/* The input by jansson's unpack format; end the format with "!" so that unknown members are refused. A path
 * parameter {consult} or the event's `consult` is not in it: see action_consult_id(). -EINVAL. */
int action_unpack(struct action *, const char *format, ...);
/* Member by member, each taken out of the input; then action_end_input() finds nothing left, or -EINVAL.
 * A number of the query ("after=5") or of the body: `preset` when it is not there. A text: NULL. */
int action_take_int(struct action *, const char *name, int64_t min, int64_t max, int64_t preset,
                    int64_t *ret_value);
int action_take_text(struct action *, const char *name, size_t size_max, const char **ret_text);
int action_take_bool(struct action *, const char *name, bool *ret_value);       /* false when not there */
/* "2026-11-24T09:30:00Z": an instant; `preset` when it is not there. */
int action_take_time(struct action *, const char *name, int64_t preset, int64_t *ret_utc);
int action_end_input(struct action *);
/* What of the input is wrong, for people; the first one stands. Returns -EINVAL. */
int action_mind(struct action *, const char *detail);

/* Results. Each takes or copies what it is given; all are dropped when the function fails. */
int  action_answer(struct action *, json_t *take);      /* an object; NULL is -ENOMEM                 */
/* Instead: a text of another type than JSON, over REST. Takes `take`; `type` is a literal. */
int  action_answer_text(struct action *, const char *type, char *take);
/* Instead: bytes, over REST, with this status; none with 304. Takes `take`; `type` is a literal. */
void action_answer_bytes(struct action *, const char *type, unsigned char *take, size_t size, int status);
/* Behind them: these of the file that the permission found, read as they are sent. */
void action_answer_more(struct action *, int64_t from, int64_t count);
/* Instead: 302 to there. */
void action_redirect(struct action *, const char *location);
/* A header field of the answer, of a refusal too; `name` is a literal. */
void action_head(struct action *, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
int  action_publish(struct action *, enum publish, const char *id, const char *event, const json_t *body);
/* The same, about `object`: what was to be said to them of it before is not said, only this. */
int  action_publish_last(struct action *, enum publish, const char *id, const char *object, const char *event,
                         const json_t *body);
void action_join(struct action *);                      /* the asking socket, into the consult's room */
void action_leave(struct action *);
void action_out(struct action *, const char *user);     /* all of a user's sockets, by his public id  */
void action_renew(struct action *, int64_t expires_utc);        /* the asking socket's token          */
void action_cut(struct action *, const char *session);  /* all sockets of a session                  */
void action_cut_user(struct action *, const char *user);        /* of a user, by his public id        */
/* The asking socket speaks for this leg of the consult's call, and nobody else does; nobody any more. */
void action_leg_hold(struct action *, const char *leg);
void action_leg_drop(struct action *, const char *consult, const char *leg);
void action_set_cookie(struct action *, const char *refresh_token, int64_t life_s);     /* "" ends it */
/* The work is kept, but the answer is this error (a stolen token is revoked, and refused). */
void action_refuse(struct action *, int err);

/* A member of the error that follows, beside its code: what may be done instead. Takes `take`. */
int  action_explain(struct action *, const char *name, json_t *take);

/* The steps behind this one are not needed. */
void action_enough(struct action *);

/* After the commit, an entry of the outbox to whom it is for (outbox.c). */
void action_send(struct action *, int64_t entry, const char *topic, const char *body);

/* It left something that the clock must do then (jobs.c). */
void action_due(struct action *, int64_t due_utc);

/* State of one's own between the steps of an action: zeroed, wiped and freed at its end. */
void *action_own(struct action *, size_t size);
/* Takes a reference and holds it to the action's end, so that the next steps may borrow it. -ENOMEM. */
int   action_keep(struct action *, json_t *take);

#endif
