/* sio_pair.h - two servers and an adapter between them.
 *
 * It is what a Redis peer would be, with a wire in memory: messages are copied whole, wait in line, and act
 * on the other node with SIO_LOCAL. */
#ifndef SIO_PAIR_H
#define SIO_PAIR_H

#include "sio_fixture.h"

enum { CROWD = 2, NAMES_MAX = 4, WIRE_MAX = 64 };
enum kind { BROADCAST, JOIN, DISCONNECT, ROOM, FETCH, FETCHED, REPORT, ANSWER };

struct wire {                                   /* a message between the nodes                      */
    enum kind       kind;
    char            namespace[32], rooms[NAMES_MAX][32], except[NAMES_MAX][32], word[64];
    bool            everybody, yes;             /* no rooms named; in, close, exists or last        */
    unsigned        flags;
    uint64_t        ask;
    int             number;                     /* time-out or clients                              */
    unsigned char   text[128], binary[2][32];
    size_t          text_size;
    struct ws_bytes parts[2];
    int             binary_count;
};

struct node {
    struct world         w;
    struct sio_namespace *ns, *custom;
    struct peer         *p[CROWD];
    char                 id[CROWD][64];
    struct node         *other;
    struct wire         *in[WIRE_MAX];          /* what waits for it                                */
    int                  in_size, sent;
};
struct pair { struct node n[2]; };

static inline void copy_names(char to[NAMES_MAX][32], const char *const *names)
{
    int count = 0;

    for (; names != NULL && *names != NULL; names++) {
        CHECK(count < NAMES_MAX - 1);
        (void)snprintf(to[count++], 32, "%s", *names);
    }
}

static inline struct wire *wire_new(struct node *from, enum kind kind, const struct sio_namespace *ns,
                                    const struct sio_to *to)
{
    struct wire *m = calloc(1, sizeof *m);

    CHECK(m != NULL && from->other->in_size < WIRE_MAX);
    m->kind = kind;
    from->sent++;
    from->other->in[from->other->in_size++] = m;
    if (ns != NULL)
        (void)snprintf(m->namespace, sizeof m->namespace, "%s", sio_namespace_name(ns));
    if (to == NULL)
        return m;
    m->everybody = to->rooms == NULL;
    m->flags = to->flags;
    copy_names(m->rooms, to->rooms);
    copy_names(m->except, to->except);
    return m;
}

static inline void copy_args(struct wire *m, struct sio_args args)
{
    CHECK(args.take == NULL);                   /* printed once, for the other nodes too            */
    CHECK(args.text.size <= sizeof m->text && args.binary_count <= 2);
    if (args.text.size > 0)
        memcpy(m->text, args.text.at, args.text.size);
    m->text_size = args.text.size;
    m->binary_count = args.binary_count;
    for (int i = 0; i < args.binary_count; i++) {
        CHECK(args.binary[i].size <= sizeof m->binary[i]);
        memcpy(m->binary[i], args.binary[i].at, args.binary[i].size);
        m->parts[i] = (struct ws_bytes){ m->binary[i], args.binary[i].size };
    }
}

/* The sending side. */

static inline void tell_broadcast(void *data, struct sio_namespace *ns, const struct sio_to *to,
                                  const char *event, struct sio_args args, uint64_t ask, int timeout_ms)
{
    struct wire *m = wire_new(data, BROADCAST, ns, to);

    CHECK(!(to->flags & SIO_LOCAL));
    (void)snprintf(m->word, sizeof m->word, "%s", event);
    copy_args(m, args);
    m->ask = ask;
    m->number = timeout_ms;
}

static inline void tell_join(void *data, struct sio_namespace *ns, const struct sio_to *to, const char *room,
                             bool in)
{
    struct wire *m = wire_new(data, JOIN, ns, to);

    (void)snprintf(m->word, sizeof m->word, "%s", room);
    m->yes = in;
}

static inline void tell_disconnect(void *data, struct sio_namespace *ns, const struct sio_to *to, bool close)
{
    wire_new(data, DISCONNECT, ns, to)->yes = close;
}

static inline void tell_room(void *data, struct sio_namespace *ns, const char *room, bool exists)
{
    struct wire *m = wire_new(data, ROOM, ns, NULL);

    (void)snprintf(m->word, sizeof m->word, "%s", room);
    m->yes = exists;
}

static const struct sio_adapter adapter = { tell_broadcast, tell_join, tell_disconnect, tell_room };

/* The receiving side. */

struct foreign { struct node *node; uint64_t ask; };            /* a question of the other node     */

