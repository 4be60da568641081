/* fault_tls.c - what a connection costs while it is at rest, and the n-th allocation of the server's
 * side that fails, for every n: OpenSSL's and ours. No crash, no leak, no word that is wrong. */
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

#include "fault.h"
#include "test.h"
#include "unit/server/tls_pair.h"

enum { REST_MAX = 18 * 1024 };

static size_t held;                             /* bytes of OpenSSL for the server                  */

/* In front of each piece: its size, if it counts. */
union piece { size_t counted; max_align_t align; };

static void *crypto_malloc(size_t size, const char *file, int line)
{
    union piece *at = size > 0 ? fault_malloc(sizeof *at + size) : NULL;

    (void)file, (void)line;
    if (at == NULL)
        return NULL;
    at->counted = serving ? size : 0;
    held += at->counted;
    return at + 1;
}

static void crypto_free(void *old, const char *file, int line)
{
    union piece *at = old != NULL ? (union piece *)old - 1 : NULL;

    (void)file, (void)line;
    held -= at != NULL ? at->counted : 0;
    fault_free(at);
}

static void *crypto_realloc(void *old, size_t size, const char *file, int line)
{
    union piece *at = old != NULL ? (union piece *)old - 1 : NULL;
    size_t was = at != NULL ? at->counted : 0;

    (void)file, (void)line;
    at = fault_realloc(at, sizeof *at + size);
    if (at == NULL)
        return NULL;
    at->counted = serving ? size : was;
    held += at->counted - was;
    return at + 1;
}

/* Before main, and so before OpenSSL's first allocation. */
__attribute__((constructor)) static void hooks_set(void)
{
    fault_only_while(&serving);
    if (CRYPTO_set_mem_functions(crypto_malloc, crypto_realloc, crypto_free) != 1)
        abort();
}

/* A whole life; 0, or what ended it early. */
static int live(struct pair *p)
{
    char got[100];
    int err = 0;

    if (p->tls == NULL)
        return -ENOMEM;
    for (int i = 0; i < 10 && err == 0 && !p->tls->ready; i++) {
        (void)SSL_do_handshake(p->client);
        err = carry(p, 20000);
    }
    if (err || SSL_write(p->client, "ask", 3) != 3)
        return err != 0 ? err : -EPROTO;
    err = carry(p, 20000);
    if (err)
        return err;
    CHECK_INT(p->opened_size, 3);
    CHECK_MEM(p->opened, "ask", 3);
    serving = true;
    err = tls_write(p->tls, &WS_LITERAL("answer"), 1);
    tls_end(p->tls);
    serving = false;
    if (err != 6 || carry(p, 20000) != 0)
        return -EPROTO;
    err = SSL_read(p->client, got, sizeof got);
    assert_true(err == 6 && memcmp(got, "answer", 6) == 0);
    return SSL_read(p->client, got, sizeof got) == 0 ? 0 : -EPROTO;
}

TEST(fault_tls, an_allocation_that_fails_ends_one_connection)
{
    int n = 0, errors = 0;
    struct pair p;
    size_t before;

    pair_open(&p);
    CHECK_INT(live(&p), 0);
    pair_close(&p);
    before = held;
    do {
        int err;

        fault_arm(n++, false);
        pair_open(&p);
        err = live(&p);
        assert_true(fault_came() || err == 0);
        errors += err != 0;
        (void)fault_disarm();
        pair_close(&p);
        CHECK_INT(ERR_peek_error(), 0);
    } while (fault_came());
    assert_true(n > 100 && errors > 50);
    assert_in_range(held, before, before + 1024);       /* what OpenSSL found late, and keeps for all */
}

TEST(fault_tls, a_connection_at_rest_costs_little)
{
    struct pair p;
    size_t before, fresh;

    pair_open(&p);
    CHECK_INT(live(&p), 0);
    pair_close(&p);

    before = held;
    pair_open(&p);
    shake(&p, 1000);
    fresh = held - before;
    assert_null(p.tls->out.at);
    assert_null(p.tls->sending.at);
    assert_in_range(fresh, 1, REST_MAX);
    for (int i = 0; i < 3; i++) {
        CHECK_INT(SSL_write(p.client, p.opened, 16384), 16384);
        CHECK_INT(carry(&p, 1000), 0);
        p.opened_size = 0;
        serving = true;
        CHECK_INT(tls_write(p.tls, &(struct ws_bytes){ p.opened, sizeof p.opened }, 1), TLS_BATCH_MAX);
        serving = false;
        CHECK_INT(carry(&p, 1000), 0);
    }
    CHECK_INT(held - before, fresh);            /* the buffers were let go                          */
    pair_close(&p);
}
