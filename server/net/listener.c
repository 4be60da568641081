/* listener.c - libuv survives EMFILE by itself (it keeps a reserve descriptor and closes what it cannot
 * hold); past conns_max connections are accepted and closed, so that nobody waits in a queue that is never
 * served. */
#include "listener.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net_world.h"

enum { BACKLOG = 511, ADDRESSES_MAX = 8, PORT_TRIES = 16 };

struct listener {
    struct net *net;
    listener_accept_fn *accept;
    void       *data;
    int         port, sockets_count, sockets_open;
    bool        closing;
    bool        refusing, held[ADDRESSES_MAX];  /* held: one waits there to be refused, too         */
    uv_tcp_t    spare;                          /* for those that are refused: no memory is needed  */
    uv_tcp_t    sockets[ADDRESSES_MAX];
};

bool listener_is_loopback(const char *host)
{
    struct in6_addr six;
    struct in_addr four;

    if (strcmp(host, "localhost") == 0)
        return true;
    if (inet_pton(AF_INET, host, &four) == 1)
        return ntohl(four.s_addr) >> 24 == 127;
    if (inet_pton(AF_INET6, host, &six) != 1)
        return false;
    return IN6_IS_ADDR_LOOPBACK(&six) || (IN6_IS_ADDR_V4MAPPED(&six) && six.s6_addr[12] == 127);
}

/* Which addresses a name has. */

struct addresses { struct sockaddr_storage all[ADDRESSES_MAX]; int count; bool any_will_do; };

static void add(struct addresses *a, const struct sockaddr *address)
{
    size_t size = address->sa_family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);

    for (int i = 0; i < a->count; i++)
        if (memcmp(&a->all[i], address, size) == 0)
            return;
    if (a->count < ADDRESSES_MAX)
        memcpy(&a->all[a->count++], address, size);
}

static int add_text(struct addresses *a, const char *text)
{
    struct sockaddr_in four;
    struct sockaddr_in6 six;

    if (uv_ip4_addr(text, 0, &four) == 0)
        add(a, (struct sockaddr *)&four);
    else if (uv_ip6_addr(text, 0, &six) == 0)
        add(a, (struct sockaddr *)&six);
    else
        return -EINVAL;
    return 0;
}

/* Asks the system's resolver, and waits: it is used at start only. */
static int add_name(uv_loop_t *loop, struct addresses *a, const char *name)
{
    const struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE };
    uv_getaddrinfo_t request;
    int err = uv_getaddrinfo(loop, &request, NULL, name, NULL, &hints);

    if (err)
        return -EADDRNOTAVAIL;
    for (const struct addrinfo *at = request.addrinfo; at != NULL; at = at->ai_next)
        if (at->ai_family == AF_INET || at->ai_family == AF_INET6)
            add(a, at->ai_addr);
    uv_freeaddrinfo(request.addrinfo);
    return a->count > 0 ? 0 : -EADDRNOTAVAIL;
}

static int find_addresses(uv_loop_t *loop, const char *host, struct addresses *a)
{
    static const struct { const char *host, *four, *six; } both[] = {
        { "localhost", "127.0.0.1", "::1" },
        { "*",         "0.0.0.0",   "::" },
    };

    for (size_t i = 0; i < sizeof both / sizeof *both; i++)
        if (strcmp(host, both[i].host) == 0) {
            a->any_will_do = true;              /* a system may be without one of the two           */
            (void)add_text(a, both[i].four);
            return add_text(a, both[i].six);
        }
    return add_text(a, host) == 0 ? 0 : add_name(loop, a, host);
}

/* Life. */

static void end_if_empty(struct listener *l)
{
    struct net *net = l->net;

    if (l->sockets_open > 0)
        return;
    free(l);
    net->listeners_open--;
    net_closed_one(net);
}

static void on_socket_closed(uv_handle_t *handle)
{
    struct listener *l = handle->data;

    assert(l->closing && l->sockets_open > 0);
    l->sockets_open--;
    end_if_empty(l);
}

void listener_close(struct listener *l)
{
    if (l == NULL || l->closing)
        return;
    l->closing = true;
    for (int i = 0; i < l->sockets_count; i++)
        uv_close((uv_handle_t *)&l->sockets[i], on_socket_closed);
    end_if_empty(l);
}

static void on_connection(uv_stream_t *server, int status);

