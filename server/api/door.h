/* door.h - the inside of the machinery, for its own files only: action, effects, input, rest, live, api. */
#ifndef DOOR_H
#define DOOR_H

#include "action.h"
#include "api.h"
#include "auth/token.h"
#include "net/sio_http.h"
#include "net/limiter.h"
#include "net/router.h"
#include "net/timer.h"
#include "newcomers.h"
#include "presence.h"
#include "socketio.h"
#include "storage/store_consult.h"
#include "storage/store_file.h"
#include "storage/store_appointment.h"
#include "storage/store_prescription.h"
#include "storage/store_session.h"
#include "storage/store_user.h"
#include "storage/worker.h"
#include "zones.h"

enum { PARAMS_MAX = 16, ROOM_SIZE = 96, REQUEST_ID_SIZE = 24, TAG_SIZE = 40, HEADS_MAX = 8 };
enum { PRESCRIPTION_CODES_MAX = 30 };           /* looked at by an address in a minute                */

struct api {
    struct api_parts        parts;
    struct sio_namespace   *live;
    struct sio_handlers     handlers;
    struct sio_event       *events;             /* of all tables, for the library                    */
    struct router          *router;
    struct presence        *presence;
    struct newcomers       *newcomers;
    struct zones           *zones;
    struct limiter         *login_accounts, *login_addresses, *signals, *device_checks, *canvas_cursors;
    struct limiter         *codes;              /* of prescriptions, at a counter                    */
    struct limiter         *canvas_events;      /* the writer's                                      */
    char                   *turn_secret;        /* NULL: media is not relayed                        */
    bool                    calls_recovered;    /* the writer's                                      */
    char                   *jwks;
    struct oidc            *oidc;               /* the account centers; NULL: none                   */
    struct jobs            *jobs;
    struct audit_heads     *audit_heads;        /* NULL: no head is kept                             */
    const struct payment_provider *provider;    /* NULL: nothing is paid here                        */
    char                   *payment_secret, *base_url;
    bool                    outbox_recovered;   /* the writer's                                      */
    int64_t                 attended_utc, attended_ms;  /* of waiting.c: its last look at who is here */
    int64_t                 recheck_utc;        /* of recheck.c: when it looks again                 */
    json_t                 *lines;              /* of queue.c, for the writer                        */
    size_t                  under_way;          /* actions                                           */
    bool                    draining;
};

enum effect_kind { EFFECT_PUBLISH, EFFECT_JOIN, EFFECT_LEAVE, EFFECT_RENEW, EFFECT_CUT, EFFECT_SEND,
                   EFFECT_LEG_HOLD, EFFECT_LEG_DROP, EFFECT_OUT };
struct effect {
    enum effect_kind kind;
    bool    but_self;                           /* PUBLISH: not to the asking socket                 */
    int64_t expires_utc;                        /* RENEW                                             */
    char   *event, *text;                       /* PUBLISH; SEND: topic and body                     */
    int64_t entry;                              /* SEND: of the outbox                               */
    char   *object;                             /* PUBLISH: said once of it; or NULL. OUT: whose room */
    struct effect *next;
    char    room[ROOM_SIZE];                    /* all but RENEW, SEND                               */
};

struct param { char *name, *value; };

struct reauth { const char *password; struct user_secret secret; };     /* lent from the input        */

struct action {
    struct job   job;                           /* first: the worker's link                          */
    struct api  *api;
    const char  *name;                          /* of the door, for the log                          */
    enum may     may;
    unsigned     flags;
    struct step  single[2];
    const struct step *step;
    bool         again, moved;                  /* a reader's step must run on the writer; it does   */
    bool         enough;                        /* no steps are needed any more                      */

    bool                  logged_in, admitted;
    struct token_access   who;
    struct store_session  session;              /* found by `admitted`                               */
    struct consult_access access;
    struct doctor_access  doctor;               /* with MAY_…_DOCTOR                                 */
    struct file_row       file;                 /* with MAY_…_FILE                                   */
    struct prescription_access prescription;    /* with MAY_REVIEW, MAY_…_PRESCRIPTION               */
    int64_t               patient;              /* with MAY_SEE_PATIENT                              */
    struct appointment_access appointment;      /* with MAY_…_APPOINTMENT, MAY_ATTEND                */
    char                  consult_id[64], object_id[64];        /* a consult; another object         */
    char                  denied[64];                           /* an object he may not see; or ""   */
    char                  clinic_id[DB_ID_SIZE];                /* whose board a desk hears; connecting     */
    char                  address[64], request_id[REQUEST_ID_SIZE];

    char        *input_text;                    /* as it came, or NULL                               */
    size_t       input_size;
    struct param params[PARAMS_MAX];            /* of the path and the query                         */
    int          params_count;
    json_t      *input;                         /* parsed, on the first step's thread                */
    json_t      *taken;                         /* texts taken out of it, and what action_keep() took */
    char        *cookie_in, *cookie_out;
    char        *key;                           /* of KEYED, or NULL                                 */
    unsigned char key_hash[32];

