/* listen.c - the certificate, and every --listen. */
#include "listen.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "config.h"
#include "log.h"
#include "net/listener.h"
#include "net/sio_uv.h"
#include "parse.h"

enum { DAYS_SOON = 14, WHY_SIZE = 600 };

static void log_certificate(const struct sio_tls *tls)
{
    int days = sio_tls_days_left(tls);

    if (days < DAYS_SOON)
        log_warn("tls.certificate", "days_left=%d hint=\"renew it, then send SIGHUP\"", days);
    else
        log_info("tls.certificate", "days_left=%d", days);
}

/* Who can read the key can pretend to be us. */
static void check_mode(const char *path)
{
    struct stat file;

    if (stat(path, &file) == 0 && (file.st_mode & S_IROTH) != 0)
        log_warn("tls.key_open", "file=%s hint=\"everybody can read it: chmod o-r\"", path);
}

int listen_tls_open(const struct config *c, struct sio_tls **ret_tls)
{
    char why[WHY_SIZE];
    int err;

    if (c->tls_cert[0] == '\0')
        return 0;
    err = sio_tls_new(c->tls_cert, c->tls_key, ret_tls, why, sizeof why);
    if (err) {
        log_error("tls.files", "error=\"%s\"", why);
        return err;
    }
    check_mode(c->tls_key);
    log_certificate(*ret_tls);
    return 0;
}

void listen_tls_reload(struct sio_tls *tls)
{
    char why[WHY_SIZE];

    if (sio_tls_reload(tls, why, sizeof why) != 0)
        log_error("tls.files", "error=\"%s\" hint=\"the certificate in use stays\"", why);
    else
        log_certificate(tls);
}

/* "localhost:8080", "[::1]:8080". */
static int split(const char *text, char *host, size_t host_size, int64_t *ret_port)
{
    const char *colon = strrchr(text, ':');
    size_t size = colon != NULL ? (size_t)(colon - text) : 0;
    bool bracketed = size > 2 && text[0] == '[' && text[size - 1] == ']';

    (void)snprintf(host, host_size, "%.*s", (int)(bracketed ? size - 2 : size),
                   bracketed ? text + 1 : text);
    return size > 0 && parse_int(colon + 1, 0, 65535, ret_port) == 0 ? 0 : -EINVAL;
}

static int listen_on(const struct config *c, const char *text, struct sio_uv *net,
                     const struct sio_uv_route *routes)
{
    bool secure = c->tls_cert[0] != '\0';
    char host[256];
    int64_t port;
    int err;

    if (split(text, host, sizeof host, &port) != 0) {
        log_error("listen.bad", "listen=%s hint=\"address:port\"", text);
        return -EINVAL;
    }
    if (!secure && !listener_is_loopback(host) && c->trusted_proxies[0] == NULL) {
        log_error("listen.plain", "listen=%s hint=\"plain HTTP only on loopback or behind --trusted-proxy; "
                  "--tls-cert and --tls-key make it HTTPS\"", text);
        return -EINVAL;
    }
    err = sio_uv_listen(net, host, (int)port, routes);
    if (err) {
        log_error("listen.failed", "listen=%s error=\"%s\"", text, strerror(-err));
        return err;
    }
    log_info("listen", "url=%s://%.*s:%d", secure ? "https" : "http", (int)(strrchr(text, ':') - text), text,
             sio_uv_port(net));
    return 0;
}

int listen_all(const struct config *c, struct sio_uv *net, const struct sio_uv_route *routes)
{
    int err = 0;

    for (char *const *text = c->listen; err == 0 && *text != NULL; text++)
        err = listen_on(c, *text, net, routes);
    return err;
}
