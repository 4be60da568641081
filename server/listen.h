/* listen.h - where consultd listens: in TLS if it has a certificate, else in plain HTTP where nobody can
 * listen in. What is wrong is logged here. */
#ifndef LISTEN_H
#define LISTEN_H

struct config;
struct sio_tls;
struct sio_uv;
struct sio_uv_route;

int  listen_tls_open(const struct config *, struct sio_tls **ret_tls);  /* NULL: not configured      */
void listen_tls_reload(struct sio_tls *);       /* bad files: those in use stay                      */
int  listen_all(const struct config *, struct sio_uv *, const struct sio_uv_route *);

#endif