    json_t      *answer;
    void        *body;                          /* of TUS: bytes as they came, or NULL               */
    size_t       body_size;
    char        *range, *if_range;              /* of RANGED, or NULL                                */
    struct { const char *name; char *value; } heads[HEADS_MAX];        /* of the answer              */
    int          heads_count;
    size_t       answer_size;                   /* of bytes, with answer_status                      */
    int          answer_status;                 /* 0: as usual                                       */
    int64_t      more_from, more_count;         /* of the file, behind the bytes                     */
    char        *answer_text, *detail;
    const char  *answer_type;                   /* NULL: JSON                                        */
    char         tag[TAG_SIZE], *none_match;    /* of CACHED: the answer's; and RANGED: the asker's  */
    json_t      *explained;                     /* members of the error, beside its code             */
    int64_t      version;                       /* of the answer, for ETag; -1: it has none          */
    int          refused;
    struct effect *effects, **effects_end;

    bool         live, connecting;
    bool         clockwork;                     /* nobody asked: jobs.c, outbox.c                    */
    void       (*finished)(struct action *, int err);   /* of a clockwork: instead of an answer      */
    int64_t      due_utc;                       /* it left work for the clock then; 0: none          */
    struct sio_http_ticket ticket;              /* REST                                           */
    struct sio_ack ack;                         /* live                                              */
    char         socket[32];

    void        *own;
    size_t       own_size;
    struct reauth *reauth;                      /* of reauth.c, between its steps; or NULL           */
};

/* action.c */
struct action *action_new(struct api *, const char *name, enum may, unsigned flags);
void action_param(struct action *, const char *name, const char *value);
void action_start(struct action *, action_fn *run, const struct step *steps);  /* answers and frees, later */
void action_drop(struct action *);              /* one that was never started                        */

/* look.c: the first look leaves a row; a reader's step then comes again, on the writer. */
int  look_leave_row(struct action *, struct db *);
/* He may not see this object: a row, once the action has ended, for what it did is undone. */
void look_denied(struct action *, const char *object);
void look_note_denied(const struct action *);

/* oidc_code.c: of a login under way at an account center. Lax, for it is the center that sends him back. */
#define FLOW_COOKIE "__Host-oidc"

/* jobs.c */
struct jobs *jobs_new(struct api *);            /* the first round comes with the loop               */
void jobs_free(struct jobs *);                  /* NULL is fine                                      */
void jobs_due(struct jobs *, int64_t due_utc);  /* there is something to do then                     */
void jobs_soon(struct jobs *);                  /* …, for all who say so within a moment, once       */

/* outbox.c, on the loop */
void outbox_send(struct api *, int64_t entry, const char *topic, const char *body);

/* payments.c: the provider by the configuration, its secret, and where it reaches us. */
int payments_open(struct api *);
/* A request of the provider's own? -EACCES. */
int payments_signed(const struct api *, const struct sio_http_request *);

/* idempotency.c: around the function of a KEYED row. begin: 1 it has its answer already, 0 go on. */
int idempotency_begin(struct action *, struct db *);
int idempotency_end(struct action *, struct db *);

/* call_ice.c: the secret shared with the TURN server. */
int call_secret_open(struct api *);

/* effects.c */
void action_effects_apply(struct action *);     /* all, in order; then there are none                */
void action_effects_drop(struct action *);
bool action_joins(const struct action *);

/* download.c: the bytes of the answer, and behind them the rest of its file. */
void download_reply(const struct action *, const struct ws_header *headers);

/* rest.c, live.c: the doors give the answer. */
void rest_answer(struct action *, int err);
int  rest_build(struct api *);                  /* the router, from tables.c                         */
void live_answer(struct action *, int err);
void live_build(struct api *);
int  live_join(struct action *);                /* before the answer: 0, or why it cannot be in the room */
void live_leave(struct api *, const char *socket, const char *room);
void live_out(struct api *, const char *user_room, const char *room);    /* all sockets of a user */
void live_relay(struct api *, const struct sio_call *, const struct live_event *);   /* IN_ROOM, IN_CALL */
void live_leg_hold(struct api *, const char *socket, const char *room);
void live_renew(const struct action *, int64_t expires_utc);      /* and whose board it hears */
void live_presence_changed(void *api, const char *consult, const char *user, bool online);

struct live_member {                            /* a socket that is logged in                        */
    struct api   *api;
    char          user[64], session[64], role[16], socket[32];
    char          board[ROOM_SIZE];             /* the room of the desk's board; "": none            */
    struct timer *ends;                         /* with its token                                    */
    int           jobs;                         /* requests under way                                */
    bool          entered;                      /* counts as present                                 */
};

/* live_login.c: a socket brings its token. */
void live_login(struct sio_socket *, struct sio_args auth);
struct api *live_api(const struct sio_socket *);
void live_reject(struct sio_socket *, int err, const char *request_id);

/* live_board.c: into a->clinic_id, whose desk the asker is just now; "" nobody's. Then that board's room, no
 * other. */
int live_board_find(struct action *, struct db *);
int live_board_join(struct live_member *, struct sio_socket *, const char *clinic);

/* A text of {"code", "message", "requestId"}: what acks and connect errors carry. */
json_t *error_json(int err, const char *request_id, json_t *explained);     /* explained: lent, or NULL */
void room_name(char room[ROOM_SIZE], const char *kind, const char *id); /* "consult", "user", "session" */
bool leg_room_name(char room[ROOM_SIZE], const char *consult, const char *leg); /* false: too long */
void request_id_make(char id[REQUEST_ID_SIZE]);
int  token_check(const struct api *, const char *text, size_t size, struct token_access *ret_who);

/* tables.c */
extern const struct route *const route_tables[];         /* ends with NULL                            */
extern const struct live_event *const event_tables[];
extern const char *const published_events[];              /* all that is ever said to a client        */

#endif