static inline void on_foreign_answer(void *data, int error, bool last, struct sio_args args)
{
    struct foreign *f = data;
    struct wire *m;

    if (last) {
        free(f);
        return;
    }
    m = wire_new(f->node, error == 0 ? ANSWER : REPORT, NULL, NULL);
    m->ask = f->ask;
    m->number = -1;
    copy_args(m, args);
}

static inline void ask_here(struct node *n, struct sio_namespace *ns, struct sio_to to, const struct wire *m,
                            struct sio_args args)
{
    struct foreign *f = malloc(sizeof *f);
    struct wire *report = wire_new(n, REPORT, NULL, NULL);

    CHECK(f != NULL);
    *f = (struct foreign){ n, m->ask };
    report->ask = m->ask;
    report->number = sio_broadcast_ask(ns, to, m->word, args, m->number, on_foreign_answer, f);
    CHECK(report->number >= 0);
    report->yes = true;                         /* there is no third node                           */
}

static inline void note_id(struct sio_socket *s, void *data)
{
    struct wire *m = wire_new(data, FETCHED, sio_namespace(s), NULL);

    (void)snprintf(m->word, sizeof m->word, "%s", sio_id(s));
}

static inline void act(struct node *n, const struct wire *m)
{
    const char *rooms[NAMES_MAX] = { NULL }, *except[NAMES_MAX] = { NULL };
    struct sio_namespace *ns = strcmp(m->namespace, "/custom") == 0 ? n->custom : n->ns;
    struct sio_args args = { .text = { m->text, m->text_size }, .binary = m->parts,
                             .binary_count = m->binary_count };
    struct sio_to to = { .rooms = m->everybody ? NULL : rooms, .except = except,
                         .flags = m->flags | SIO_LOCAL };

    for (int i = 0; i < NAMES_MAX - 1; i++) {
        rooms[i] = m->rooms[i][0] != '\0' ? m->rooms[i] : NULL;
        except[i] = m->except[i][0] != '\0' ? m->except[i] : NULL;
    }
    switch (m->kind) {
    case BROADCAST:
        if (m->ask != 0)
            ask_here(n, ns, to, m, args);
        else
            CHECK(sio_broadcast(ns, to, m->word, args) >= 0);
        break;
    case JOIN:       sio_join_all(ns, to, m->word, m->yes); break;
    case DISCONNECT: sio_disconnect_all(ns, to, m->yes); break;
    case ROOM:       world_note(&n->w, "room %s %s %d\n", m->namespace, m->word, m->yes); break;
    case FETCH:      CHECK(sio_each(ns, to, note_id, n) >= 0); break;
    case FETCHED:    world_note(&n->w, "fetched %s\n", m->word); break;
    case REPORT:     sio_asked(n->w.io, m->ask, m->number, m->yes); break;
    case ANSWER:     sio_answered(n->w.io, m->ask, args); break;
    }
}

/* Delivers until the line is empty. */
static inline void pump(struct pair *t)
{
    for (bool any = true; any;) {
        any = false;
        for (int i = 0; i < 2; i++) {
            struct node *n = &t->n[i];

            while (n->in_size > 0) {
                struct wire *m = n->in[0];

                memmove(n->in, n->in + 1, (size_t)--n->in_size * sizeof *n->in);
                act(n, m);
                free(m);
                any = true;
            }
            world_turn(&n->w);
        }
    }
}

static inline void pair_init(struct pair *t)
{
    for (int i = 0; i < 2; i++) {
        struct node *n = &t->n[i];

        *n = (struct node){ .other = &t->n[!i] };
        world_init(&n->w, (uint64_t)i + 1);
        world_server(&n->w, NULL, NULL);
        n->ns = sio_namespace_add(n->w.io, "/", &app_handlers);
        n->custom = sio_namespace_add(n->w.io, "/custom", &app_handlers);
        sio_server_adapt(n->w.io, &adapter, n);
    }
    for (int i = 0; i < 2; i++)
        for (int k = 0; k < CROWD; k++)
            t->n[i].p[k] = app_joined(&t->n[i].w, t->n[i].id[k]);
}

static inline void pair_finish(struct pair *t)
{
    for (int i = 0; i < 2; i++)
        sio_server_adapt(t->n[i].w.io, NULL, NULL);
    for (int i = 0; i < 2; i++) {
        world_finish(&t->n[i].w);
        for (int k = 0; k < t->n[i].in_size; k++)
            free(t->n[i].in[k]);
    }
}

static inline struct sio_socket *of(struct pair *t, int node, int client)
{
    return sio_find(t->n[node].ns, t->n[node].id[client]);
}

#endif