static void on_refused(uv_handle_t *spare)
{
    struct listener *l = spare->data;

    l->refusing = false;
    l->sockets_open--;
    if (l->closing) {
        end_if_empty(l);
        return;
    }
    for (int i = 0; i < l->sockets_count; i++)
        if (l->held[i]) {
            l->held[i] = false;
            on_connection((uv_stream_t *)&l->sockets[i], 0);
        }
}

/* Closes it as it came. libuv accepts nothing more on a socket before this one is taken, so while the spare
 * handle is in use the connection stays there, and is asked for again. */
static void refuse(struct listener *l, uv_stream_t *server)
{
    l->held[(uv_tcp_t *)server - l->sockets] = l->refusing;
    if (l->refusing)
        return;
    (void)uv_tcp_init(l->net->loop, &l->spare);
    l->spare.data = l;
    (void)uv_accept(server, (uv_stream_t *)&l->spare);
    l->refusing = true;
    l->sockets_open++;
    uv_close((uv_handle_t *)&l->spare, on_refused);
}

static void on_connection(uv_stream_t *server, int status)
{
    struct listener *l = server->data;
    struct conn *c;
    int err;

    if (status < 0) {
        net_fact(l->net, "accept.error", "", status);
        return;
    }
    err = conn_accept(l->net, server, &c);
    if (err == 0) {
        l->accept(l->data, c);
        return;
    }
    net_fact(l->net, err == -EMFILE ? "conn.limit" : "accept.error", "", err);
    refuse(l, server);
}

static int listen_at(struct listener *l, struct sockaddr_storage address, int port)
{
    uv_tcp_t *tcp = &l->sockets[l->sockets_count];
    bool six = address.ss_family == AF_INET6;
    int err, size = sizeof address;

    if (six)
        ((struct sockaddr_in6 *)&address)->sin6_port = htons((uint16_t)port);
    else
        ((struct sockaddr_in *)&address)->sin_port = htons((uint16_t)port);
    err = uv_tcp_init(l->net->loop, tcp);
    if (err)
        return err;
    l->sockets_count++;
    l->sockets_open++;
    tcp->data = l;
    err = uv_tcp_bind(tcp, (struct sockaddr *)&address, six ? UV_TCP_IPV6ONLY : 0);
    if (err == 0)
        err = uv_listen((uv_stream_t *)tcp, BACKLOG, on_connection);
    if (err == 0)
        err = uv_tcp_getsockname(tcp, (struct sockaddr *)&address, &size);
    if (err)
        return err;

    l->port = ntohs(six ? ((struct sockaddr_in6 *)&address)->sin6_port
                        : ((struct sockaddr_in *)&address)->sin_port);
    return 0;
}

static bool is_missing(int err)
{
    return err == UV_EADDRNOTAVAIL || err == UV_EAFNOSUPPORT;
}

/* 0, or the first error that counts; what was opened is then closed by the caller. */
static int listen_at_all(struct listener *l, const struct addresses *a, int port)
{
    int err, missing = 0, skipped = 0;

    for (int i = 0; i < a->count; i++) {
        err = listen_at(l, a->all[i], port);
        if (err && !(a->any_will_do && is_missing(err)))
            return err;
        if (err) {
            missing = err;
            skipped++;
        } else if (port == 0)
            port = l->port;
    }
    return skipped == a->count ? missing : 0;
}

static struct listener *listener_new(struct net *net, listener_accept_fn *accept, void *data)
{
    struct listener *l = calloc(1, sizeof *l);

    if (l == NULL)
        return NULL;
    l->net = net;
    l->accept = accept;
    l->data = data;
    return l;
}

/* The port the system picked for the first address may be taken at the second: then another one is tried. */
int listener_open(struct net *net, const char *host, int port, listener_accept_fn *accept, void *data,
                  struct listener **ret_listener)
{
    struct addresses a = { .count = 0 };
    int err = port >= 0 && port <= UINT16_MAX ? find_addresses(net->loop, host, &a) : -EINVAL;

    if (err)
        return err;
    for (int tries = port == 0 ? PORT_TRIES : 1; tries > 0; tries--) {
        struct listener *l = listener_new(net, accept, data);
        if (l == NULL)
            return -ENOMEM;

        net->listeners_open++;
        err = listen_at_all(l, &a, port);
        if (err == 0) {
            *ret_listener = l;
            return 0;
        }
        listener_close(l);
        if (err != UV_EADDRINUSE)
            break;
    }
    return err;
}

int listener_port(const struct listener *l)
{
    return l->port;
}
