/* sim_whole_server.c - the application: it lets in, refuses and hears, asks the twin whether that is right,
 * and does something by chance. */
#include "sim_whole.h"

#include <errno.h>

static struct run *run_of(const struct sio_socket *s)
{
    return (struct run *)eio_app(sio_session(s));
}

static struct twin_client *client_of(const struct sio_socket *s)
{
    return eio_data(sio_session(s));
}

static int space_of(const struct sio_socket *s)
{
    int space = 0;

    while (strcmp(twin_spaces[space], sio_namespace_name(sio_namespace(s))) != 0)
        assert_true(++space < TWIN_SPACES);
    return space;
}

/* Words. */

void content_make(struct run *r, struct content *content)
{
    static const char *const filler[] = {
        "", "\"\"", "[1,{\"a\":null}]", "\"\xe4\xbd\xa0\xe5\xa5\xbd\"", "-1.5e3",
    };
    size_t letters = chance(r, 4) ? world_random(&r->world, 300) : 0;
    int size = snprintf(content->text, sizeof content->text, "%d", ++r->number);
    const char *more = filler[world_random(&r->world, 5)];

    if (*more != '\0')
        size += snprintf(content->text + size, CONTENT_MAX - (size_t)size, ",%s", more);
    if (letters > 0)
        size += snprintf(content->text + size, CONTENT_MAX - (size_t)size, ",\"%0*d\"", (int)letters, 7);
    content->args = SIO_NONE;
    content->args.binary = content->binary;
    content->args.binary_count = chance(r, 4) ? 1 + (int)world_random(&r->world, 2) : 0;
    for (int i = content->args.binary_count; i-- > 0;) {        /* the last one first               */
        size += snprintf(content->text + size, CONTENT_MAX - (size_t)size,
                         ",{\"_placeholder\":true,\"num\":%d}", i);
        for (size_t k = 0; k < sizeof content->bytes[i]; k++)
            content->bytes[i][k] = (unsigned char)world_random(&r->world, 256);
        content->binary[i] = (struct ws_bytes){ content->bytes[i], world_random(&r->world, 17) };
    }
    content->args.text = (struct ws_bytes){ content->text, (size_t)size };
}

const char *packet_of(struct run *r, char type, int space, long id, const char *event, struct sio_args args)
{
    struct buf *b = &r->text;
    int err;

    twin_print(b, type, space, args.binary_count, id);
    err = buf_add_text(b, "[");
    if (err == 0 && event != NULL)
        err = buf_printf(b, "\"%s\"%s", event, args.text.size > 0 ? "," : "");
    if (err == 0)
        err = buf_add(b, args.text.at, args.text.size);
    if (err == 0)
        err = buf_add_byte(b, ']');
    for (int i = 0; i < args.binary_count && err == 0; i++) {
        err = buf_add_text(b, "\n#");
        for (size_t k = 0; k < args.binary[i].size && err == 0; k++)
            err = buf_printf(b, "%02x", ((const unsigned char *)args.binary[i].at)[k]);
    }
    if (err == 0)
        err = buf_add_byte(b, '\0');
    assert_int_equal(err, 0);
    return (const char *)b->at;
}

bool whole_keeps(const struct run *r, unsigned flags)
{
    return r->twin.recovers && !(flags & SIO_VOLATILE);
}

const char *event_of(struct run *r, int space, const char *name, struct sio_args args,
                     unsigned flags)
{
    const char *packet = packet_of(r, '2', space, TWIN_NO_ID, name, args);
    size_t size = strcspn(packet, "\n");

    if (!whole_keeps(r, flags))
        return packet;
    assert_int_equal(buf_add_byte(&r->text, '\0'), 0);
    memmove(r->text.at + size + 1, r->text.at + size, r->text.size - size - 1);
    r->text.at[size] = '\t';
    return (const char *)r->text.at;
}

/* One that is not an event: its head and what stands behind. */
static const char *plain(struct run *r, char type, int space, struct ws_bytes rest)
{
    twin_print(&r->text, type, space, 0, TWIN_NO_ID);
    assert_int_equal(buf_add(&r->text, rest.at, rest.size), 0);
    assert_int_equal(buf_add_byte(&r->text, '\0'), 0);
    return (const char *)r->text.at;
}

enum twin_duty whole_duty(struct run *r, const struct twin_client *c, unsigned flags)
{
    const struct sim_client *client = &r->clients[c - r->twin.clients];

