/* test_conn_tls_refused.c - who gets no connection: old versions and ciphers, other protocols, no TLS. */
#include "test.h"
#include "tls_house.h"

static int try_with(struct house *h, int version_max, const char *ciphers, const char *protocols)
{
    struct secure *s = secure_new(&h->w);
    int reason;

    if (version_max != 0)
        CHECK_INT(SSL_set_max_proto_version(s->ssl, version_max), 1);
    (void)SSL_set_min_proto_version(s->ssl, TLS1_VERSION);
    if (ciphers != NULL)
        CHECK_INT(SSL_set_cipher_list(s->ssl, ciphers), 1);
    if (protocols != NULL)
        CHECK_INT(SSL_set_alpn_protos(s->ssl, (const unsigned char *)protocols, (unsigned)strlen(protocols)),
                  0);
    reason = secure_try(s);
    secure_free(s);
    return reason;
}

TEST(conn_tls_refused, refuses_old_versions_and_ciphers_without_forward_secrecy)
{
    struct house h;

    house_open(&h, usual);
    CHECK_INT(try_with(&h, TLS1_1_VERSION, "ALL:@SECLEVEL=0", NULL), SSL_R_TLSV1_ALERT_PROTOCOL_VERSION);
    CHECK_INT(try_with(&h, TLS1_VERSION, "ALL:@SECLEVEL=0", NULL), SSL_R_TLSV1_ALERT_PROTOCOL_VERSION);
    CHECK_INT(try_with(&h, TLS1_2_VERSION, "ECDHE-ECDSA-AES128-SHA256:ECDHE-ECDSA-AES256-SHA", NULL),
              SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE);
    CHECK_INT(try_with(&h, TLS1_2_VERSION, "ECDHE-ECDSA-AES128-GCM-SHA256", NULL), 0);
    CHECK_INT(try_with(&h, TLS1_2_VERSION, "ECDHE-ECDSA-CHACHA20-POLY1305", NULL), 0);
    check_has(facts, "tls.refused 127.0.0.1");
    house_close(&h);
}

TEST(conn_tls_refused, refuses_to_send_a_secret_under_the_key_of_the_certificate)
{
    EVP_PKEY *rsa = EVP_RSA_gen(2048);
    struct house h;

    house_open(&h, usual);
    key_write(h.files.key, rsa, NULL);
    certificate_write(h.files.certificate, rsa, "rsa", 0, DAY_S);
    CHECK_INT(sio_tls_reload(h.tls, why, sizeof why), 0);
    CHECK_INT(try_with(&h, TLS1_2_VERSION, "AES128-GCM-SHA256:AES256-SHA", NULL),
              SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE);
    CHECK_INT(try_with(&h, TLS1_2_VERSION, "DHE-RSA-AES128-GCM-SHA256", NULL),
              SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE);
    CHECK_INT(try_with(&h, TLS1_2_VERSION, "ECDHE-RSA-AES128-GCM-SHA256", NULL), 0);
    EVP_PKEY_free(rsa);
    house_close(&h);
}

TEST(conn_tls_refused, speaks_http_1_1_only_to_those_who_ask)
{
    struct house h;
    struct secure *s;
    const unsigned char *protocol;
    unsigned size;

    house_open(&h, usual);
    CHECK_INT(try_with(&h, 0, NULL, "\x02h2"), SSL_R_TLSV1_ALERT_NO_APPLICATION_PROTOCOL);
    s = secure_new(&h.w);
    CHECK_INT(SSL_set_alpn_protos(s->ssl, (const unsigned char *)"\x02h2\x08http/1.1", 12), 0);
    CHECK_INT(secure_try(s), 0);
    SSL_get0_alpn_selected(s->ssl, &protocol, &size);
    CHECK_INT(size, 8);
    CHECK_MEM(protocol, "http/1.1", 8);
    secure_free(s);
    house_close(&h);
}

TEST(conn_tls_refused, never_renegotiates)
{
    struct house h;
    struct secure *s;

    house_open(&h, usual);
    s = secure_new(&h.w);
    CHECK_INT(SSL_set_max_proto_version(s->ssl, TLS1_2_VERSION), 1);
    CHECK_INT(secure_try(s), 0);
    CHECK_INT(SSL_renegotiate(s->ssl), 1);
    (void)SSL_do_handshake(s->ssl);
    world_turn(&h.w, 5);
    CHECK_INT(secure_try(s), SSL_R_NO_RENEGOTIATION);
    secure_free(s);
    house_close(&h);
}

TEST(conn_tls_refused, gives_nothing_to_resume_with)
{
    static const int versions[] = { TLS1_2_VERSION, TLS1_3_VERSION };
    struct house h;

    house_open(&h, usual);
    for (size_t i = 0; i < 2; i++) {
        struct secure *s = secure_new(&h.w), *again = secure_new(&h.w);
        SSL_SESSION *session;

        CHECK_INT(SSL_set_max_proto_version(s->ssl, versions[i]), 1);
        CHECK_INT(SSL_set_max_proto_version(again->ssl, versions[i]), 1);
        CHECK_INT(secure_try(s), 0);
        secure_send(s, GET("/who"));
        (void)secure_wait(s, "safe");
        session = SSL_get1_session(s->ssl);
        CHECK_INT(SSL_SESSION_has_ticket(session), 0);
        (void)SSL_set_session(again->ssl, session);
        CHECK_INT(secure_try(again), 0);
        CHECK_INT(SSL_session_reused(again->ssl), 0);
        SSL_SESSION_free(session);
        secure_free(s);
        secure_free(again);
    }
    house_close(&h);
}

TEST(conn_tls_refused, answers_plain_http_once_and_ends)
{
    struct house h;
    struct client *c;

    house_open(&h, usual);
    c = client_open(&h.w);
    client_send(c, GET("/who"));
    check_has(client_wait_end(c), "HTTP/1.1 400 Bad Request\r\n");
    check_has(c->said, "This port speaks HTTPS (TLS).\n");
    check_has_not(c->said, "127.0.0.1");
    check_has(facts, "tls.refused 127.0.0.1");
    client_close(c);
    house_close(&h);
}

TEST(conn_tls_refused, ends_with_an_alert_what_is_no_tls)
{
    static const char *const garbage[] = { "\xff\xff\xff\xff\xff\xff\xff\xff", "\x16\x03\x01\x00\x05hello",
                                           "\x15\x03\x03\x00\x02\x02\x28", "SSH-2.0-OpenSSH\r\n" };
    struct house h;

    house_open(&h, usual);
    for (size_t i = 0; i < sizeof garbage / sizeof *garbage; i++) {
        struct client *c = client_open(&h.w);

        client_send_bytes(c, garbage[i], i == 1 ? 10 : i == 2 ? 7 : strlen(garbage[i]));
        (void)client_wait_end(c);
        assert_true(c->size <= 7);              /* an alert at most                                 */
        client_close(c);
    }
    house_close(&h);
}