    if (!(flags & SIO_VOLATILE))
        return TWIN_MUST;
    if (c->websocket)
        return client->slow ? TWIN_MAY : TWIN_MUST;
    return client->get != NULL && client->get->request != NULL ? TWIN_MUST : TWIN_NEVER;
}

bool whole_choose(struct run *r, struct target *t)
{
    t->client = &r->twin.clients[world_random(&r->world, TWIN_CLIENTS)];
    t->twin = &t->client->sockets[world_random(&r->world, TWIN_SOCKETS)];
    for (int i = 0; i < TWIN_SOCKETS && t->twin->state != TWIN_PENDING && t->twin->state != TWIN_JOINED; i++)
        t->twin = &t->client->sockets[i];
    if (t->twin->state != TWIN_PENDING && t->twin->state != TWIN_JOINED)
        return false;
    t->socket = sio_find(t->twin->ns, t->twin->id);
    assert_non_null(t->socket);
    return true;
}

/* Coming and going. */

static void accept_one(struct run *r, struct target *t)
{
    int err = sio_accept(t->socket, NULL);
    char json[64];

    if (t->twin->unsure && !sio_recovered(t->socket))
        t->twin->recovered = false;
    if (t->twin->state == TWIN_PENDING)
        twin_renews(t->client, t->twin);
    assert_int_equal(err, t->twin->state == TWIN_JOINED ? -EALREADY : is_up(t->client) ? 0 : -ENOTCONN);
    if (err != 0)
        return;
    (void)snprintf(json, sizeof json, "{\"sid\":\"%s\"}", t->twin->id);
    twin_says(t->client, TWIN_MUST, plain(r, '0', t->twin->space, (struct ws_bytes){ json, strlen(json) }));
    for (size_t at = 0; at < t->twin->log.size; at += strlen((const char *)t->twin->log.at + at) + 1)
        twin_says(t->client, TWIN_MUST, (const char *)t->twin->log.at + at);
    assert_int_equal(sio_recovered(t->socket), t->twin->recovered);
    t->twin->state = TWIN_JOINED;
    t->twin->accepted = true;
    t->client->joining_ms = -1;
}

static void refuse_one(struct run *r, struct target *t)
{
    const struct ws_bytes refusal = WS_LITERAL("{\"message\":\"no\",\"data\":{\"n\":1}}");

    sio_reject(t->socket, "no", SIO_TEXT("{\"n\":1}"));
    if (t->twin->state != TWIN_PENDING)
        return;
    twin_says(t->client, TWIN_MUST, plain(r, '4', t->twin->space, refusal));
    twin_leaves(t->twin, "");
}

static void decide(struct run *r, struct target *t)
{
    if (chance(r, 5))
        refuse_one(r, t);
    else
        accept_one(r, t);
}

void whole_decide(struct run *r, bool all)
{
    for (int i = 0; i < TWIN_CLIENTS; i++)
        for (int k = 0; k < TWIN_SOCKETS; k++) {
            struct target t = { &r->twin.clients[i], &r->twin.clients[i].sockets[k], NULL };

            if (t.twin->state != TWIN_PENDING)
                continue;
            t.socket = sio_find(t.twin->ns, t.twin->id);
            if (all)
                accept_one(r, &t);
            else if (chance(r, 3))
                decide(r, &t);
        }
}

static void show_out(struct run *r, struct twin_client *c, struct twin_socket *s)
{
    if (s->state == TWIN_PENDING)
        twin_says(c, TWIN_MUST, plain(r, '4', s->space, WS_LITERAL("{\"message\":\"disconnected\"}")));
    else if (s->state == TWIN_JOINED)
        twin_says(c, TWIN_MUST, plain(r, '1', s->space, WS_LITERAL("")));
    twin_leaves(s, "server namespace disconnect");
}

/* He himself, then the others from the oldest on. */
void whole_leaves(struct run *r, struct target *t, bool close)
{
    struct twin_client *c = t->client;
    struct twin_socket *next = t->twin;

    for (; next != NULL; next = close ? twin_oldest(c) : NULL)
        show_out(r, c, next);
    if (close)
        twin_close(c, "", "forced close");
}

/* The handlers. */

static void on_open(struct eio_session *session, const struct ws_request *request)
{
    struct run *r = eio_app(session);
    const char *number = strstr(request->query, "&client=");
    struct twin_client *c = &r->twin.clients[strtol(number + 8, NULL, 10)];

    eio_set_data(session, c);
    twin_opened(c, strcmp(eio_transport(session), "websocket") == 0);
}

static void on_upgrade(struct eio_session *session)
{
    struct twin_client *c = eio_data(session);
    struct run *r = eio_app(session);

    assert_false(c->websocket);
    c->websocket = true;
    if (chance(r, 4))
        whole_step(r);
}

static void on_close(struct eio_session *session, enum eio_reason reason)
{
    twin_ended(eio_data(session), eio_reason_text(reason));
}

static void on_connect(struct sio_socket *s, struct sio_args auth)
{
    struct run *r = run_of(s);
    struct target t = { .client = client_of(s), .socket = s };

    t.twin = twin_connects(t.client, plain(r, '0', space_of(s), auth.text), sio_id(s));
    t.twin->ns = sio_namespace(s);
    assert_int_equal(sio_recovered(s), t.twin->recovered);
    if (chance(r, 4))                           /* or else it waits                                 */
        return;
    decide(r, &t);
}

static void on_disconnect(struct sio_socket *s, const char *reason)
{
    struct run *r = run_of(s);
    struct twin_socket *twin = twin_disconnects(client_of(s), sio_id(s), reason);

    assert_null(sio_find(sio_namespace(s), sio_id(s)));
    assert_int_equal(sio_emit(s, "late", SIO_NONE, 0), -ENOTCONN);
    if (!r->over && chance(r, 4))
        whole_step(r);
    twin_forget(client_of(s), twin);            /* until here it is in its rooms                    */
}

/* Every event comes here first. It may be dropped, and its socket be shown out. */
static int before(const struct sio_call *call)
{
    struct run *r = run_of(call->socket);
    int space = space_of(call->socket), err = strcmp(call->name, "drop") == 0 ? -EPERM : 0;
    bool wanted = call->ack.server != NULL;
    const struct twin_socket *twin;
    struct twin_client *c;

    assert_false(r->due);
    twin_called(client_of(call->socket),
                packet_of(r, '2', space, wanted ? (long)call->ack.id : TWIN_NO_ID, call->name, call->args));
    twin = twin_find(&r->twin, sio_id(call->socket), &c);
    if (wanted && r->later_size < LATER_MAX) {
        struct later *later = &r->later[r->later_size++];

        *later = (struct later){ .ack = call->ack, .space = space, .born = twin->born };
        memcpy(later->socket, twin->id, sizeof later->socket);
    }
    if (chance(r, 8))
        whole_step(r);
    r->due = err == 0 && twin->state == TWIN_JOINED;
    return err;
}

static void on_event(const struct sio_call *call)
{
    struct run *r = run_of(call->socket);

    assert_true(r->due);
    r->due = false;
    while (chance(r, 3))
        whole_step(r);
}

/* With recovery a namespace made of a pattern waits for its sockets, up to a second longer than it must. The
 * twin does not know that time to the millisecond: these are made here. */
void whole_serve(struct run *r)
{
    static const struct eio_handlers engine = { .on_open = on_open, .on_upgrade = on_upgrade,
                                                .on_close = on_close };
    static const struct sio_event events[] = { { "e", on_event, NULL }, { 0 } };
    static const struct sio_handlers handlers = { .on_connect = on_connect, .otherwise = on_event,
                                                  .on_disconnect = on_disconnect, .events = events,
                                                  .before = before };
    const struct sio_options options = {
        .eio = { .ping_interval_ms = TWIN_PING_MS, .ping_timeout_ms = TWIN_PONG_MS,
                 .upgrade_timeout_ms = 5000, .ws.message_max = 700 },
        .connect_timeout_ms = TWIN_JOIN_MS, .namespaces_max = -1, .acks_max = ACKS_MAX,
        .rooms_max = ROOMS_MAX,
        .recovery_ms = r->twin.recovers ? TWIN_RECOVERY_MS : 0,
    };
    int named = r->twin.recovers ? TWIN_SPACES : 2;

    world_server(&r->world, &options, &engine);
    for (int i = 0; i < named; i++)
        assert_non_null(sio_namespace_add(r->world.io, twin_spaces[i], &handlers));
    assert_non_null(sio_namespace_add(r->world.io, "/org-*", &handlers));
}
